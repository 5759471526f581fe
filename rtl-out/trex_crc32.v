// CRC-32 of sequences of beats, one sequence a client, as in zlib: polynomial 0x04C11DB7 reflected, initial and final all
// ones, bit 0 of byte 0 first. The client's register meets the first 32 bits of its beat; each next bit is then the parity
// of some bits of 128, which generator/rtl/crc32.ts finds by shifting the polynomial through them. A beat belongs to
// one client, so one network of parities serves all.
//
// Layout   byte n of a beat is bits [8n +: 8]; client n in bit n of clear_i and en_i, in field n of crc_o
// Timing   field n covers the beats of client n before this cycle, since clear_i[n]
// Reset    none: clear_i begins
// Golden   docs/stream.md
`default_nettype none
module trex_crc32 #(
  parameter CLIENTS = 1  // sequences at a time; >= 1
) (
  input  wire                  clk_i,
  input  wire [CLIENTS-1:0]    clear_i,
  input  wire [CLIENTS-1:0]    en_i,     // at most one: whose beat it is
  input  wire [127:0]          data_i,
  output wire [32*CLIENTS-1:0] crc_o
);
`ifndef SYNTHESIS
  always @(posedge clk_i) begin
    if ((en_i & (en_i - 1'b1)) != {CLIENTS{1'b0}}) begin $display("%m: en_i = %b: a beat of two clients", en_i); $finish; end
  end
`endif

  wire [31:0] next;
  reg  [31:0] met;  // register of the client whose beat it is
  integer     m;
  always @* begin
    met = 32'd0;
    for (m = 0; m < CLIENTS; m = m + 1) begin
      if (en_i[m]) met = met | ~crc_o[32*m +: 32];
    end
  end

  wire [127:0] mixed = { data_i[127:32], data_i[31:0] ^ met };
  assign next[0] = ^(mixed & 128'h4d101df481b4e5af182fa07eb46de2f);
  assign next[1] = ^(mixed & 128'h9a203be90369cb5e305f40fd68dbc5e);
  assign next[2] = ^(mixed & 128'h1344077d206d396bc60be81fad1b78bc);
  assign next[3] = ^(mixed & 128'h26880efa40da72d78c17d03f5a36f178);
  assign next[4] = ^(mixed & 128'h4d101df481b4e5af182fa07eb46de2f1);
  assign next[5] = ^(mixed & 128'h9a203be90369cb5e305f40fd68dbc5e2);
  assign next[6] = ^(mixed & 128'h3091760d4ec8d8e6913c7bfd3af155ea);
  assign next[7] = ^(mixed & 128'h6122ec1a9d91b1cd2278f7fa75e2abd5);
  assign next[8] = ^(mixed & 128'hc245d8353b23639a44f1eff4ebc557ab);
  assign next[9] = ^(mixed & 128'h805ab1b53e5d896e786125ee3ccc7178);
  assign next[10] = ^(mixed & 128'h46462b534a05c860140b1db92de3cde);
  assign next[11] = ^(mixed & 128'h8c8c56a6940b90c028163b725bc79bc);
  assign next[12] = ^(mixed & 128'h11918ad4d28172180502c76e4b78f379);
  assign next[13] = ^(mixed & 128'h232315a9a502e4300a058edc96f1e6f2);
  assign next[14] = ^(mixed & 128'h46462b534a05c860140b1db92de3cde4);
  assign next[15] = ^(mixed & 128'h8c8c56a6940b90c028163b725bc79bc9);
  assign next[16] = ^(mixed & 128'h1dc9ac92600c6fdaa1ae8ce35cc9e9bc);
  assign next[17] = ^(mixed & 128'h3b935924c018dfb5435d19c6b993d378);
  assign next[18] = ^(mixed & 128'h7726b2498031bf6a86ba338d7327a6f0);
  assign next[19] = ^(mixed & 128'hee4d649300637ed50d74671ae64f4de1);
  assign next[20] = ^(mixed & 128'hd84bc8f948ddb3f0eb6a343227d845ec);
  assign next[21] = ^(mixed & 128'hb446902dd9a029bb27569263a4f655f7);
  assign next[22] = ^(mixed & 128'h6c5c2184fb5b1d2cbf2fdec0a2aa75c1);
  assign next[23] = ^(mixed & 128'hd8b84309f6b63a597e5fbd814554eb82);
  assign next[24] = ^(mixed & 128'hb5a187cca5773ae80d3d810561ef092a);
  assign next[25] = ^(mixed & 128'h6f920e4602f53b8aebf9f80d2898cc7b);
  assign next[26] = ^(mixed & 128'hdf241c8c05ea7715d7f3f01a513198f7);
  assign next[27] = ^(mixed & 128'hba9938c743cfa0715e651a334925efc1);
  assign next[28] = ^(mixed & 128'h71e37051cf840eb84d48ce61790d01ac);
  assign next[29] = ^(mixed & 128'he3c6e0a39f081d709a919cc2f21a0359);
  assign next[30] = ^(mixed & 128'hc35cc098760b74bbc4a1c3820f72d89c);
  assign next[31] = ^(mixed & 128'h826880efa40da72d78c17d03f5a36f17);

  genvar n;
  generate
    for (n = 0; n < CLIENTS; n = n + 1) begin : gen_client
      reg [31:0] crc_q;
      assign crc_o[32*n +: 32] = ~crc_q;
      always @(posedge clk_i) begin
        if (en_i[n]) crc_q <= next;
        if (clear_i[n]) crc_q <= 32'hffffffff;
      end
    end
  endgenerate
endmodule
`default_nettype wire

// CRC-32 of a sequence of beats, as in zlib: polynomial 0x04C11DB7 reflected, initial and final all ones, bit 0 of
// byte 0 first. The register meets the first 32 bits of a beat; each next bit is then the parity of some bits of
// 128, which generator/rtl/crc32.ts finds by shifting the polynomial through them.
//
// Layout   byte n of a beat is bits [8n +: 8]
// Timing   crc_o covers the beats before this cycle, since clear_i
// Reset    none: clear_i begins
// Golden   docs/stream.md
`default_nettype none
module trex_crc32 (
  input  wire          clk_i,
  input  wire          clear_i,
  input  wire          en_i,
  input  wire [127:0] data_i,
  output wire [31:0]   crc_o
);
  reg [31:0] crc_q;

  assign crc_o = ~crc_q;

  wire [127:0] mixed = { data_i[127:32], data_i[31:0] ^ crc_q };

  always @(posedge clk_i) begin
    if (en_i) begin
      crc_q[0] <= ^(mixed & 128'h4d101df481b4e5af182fa07eb46de2f);
      crc_q[1] <= ^(mixed & 128'h9a203be90369cb5e305f40fd68dbc5e);
      crc_q[2] <= ^(mixed & 128'h1344077d206d396bc60be81fad1b78bc);
      crc_q[3] <= ^(mixed & 128'h26880efa40da72d78c17d03f5a36f178);
      crc_q[4] <= ^(mixed & 128'h4d101df481b4e5af182fa07eb46de2f1);
      crc_q[5] <= ^(mixed & 128'h9a203be90369cb5e305f40fd68dbc5e2);
      crc_q[6] <= ^(mixed & 128'h3091760d4ec8d8e6913c7bfd3af155ea);
      crc_q[7] <= ^(mixed & 128'h6122ec1a9d91b1cd2278f7fa75e2abd5);
      crc_q[8] <= ^(mixed & 128'hc245d8353b23639a44f1eff4ebc557ab);
      crc_q[9] <= ^(mixed & 128'h805ab1b53e5d896e786125ee3ccc7178);
      crc_q[10] <= ^(mixed & 128'h46462b534a05c860140b1db92de3cde);
      crc_q[11] <= ^(mixed & 128'h8c8c56a6940b90c028163b725bc79bc);
      crc_q[12] <= ^(mixed & 128'h11918ad4d28172180502c76e4b78f379);
      crc_q[13] <= ^(mixed & 128'h232315a9a502e4300a058edc96f1e6f2);
      crc_q[14] <= ^(mixed & 128'h46462b534a05c860140b1db92de3cde4);
      crc_q[15] <= ^(mixed & 128'h8c8c56a6940b90c028163b725bc79bc9);
      crc_q[16] <= ^(mixed & 128'h1dc9ac92600c6fdaa1ae8ce35cc9e9bc);
      crc_q[17] <= ^(mixed & 128'h3b935924c018dfb5435d19c6b993d378);
      crc_q[18] <= ^(mixed & 128'h7726b2498031bf6a86ba338d7327a6f0);
      crc_q[19] <= ^(mixed & 128'hee4d649300637ed50d74671ae64f4de1);
      crc_q[20] <= ^(mixed & 128'hd84bc8f948ddb3f0eb6a343227d845ec);
      crc_q[21] <= ^(mixed & 128'hb446902dd9a029bb27569263a4f655f7);
      crc_q[22] <= ^(mixed & 128'h6c5c2184fb5b1d2cbf2fdec0a2aa75c1);
      crc_q[23] <= ^(mixed & 128'hd8b84309f6b63a597e5fbd814554eb82);
      crc_q[24] <= ^(mixed & 128'hb5a187cca5773ae80d3d810561ef092a);
      crc_q[25] <= ^(mixed & 128'h6f920e4602f53b8aebf9f80d2898cc7b);
      crc_q[26] <= ^(mixed & 128'hdf241c8c05ea7715d7f3f01a513198f7);
      crc_q[27] <= ^(mixed & 128'hba9938c743cfa0715e651a334925efc1);
      crc_q[28] <= ^(mixed & 128'h71e37051cf840eb84d48ce61790d01ac);
      crc_q[29] <= ^(mixed & 128'he3c6e0a39f081d709a919cc2f21a0359);
      crc_q[30] <= ^(mixed & 128'hc35cc098760b74bbc4a1c3820f72d89c);
      crc_q[31] <= ^(mixed & 128'h826880efa40da72d78c17d03f5a36f17);
    end
    if (clear_i) crc_q <= 32'hffffffff;
  end
endmodule
`default_nettype wire

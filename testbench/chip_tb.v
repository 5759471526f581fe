// Bench of the whole chip: the top, a memory behind its AXI4 port, and a host that plays a script of register accesses.
//
// Files     script.hex: one step a line, four words of 32 bits: number, address, value, mask
//             0 END
//             1 WRITE      value to address; mask is the response that must come, 0 OKAY or 2 SLVERR
//             2 READ       data and response to reads.txt
//             3 POLL       read until (data & mask) == value, with a pause of POLL_PAUSE cycles
//             4 INTERRUPT  wait until irq_o is high
//             5 EXPECT     read once; the script ends when (data & mask) != value
//             6 PAUSE      for value cycles
//           memory.hex, memory.out: see axi_memory.v
// Output    reads.txt; windows.txt: "window first-cycle last-cycle code", decimal; result.txt: "name value", decimal
//           trace.txt with +trace=1, hexadecimal:
//             "I window pc", then the words that the instruction stores: "memory feature pass word cycle", memory one of
//             P, R, 0 X, 1 H, 2 Q, 3 K, 4 V; L and l rows from memory, bytes for R and what X takes of them, and the slices behind the cycle;
//             N and n the same for the LOAD of the next window, while this one computes;
//             x, h and r from NORM, where feature is feature * PASSES + pass; "W" when a window begins, "A" when it was aborted
//           profile.txt with +profile=1, decimal, a line for each instruction of each window: "window pc issue lanes work stream
//             drain vector rows dependency", the cycles of each cause, and for issue the lanes with a token and the work
// Plusargs  +patience=n  cycles after which a step has failed; +trace=1; +profile=1; those of axi_memory.v
// Errors    breaches of the protocol, an X on a control output, two writers of one memory, a script that did not end well
// Macros    TOP, RESET and RESET_LEVEL, the reset of the top and the level that resets, LANES, ACT_BITS, BUS_BYTES, ADDR_BITS,
//           BURST_BEATS, OUTSTANDING_READS, OUTSTANDING_WRITES, MEMORY_BEATS, MEMORY_BASE; ROWS_AHEAD, whether row words are of
//           the next window; the codes of generator/rtl/verilog-codes.ts
`default_nettype none
module chip_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output wire [31:0] errors_o
);
  localparam STEPS      = 8192;
  localparam POLL_PAUSE = 32'd32;
  localparam [31:0] END = `STEP_END, WRITE = `STEP_WRITE, READ = `STEP_READ, POLL = `STEP_POLL, INTERRUPT = `STEP_INTERRUPT, EXPECT = `STEP_EXPECT,
                    PAUSE = `STEP_PAUSE;

  reg [127:0] script [0:STEPS-1];
  reg [31:0]  patience;
  integer     reads;
  integer     windows;
  integer     results;
  integer     trace;
  integer     profile;
  reg         tracing;
  reg         profiling;
  reg         ran;   // since the last reset
  initial begin
    $readmemh("script.hex", script);
    if (!$value$plusargs("patience=%d", patience)) patience = 32'd100000000;
    tracing = $test$plusargs("trace=1") != 0;
    profiling = $test$plusargs("profile=1") != 0;
    ran = 1'b0;
    open_files;
  end

  task open_files;
    begin
      reads = $fopen("reads.txt", "w");
      windows = $fopen("windows.txt", "w");
      if (tracing) trace = $fopen("trace.txt", "w");
      if (profiling) profile = $fopen("profile.txt", "w");
    end
  endtask

  task close_files;
    begin
      $fclose(reads);
      $fclose(windows);
      if (tracing) $fclose(trace);
      if (profiling) $fclose(profile);
    end
  endtask

  // What a reset has cut off leaves nothing in the files: they are empty from its first edge on.
  always @(posedge clk_i) begin
    if (rst_i && ran) begin
      if (!done_o) close_files;
      open_files;
    end
    ran = !rst_i;
  end

  // ---- chip and memory ----
  wire                      irq;
  reg                       awvalid_q;
  wire                      awready;
  reg                       wvalid_q;
  wire                      wready;
  wire                      bvalid;
  wire [1:0]                bresp;
  reg                       arvalid_q;
  wire                      arready;
  wire                      rvalid;
  wire [31:0]               rdata;
  wire [1:0]                rresp;
  wire [`REG_ADDR_BITS-1:0] address;
  wire [31:0]               value;
  wire                    m_axi_arid;
  wire [`ADDR_BITS-1:0]   m_axi_araddr;
  wire [23:0]             attributes;   // AxLOCK, AxCACHE, AxPROT, AxQOS of reads, then of writes
  wire [7:0]              m_axi_arlen;
  wire [2:0]              m_axi_arsize;
  wire [1:0]              m_axi_arburst;
  wire                    m_axi_arvalid;
  wire                    m_axi_arready;
  wire                    m_axi_rid;
  wire [8*`BUS_BYTES-1:0] m_axi_rdata;
  wire [1:0]              m_axi_rresp;
  wire                    m_axi_rlast;
  wire                    m_axi_rvalid;
  wire                    m_axi_rready;
  wire                    m_axi_awid;
  wire [`ADDR_BITS-1:0]   m_axi_awaddr;
  wire [7:0]              m_axi_awlen;
  wire [2:0]              m_axi_awsize;
  wire [1:0]              m_axi_awburst;
  wire                    m_axi_awvalid;
  wire                    m_axi_awready;
  wire [8*`BUS_BYTES-1:0] m_axi_wdata;
  wire [`BUS_BYTES-1:0]   m_axi_wstrb;
  wire                    m_axi_wlast;
  wire                    m_axi_wvalid;
  wire                    m_axi_wready;
  wire                    m_axi_bid;
  wire [1:0]              m_axi_bresp;
  wire                    m_axi_bvalid;
  wire                    m_axi_bready;

  `TOP u_top (
    .clk_i(clk_i), .`RESET(rst_i == `RESET_LEVEL), .irq_o(irq), .s_axil_awprot(cycle_q[2:0]), .s_axil_arprot(cycle_q[3:1]),
    .m_axi_arlock(attributes[23]), .m_axi_arcache(attributes[22:19]), .m_axi_arprot(attributes[18:16]), .m_axi_arqos(attributes[15:12]),
    .m_axi_awlock(attributes[11]), .m_axi_awcache(attributes[10:7]), .m_axi_awprot(attributes[6:4]), .m_axi_awqos(attributes[3:0]),
    .s_axil_awvalid(awvalid_q), .s_axil_awready(awready), .s_axil_awaddr(address),
    .s_axil_wvalid(wvalid_q), .s_axil_wready(wready), .s_axil_wdata(value), .s_axil_wstrb(4'hf),
    .s_axil_bvalid(bvalid), .s_axil_bready(1'b1), .s_axil_bresp(bresp),
    .s_axil_arvalid(arvalid_q), .s_axil_arready(arready), .s_axil_araddr(address),
    .s_axil_rvalid(rvalid), .s_axil_rready(1'b1), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
    .m_axi_arid(m_axi_arid), .m_axi_araddr(m_axi_araddr), .m_axi_arlen(m_axi_arlen), .m_axi_arsize(m_axi_arsize),
    .m_axi_arburst(m_axi_arburst), .m_axi_arvalid(m_axi_arvalid), .m_axi_arready(m_axi_arready),
    .m_axi_rid(m_axi_rid), .m_axi_rdata(m_axi_rdata), .m_axi_rresp(m_axi_rresp), .m_axi_rlast(m_axi_rlast),
    .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready),
    .m_axi_awid(m_axi_awid), .m_axi_awaddr(m_axi_awaddr), .m_axi_awlen(m_axi_awlen), .m_axi_awsize(m_axi_awsize),
    .m_axi_awburst(m_axi_awburst), .m_axi_awvalid(m_axi_awvalid), .m_axi_awready(m_axi_awready),
    .m_axi_wdata(m_axi_wdata), .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast),
    .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready),
    .m_axi_bid(m_axi_bid), .m_axi_bresp(m_axi_bresp), .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready)
  );

  reg         dump_q;
  wire [31:0] violations;
  wire [31:0] kinds;
  wire [31:0] read_beats;
  wire [31:0] write_beats;
  axi_memory #(
    .BUS_BYTES(`BUS_BYTES), .ADDR_BITS(`ADDR_BITS), .BEATS(`MEMORY_BEATS), .BURST_BEATS(`BURST_BEATS),
    .OUTSTANDING_READS(`OUTSTANDING_READS), .OUTSTANDING_WRITES(`OUTSTANDING_WRITES), .BASE(`MEMORY_BASE)
  ) u_memory (
    .clk_i(clk_i), .rst_i(rst_i), .dump_i(dump_q), .violations_o(violations), .kinds_o(kinds),
    .read_beats_o(read_beats), .write_beats_o(write_beats),
    .s_axi_arid(m_axi_arid), .s_axi_araddr(m_axi_araddr), .s_axi_arlen(m_axi_arlen), .s_axi_arsize(m_axi_arsize),
    .s_axi_arburst(m_axi_arburst), .s_axi_arvalid(m_axi_arvalid), .s_axi_arready(m_axi_arready),
    .s_axi_rid(m_axi_rid), .s_axi_rdata(m_axi_rdata), .s_axi_rresp(m_axi_rresp), .s_axi_rlast(m_axi_rlast),
    .s_axi_rvalid(m_axi_rvalid), .s_axi_rready(m_axi_rready),
    .s_axi_awid(m_axi_awid), .s_axi_awaddr(m_axi_awaddr), .s_axi_awlen(m_axi_awlen), .s_axi_awsize(m_axi_awsize),
    .s_axi_awburst(m_axi_awburst), .s_axi_awvalid(m_axi_awvalid), .s_axi_awready(m_axi_awready),
    .s_axi_wdata(m_axi_wdata), .s_axi_wstrb(m_axi_wstrb), .s_axi_wlast(m_axi_wlast),
    .s_axi_wvalid(m_axi_wvalid), .s_axi_wready(m_axi_wready),
    .s_axi_bid(m_axi_bid), .s_axi_bresp(m_axi_bresp), .s_axi_bvalid(m_axi_bvalid), .s_axi_bready(m_axi_bready)
  );

  // ---- host ----
  localparam [2:0] FETCH = 3'd0, GIVE = 3'd1, ANSWER = 3'd2, REST = 3'd3, DUMP = 3'd4, FINISH = 3'd5;
  reg  [2:0]   state_q;
  reg  [31:0]  step_q;
  reg  [31:0]  waited_q;   // cycles of this step
  reg  [31:0]  rest_q;
  reg  [31:0]  cycle_q;
  reg  [31:0]  host_errors_q;
  wire [127:0] line = script[step_q];
  wire [31:0]  number = line[127:96];
  wire [31:0]  mask = line[31:0];
  wire         reading = (number == READ) || (number == POLL) || (number == EXPECT);
  wire         fits = (rdata & mask) == value;
  wire         bad_write = bvalid && (bresp !== mask[1:0]);
  wire         bad_read = rvalid && (number != READ) && (rresp !== 2'd0);
  wire         unexpected = rvalid && (number == EXPECT) && !fits;
  wire         late = waited_q == patience;
  assign address = line[75:64];
  assign value   = line[63:32];

  always @(posedge clk_i) begin
    cycle_q <= rst_i ? 32'd0 : cycle_q + 32'd1;
    dump_q  <= state_q == DUMP;
    if (awready) awvalid_q <= 1'b0;
    if (wready) wvalid_q <= 1'b0;
    if (arready) arvalid_q <= 1'b0;
    waited_q <= waited_q + 32'd1;
    case (state_q)
      FETCH: begin
        waited_q <= 32'd0;
        rest_q   <= (number == PAUSE) ? value : POLL_PAUSE;
        awvalid_q <= number == WRITE;
        wvalid_q  <= number == WRITE;
        arvalid_q <= reading;
        case (number)
          END: state_q <= DUMP;
          PAUSE: state_q <= REST;
          INTERRUPT: state_q <= GIVE;
          default: state_q <= ANSWER;
        endcase
      end
      GIVE: if (irq) begin
        state_q <= FETCH;
        step_q  <= step_q + 32'd1;
      end
      ANSWER: if ((reading && rvalid) || (!reading && bvalid)) begin
        if ((number == READ) && !rst_i) $fwrite(reads, "%h %h\n", rdata, rresp);
        state_q <= ((number == POLL) && !fits) ? REST : FETCH;
        rest_q  <= POLL_PAUSE;
        if ((number != POLL) || fits) step_q <= step_q + 32'd1;
      end
      REST: begin
        rest_q <= rest_q - 32'd1;
        if (rest_q == 32'd0) begin
          state_q   <= (number == PAUSE) ? FETCH : ANSWER;
          arvalid_q <= number == POLL;
          if (number == PAUSE) step_q <= step_q + 32'd1;
        end
      end
      DUMP: state_q <= FINISH;
      default: if (!dump_q && !done_o) begin
        results = $fopen("result.txt", "w");
        $fwrite(results,
            "violations %0d\nkinds %0d\nreadBeats %0d\nwriteBeats %0d\nhostErrors %0d\nunknown %0d\nwriters %0d\nattributes %0d\nsteps %0d\ncycles %0d\n",
                violations, kinds, read_beats, write_beats, host_errors_q, unknown_q, writers_q, attributes_q, step_q, cycle_q);
        $fclose(results);
        close_files;
        done_o <= 1'b1;
      end
    endcase
    if ((state_q == GIVE) || (state_q == ANSWER) || (state_q == REST)) begin
      if (bad_write || bad_read || unexpected || late) begin
        host_errors_q <= host_errors_q + 32'd1;
        if (late) $display("host: step %0d (%0d at %h) has waited %0d cycles", step_q, number, address, waited_q);
        else if (bad_write) $display("host: step %0d, write of %h to %h: response %b, not %b", step_q, value, address, bresp, mask[1:0]);
        else $display("host: step %0d, %h reads %h with response %b; %h under mask %h was expected", step_q, address, rdata, rresp, value, mask);
        if (unexpected || late) state_q <= DUMP;
      end
    end
    if (rst_i) begin
      state_q       <= FETCH;
      step_q        <= 32'd0;
      host_errors_q <= 32'd0;
      awvalid_q     <= 1'b0;
      wvalid_q      <= 1'b0;
      arvalid_q     <= 1'b0;
      dump_q        <= 1'b0;
      done_o        <= 1'b0;
    end
  end

  // ---- windows ----
  reg [31:0] window_q;        // in work, or next
  reg [31:0] window_cycle_q;
  always @(posedge clk_i) begin
    if (u_top.window_start) window_cycle_q <= cycle_q;
    if (u_top.window_done) begin
      window_q <= window_q + 32'd1;
      if (!rst_i) $fwrite(windows, "%0d %0d %0d %0d\n", window_q, window_cycle_q, cycle_q, u_top.window_code);
    end
    if (rst_i) window_q <= 32'd0;
  end

  // ---- trace ----
  // Activations as bytes, so that each has hexadecimal digits of its own.
  function [8*`LANES-1:0] bytes(input [`ACT_BITS*`LANES-1:0] word);
    integer l;
    for (l = 0; l < `LANES; l = l + 1) bytes[8*l +: 8] = { {(9-`ACT_BITS){word[`ACT_BITS*l + `ACT_BITS-1]}}, word[`ACT_BITS*l +: `ACT_BITS-1] };
  endfunction
  reg [31:0] traced_window_q;
  reg [31:0] traced_pc_q;
  reg [31:0] drain_pc_q;   // whose tile was started last; nothing of an older instruction is under way then
  reg [31:0] norm_pc_q;
  wire [31:0] pc = u_top.u_core.pc_o;
  wire out_word = u_top.u_core.out_valid && !u_top.u_core.out_scores;
  wire norm_word = u_top.u_core.norm_x_wr_en || u_top.u_core.norm_r_wr_en;
  wire rows_ahead = `ROWS_AHEAD;
  wire stored = out_word || (u_top.word_wr_en && !rows_ahead) || norm_word;
  wire [31:0] store_pc = out_word ? drain_pc_q : norm_word ? norm_pc_q : pc;
  always @(posedge clk_i) begin
    if (u_top.u_core.drain_start) drain_pc_q <= pc;
    if (u_top.u_core.norm_start) norm_pc_q <= pc;
    if (tracing && !rst_i) begin
      if (stored && ((traced_window_q != window_q) || (traced_pc_q != store_pc))) begin
        $fwrite(trace, "I %0h %0h\n", window_q, store_pc);
        traced_window_q <= window_q;
        traced_pc_q     <= store_pc;
      end
      if (out_word) begin
        if (u_top.u_core.out_project) $fwrite(trace, "P %h %h %h %0h\n", u_top.u_core.out_feature, u_top.u_core.out_pass, bytes(u_top.u_core.out_act), cycle_q);
        else if ((u_top.u_core.out_dst == `TO_RSET) || (u_top.u_core.out_dst == `TO_RADD)) $fwrite(trace, "R %h %h %h %0h\n",
            u_top.u_core.out_feature, u_top.u_core.out_pass, u_top.u_core.out16, cycle_q);
        else $fwrite(trace, "%h %h %h %h %0h\n", u_top.u_core.out_dst, u_top.u_core.out_feature, u_top.u_core.out_pass, bytes(u_top.u_core.out_act), cycle_q);
      end
      if (u_top.u_core.u_activations.r_from_rows) $fwrite(trace, "%s %h %h %h %0h %h\n", rows_ahead ? "N" : "L", u_top.word_wr_feature,
          u_top.word_wr_pass, u_top.word_wr_data, cycle_q, u_top.word_wr_slices);
      if (u_top.u_core.u_activations.x_from_rows) $fwrite(trace, "%s %h %h %h %0h %h\n", rows_ahead ? "n" : "l", u_top.word_wr_feature,
          u_top.word_wr_pass, bytes(u_top.u_core.u_activations.rows_act), cycle_q, u_top.word_wr_slices);
      if (u_top.u_core.norm_x_wr_en) $fwrite(trace, "%s %h 0 %h %0h\n", u_top.u_core.norm_to_h ? "h" : "x", u_top.u_core.norm_x_wr_addr,
          bytes(u_top.u_core.norm_x_wr_data), cycle_q);
      if (u_top.u_core.norm_r_wr_en) $fwrite(trace, "r %h 0 %h %0h\n", u_top.u_core.norm_r_wr_addr, u_top.u_core.norm_r_wr_data, cycle_q);
      if (u_top.abort) $fwrite(trace, "A\n");
      if (u_top.window_start) $fwrite(trace, "W\n");
    end
    if (rst_i) begin
      traced_window_q <= 32'hffffffff;
      traced_pc_q     <= 32'd0;
    end
  end

  // ---- profile: the meter speaks of the cycle two before ----
  reg  [31:0] pc1_q;
  reg  [31:0] pc2_q;
  reg  [31:0] profiled_pc_q;
  reg  [31:0] profiled_window_q;
  reg         profiled_q;     // there are sums to be written
  reg  [31:0] issue_sum_q;
  reg  [31:0] lanes_sum_q;
  reg  [31:0] work_sum_q;
  reg  [31:0] stream_sum_q;
  reg  [31:0] drain_sum_q;
  reg  [31:0] vector_sum_q;
  reg  [31:0] rows_sum_q;
  reg  [31:0] dependency_sum_q;
  wire        metered = u_top.issue || u_top.wait_stream || u_top.wait_drain || u_top.wait_vector || u_top.wait_rows || u_top.wait_dependency;
  wire        profile_next = metered && ((pc2_q != profiled_pc_q) || (window_q != profiled_window_q));
  wire        profile_end = (state_q == DUMP) || profile_next;
  always @(posedge clk_i) begin
    pc1_q <= pc;
    pc2_q <= pc1_q;
    if (profiling && profiled_q && profile_end && !rst_i) begin
      $fwrite(profile, "%0d %0d %0d %0d %0d %0d %0d %0d %0d %0d\n", profiled_window_q, profiled_pc_q, issue_sum_q, lanes_sum_q, work_sum_q,
              stream_sum_q, drain_sum_q, vector_sum_q, rows_sum_q, dependency_sum_q);
    end
    if (metered) begin
      profiled_q        <= 1'b1;
      profiled_pc_q     <= pc2_q;
      profiled_window_q <= window_q;
      issue_sum_q       <= (profile_next ? 32'd0 : issue_sum_q) + { 31'd0, u_top.issue };
      lanes_sum_q       <= (profile_next ? 32'd0 : lanes_sum_q) + (u_top.issue ? u_top.issue_lanes : 32'd0);
      work_sum_q        <= (profile_next ? 32'd0 : work_sum_q) + (u_top.issue ? u_top.issue_work : 32'd0);
      stream_sum_q      <= (profile_next ? 32'd0 : stream_sum_q) + { 31'd0, u_top.wait_stream };
      drain_sum_q       <= (profile_next ? 32'd0 : drain_sum_q) + { 31'd0, u_top.wait_drain };
      vector_sum_q      <= (profile_next ? 32'd0 : vector_sum_q) + { 31'd0, u_top.wait_vector };
      rows_sum_q        <= (profile_next ? 32'd0 : rows_sum_q) + { 31'd0, u_top.wait_rows };
      dependency_sum_q  <= (profile_next ? 32'd0 : dependency_sum_q) + { 31'd0, u_top.wait_dependency };
    end
    if (rst_i) begin
      profiled_q        <= 1'b0;
      profiled_pc_q     <= 32'hffffffff;
      profiled_window_q <= 32'hffffffff;
      issue_sum_q       <= 32'd0;
      lanes_sum_q       <= 32'd0;
      work_sum_q        <= 32'd0;
      stream_sum_q      <= 32'd0;
      drain_sum_q       <= 32'd0;
      vector_sum_q      <= 32'd0;
      rows_sum_q        <= 32'd0;
      dependency_sum_q  <= 32'd0;
    end
  end

  // ---- what must never be ----
  reg  [31:0] unknown_q;
  reg  [31:0] writers_q;
  reg  [31:0] attributes_q;
  wire        unknown = (^{ irq, awready, wready, bvalid, arready, rvalid }) === 1'bx;
  wire        unknown_answer = ((rvalid === 1'b1) && ((^{ rdata, rresp }) === 1'bx)) || ((bvalid === 1'b1) && ((^bresp) === 1'bx));
  wire [2:0]  x_writers = { 2'd0, u_top.u_core.u_activations.x_from_out } + { 2'd0, u_top.u_core.u_activations.x_from_rows && !rows_ahead }
      + { 2'd0, u_top.u_core.norm_x_wr_en && !u_top.u_core.norm_to_h };
  wire [2:0]  r_writers = { 2'd0, u_top.u_core.u_activations.r_from_out } + { 2'd0, u_top.u_core.u_activations.r_from_rows && !rows_ahead }
      + { 2'd0, u_top.u_core.norm_r_wr_en };
  always @(posedge clk_i) begin
    if (unknown || unknown_answer) unknown_q <= unknown_q + 32'd1;
    if ((x_writers > 3'd1) || (r_writers > 3'd1)) writers_q <= writers_q + 32'd1;
    if (attributes !== {2{ 1'b0, 4'b0011, 3'd0, 4'd0 }}) attributes_q <= attributes_q + 32'd1;
    if (rst_i) begin
      unknown_q    <= 32'd0;
      writers_q    <= 32'd0;
      attributes_q <= 32'd0;
    end
  end
  assign errors_o = violations + host_errors_q + unknown_q + writers_q + attributes_q;
endmodule
`default_nettype wire

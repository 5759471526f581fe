/** What drives the clock around a bench with ports clk_i, rst_i, done_o, errors_o, alike in both simulators. */

/** Cycles for which reset is held. */
const resetCycles = 4;

/** Exit codes of a simulation executable. */
export const simulationExit = { good: 0, errors: 2, timeout: 3 } as const;

/** C++ main for Verilator: prints "cycles N" and "errors N"; +max_cycles=N ends a run that hangs. */
export function verilatorMain(top: string): string {
  return `#include "V${top}.h"
#include "verilated.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
int main(int argc, char** argv) {
  VerilatedContext context;
  context.commandArgs(argc, argv);
  unsigned long long limit = 100000000ULL;
  const char* given = context.commandArgsPlusMatch("max_cycles=");
  if (given && *given) limit = std::strtoull(std::strchr(given, '=') + 1, nullptr, 10);
  V${top} bench{&context};
  unsigned long long cycle = 0;
  bench.clk_i = 0;
  bench.rst_i = 1;
  while (cycle < limit && !context.gotFinish()) {
    bench.clk_i = 0;
    bench.rst_i = cycle < ${resetCycles};
    bench.eval();
    bench.clk_i = 1;
    bench.eval();
    ++cycle;
    if (cycle > ${resetCycles} && bench.done_o) break;
  }
  const bool timeout = cycle >= limit && !bench.done_o;
  const unsigned errors = bench.errors_o;
  bench.final();
  std::printf("cycles %llu\\nerrors %u\\n", cycle, errors);
  return timeout ? ${simulationExit.timeout} : errors ? ${simulationExit.errors} : ${simulationExit.good};
}
`;
}

/** The same for Icarus, as a module around the bench; X on done or errors never counts as good. */
export function icarusMain(top: string): string {
  return `\`default_nettype none
module trexgen_main;
  reg clk;
  reg rst;
  wire done;
  wire [31:0] errors;
  integer cycle;
  integer limit;
  ${top} bench (.clk_i(clk), .rst_i(rst), .done_o(done), .errors_o(errors));
  initial begin
    if (!$value$plusargs("max_cycles=%d", limit)) limit = 100000000;
    clk = 1'b0;
    rst = 1'b1;
    cycle = 0;
    while (cycle < limit && !(cycle > ${resetCycles} && done === 1'b1)) begin
      clk = 1'b0;
      rst = cycle < ${resetCycles};
      #5;
      clk = 1'b1;
      #5;
      cycle = cycle + 1;
    end
    $display("cycles %0d", cycle);
    if (done !== 1'b1) $display("timeout");
    $display("errors %0d", errors);
    $finish;
  end
endmodule
\`default_nettype wire
`;
}

/**
 * What drives the clock around a bench with ports clk_i, rst_i, done_o, errors_o, alike in both simulators.
 *
 *   +max_cycles=N   ends a run that hangs
 *   +resets=N       so many resets in mid-run, each of one to four cycles; the last run goes to its end
 *   +reset_span=N   a run before a reset lasts 1 .. N cycles (in turn N, N/2, N/4 and N/8 at most: much begins early), or until it is done
 *   +reset_seed=N   of these random numbers
 *
 * Errors of the runs before a reset count, too; cycles are those of the last run.
 */

/** Cycles for which the first reset is held. */
const resetCycles = 4;

/** Exit codes of a simulation executable. */
const simulationExit = { good: 0, errors: 2, timeout: 3 } as const;

/** Parts of the C++ main that record signals from cycle to cycle. */
const cppWaves = {
  include: '#include "verilated_fst_c.h"\n#include <string>\n',
  open: `  // Verilator gives every answer in the same place: each is copied at once.
  const auto value = [&](const char* name) {
    const char* at = std::strchr(context.commandArgsPlusMatch(name), '=');
    return std::string(at ? at + 1 : "");
  };
  const std::string file = value("waves=");
  const std::string from_text = value("waves_from=");
  const std::string to_text = value("waves_to=");
  const unsigned long long from = from_text.empty() ? 0 : std::stoull(from_text);
  const unsigned long long to = to_text.empty() ? ~0ULL : std::stoull(to_text);
  VerilatedFstC waves;
  context.traceEverOn(true);
  bench.trace(&waves, 99);
  if (!file.empty()) waves.open(file.c_str());
`,
  low: '    if (!file.empty() && cycle >= from && cycle <= to) waves.dump(static_cast<uint64_t>(10 * cycle));\n',
  high: '    if (!file.empty() && cycle >= from && cycle <= to) waves.dump(static_cast<uint64_t>(10 * cycle + 5));\n',
  close: '  if (!file.empty()) waves.close();\n',
} as const;
const cppQuiet = { include: '', open: '', low: '', high: '', close: '' } as const;

/** Numbers of the command line, and random ones. */
const cppNumbers = `  const auto number = [&](const char* name, unsigned long long usual) {
    const char* given = context.commandArgsPlusMatch(name);
    return given && *given ? std::strtoull(std::strchr(given, '=') + 1, nullptr, 10) : usual;
  };
  const unsigned long long limit = number("max_cycles=", 100000000ULL);
  const unsigned long long span = number("reset_span=", 1);
  unsigned long long resets = number("resets=", 0);
  std::uint32_t random = static_cast<std::uint32_t>(number("reset_seed=", 1)) | 1U;
  const auto draw = [&]() {
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return random;
  };
`;

/** C++ main for Verilator: prints "cycles N" and "errors N". */
export function verilatorMain(top: string, waves = false): string {
  const record = waves ? cppWaves : cppQuiet;
  return `#include "V${top}.h"
#include "verilated.h"
${record.include}#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
int main(int argc, char** argv) {
  VerilatedContext context;
  context.commandArgs(argc, argv);
${cppNumbers}  V${top} bench{&context};
  unsigned long long cycle = 0;
  unsigned long long ran = 0;
  const auto length = [&]() { return 1 + draw() % (span / (1ULL << resets % 4) + 1); };
  unsigned long long until = length();
  unsigned hold = ${resetCycles};
  unsigned earlier = 0;
  unsigned long long cut = 0;
  bench.clk_i = 0;
  bench.rst_i = 1;
${record.open}  while (cycle < limit && !context.gotFinish()) {
    bench.clk_i = 0;
    bench.rst_i = hold > 0;
    bench.eval();
${record.low}    bench.clk_i = 1;
    bench.eval();
${record.high}    ++cycle;
    if (hold > 0) {
      --hold;
      continue;
    }
    ++ran;
    if (resets > 0 && (bench.done_o || ran >= until)) {
      earlier += bench.errors_o;
      cut = cycle;
      --resets;
      hold = 1 + draw() % 4;
      until = length();
      ran = 0;
    } else if (bench.done_o) break;
  }
  // A unit that refuses its parameters ends the run as well: with neither an error nor a result.
  const bool timeout = !bench.done_o;
  const unsigned errors = earlier + bench.errors_o;
  bench.final();
${record.close}  std::printf("cycles %llu\\nerrors %u\\n", cycle - cut, errors);
  return timeout ? ${simulationExit.timeout} : errors ? ${simulationExit.errors} : ${simulationExit.good};
}
`;
}

/** Signals for Icarus; vvp -fst gives the file its format. */
const verilogWaves = {
  open: `    if (!$value$plusargs("waves_from=%d", from)) from = 0;
    if (!$value$plusargs("waves_to=%d", to)) to = 2147483647;
    if ($value$plusargs("waves=%s", file)) begin
      $dumpfile(file);
      $dumpvars(0, bench);
      if (from > 0) $dumpoff;
    end else to = -1;
`,
  cycle: `      if ((cycle == from) && (from > 0) && (to >= 0)) $dumpon;
      if (cycle == to + 1) $dumpoff;
`,
} as const;

const verilogDraw = `  // xorshift32, as in C++
  task draw;
    begin
      random = random ^ (random << 13);
      random = random ^ (random >> 17);
      random = random ^ (random << 5);
    end
  endtask
`;

/** Numbers of the command line. */
const verilogNumbers = `    if (!$value$plusargs("max_cycles=%d", limit)) limit = 100000000;
    if (!$value$plusargs("reset_span=%d", span)) span = 1;
    if (!$value$plusargs("resets=%d", resets)) resets = 0;
    if (!$value$plusargs("reset_seed=%d", random)) random = 1;
    random = random | 1;
`;

/** The same for Icarus, as a module around the bench; X on done or errors never counts as good. */
export function icarusMain(top: string, waves = false): string {
  return `\`default_nettype none
module trexgen_main;
  reg clk;
  reg rst;
  wire done;
  wire [31:0] errors;
  integer cycle;
  integer limit;
  integer span;
  integer resets;
  integer ran;
  integer until;
  integer hold;
  integer cut;
  reg [31:0] random;
  reg [31:0] earlier;
${waves ? '  reg [8*512-1:0] file;\n  integer from;\n  integer to;\n' : ''}  ${top} bench (.clk_i(clk), .rst_i(rst), .done_o(done), .errors_o(errors));
${verilogDraw}  initial begin
${verilogNumbers}    draw;
    until = 1 + random % (span / (1 << (resets % 4)) + 1);
    ran = 0;
    hold = ${resetCycles};
    earlier = 0;
    cut = 0;
    clk = 1'b0;
    rst = 1'b1;
    cycle = 0;
${waves ? verilogWaves.open : ''}    while (cycle < limit && !(resets == 0 && ran > 0 && done === 1'b1)) begin
${waves ? verilogWaves.cycle : ''}      clk = 1'b0;
      rst = hold > 0;
      #5;
      clk = 1'b1;
      #5;
      cycle = cycle + 1;
      if (hold > 0) hold = hold - 1;
      else begin
        ran = ran + 1;
        if ((resets > 0) && ((done === 1'b1) || (ran >= until))) begin
          earlier = earlier + ((^errors === 1'bx) ? 1 : errors);
          cut = cycle;
          resets = resets - 1;
          draw;
          hold = 1 + random % 4;
          draw;
          until = 1 + random % (span / (1 << (resets % 4)) + 1);
          ran = 0;
        end
      end
    end
    $display("cycles %0d", cycle - cut);
    if (done !== 1'b1) $display("timeout");
    $display("errors %0d", earlier + errors);
    $finish;
  end
endmodule
\`default_nettype wire
`;
}

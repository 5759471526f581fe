import { makeParams } from '../../generator/params/params.js';
import { ram, ramMacro } from '../../generator/rtl/ram_1r1w.js';
import { ramBench, type RamShape } from '../support/ram-bench.js';
import { describeUnit, render, type Bench } from '../support/unit-bench.js';

interface Shape extends RamShape {
  readonly kind: 'block' | 'distributed' | 'macro' | 'latch';
}

function bench({ kind, ...shape }: Shape, seed: number): Bench {
  const params = makeParams({ memory: { kind } });
  if (kind === 'block' || kind === 'distributed') return ramBench(render(params, ram), shape, seed);
  const files = render(params, ram, ramMacro);
  // Only what asks for it is made of latches.
  return ramBench(
    kind === 'macro' ? files : files.map(({ name, text }) => ({ name, text: text.replace('DISTRIBUTED = 0', 'DISTRIBUTED = 1') })),
    shape,
    seed,
  );
}

describeUnit<Shape>({
  unit: 'ram_1r1w',
  shapes: [
    { kind: 'block', wordBits: 64, depth: 24, laneBits: 8 },
    { kind: 'block', wordBits: 16, depth: 1, laneBits: 16 },
    { kind: 'distributed', wordBits: 12, depth: 5, laneBits: 4 },
    { kind: 'macro', wordBits: 40, depth: 33, laneBits: 8 },
    { kind: 'macro', wordBits: 1, depth: 2, laneBits: 1 },
    { kind: 'block', wordBits: 24, depth: 7, laneBits: 12, readCycles: 0 },
    { kind: 'macro', wordBits: 24, depth: 6, laneBits: 8, readCycles: 0 },
    { kind: 'block', wordBits: 24, depth: 9, laneBits: 8, readOld: 0 },
    { kind: 'distributed', wordBits: 8, depth: 4, laneBits: 8, readOld: 0 },
  ],
  makeBench: bench,
  mutants: [
    { what: 'ignores the lane enables', find: 'wr_en_i && wr_lanes_i[k]', put: 'wr_en_i' },
    { what: 'reads without being asked', find: 'if (rd_en_i)', put: "if (1'b1)" },
    {
      what: 'returns the new word of the address being written',
      find: '<= mem_q[rd_addr_i]',
      put: '<= (wr_en_i && (wr_addr_i == rd_addr_i)) ? wr_data_i : mem_q[rd_addr_i]',
    },
    { what: 'gives the old word where nobody should read it', find: '<= ~mem_q[rd_addr_i]', put: '<= mem_q[rd_addr_i]' },
    { what: 'forbids the old word of every address', find: ' && (wr_addr_i == rd_addr_i)', put: '' },
    { what: 'forbids the old word where no lane is written', find: ' && (|wr_lanes_i)', put: '' },
    {
      what: 'gives the new word of the address being written at once',
      find: 'assign rd_data_o = mem_q[rd_addr_i]',
      put: 'assign rd_data_o = (wr_en_i && (wr_addr_i == rd_addr_i)) ? wr_data_i : mem_q[rd_addr_i]',
    },
    {
      what: 'reads at once only when asked',
      find: 'assign rd_data_o = mem_q[rd_addr_i]',
      put: 'assign rd_data_o = mem_q[rd_addr_i & {ADDR_BITS{rd_en_i}}]',
    },
  ],
});

describeUnit<Shape>({
  unit: 'ram_1r1w',
  shapes: [
    { kind: 'latch', wordBits: 24, depth: 9, laneBits: 8 },
    { kind: 'latch', wordBits: 7, depth: 1, laneBits: 7 },
    { kind: 'latch', wordBits: 8, depth: 3, laneBits: 8, readOld: 0 },
  ],
  makeBench: bench,
  mutants: [
    { what: 'keeps its latches open when nothing is written', find: '& {LANES{wr_en_i}}', put: '' },
    { what: 'opens the latches of all words', find: ' && (open_addr_q == HERE)', put: '' },
    { what: 'opens its latches before the data is there', find: '!clk_i && open_lanes_q[k]', put: 'clk_i && open_lanes_q[k]' },
    { what: 'reads without being asked', find: 'if (rd_en_i)', put: "if (1'b1)" },
  ],
});

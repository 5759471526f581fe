import { describe, expect, it } from 'vitest';
import { flowOf, defaultFlowOptions } from '../../../generator/output/flows/flow.js';
import { sramFiles, sramMacro } from '../../../generator/output/flows/sram.js';
import type { Params } from '../../../generator/params/fields.js';
import { makeParams } from '../../../generator/params/params.js';
import { presets } from '../../../generator/params/presets.js';
import { readImage, writeImage } from '../../../generator/program/image.js';
import { designSources } from '../../../generator/rtl/design.js';
import { ram } from '../../../generator/rtl/ram_1r1w.js';
import type { RtlFile } from '../../../generator/rtl/render.js';
import { simulators } from '../../../generator/sim/build.js';
import { buildChip } from '../../../generator/sim/chip-run.js';
import { layOut } from '../../../generator/host/memory-map.js';
import { runUnit, type Unit } from '../../../generator/sim/unit.js';
import { ramBench, type RamShape } from '../../support/ram-bench.js';
import { randomModel, randomRequests } from '../../support/random-model.js';
import { temporaryFolder } from '../../support/temporary.js';
import { describeUnit, render } from '../../support/unit-bench.js';

function swapFiles(params: Params): RtlFile[] {
  return sramFiles(flowOf(params, designSources(params), defaultFlowOptions, '0.0.0')).filter(({ name }) => name.endsWith('.v'));
}

// Latches where memories are small, and macros of which each has the same model.
const tiny = makeParams({ ...presets.tiny, memory: { kind: 'latch' } });

describeUnit<RamShape>({
  unit: 'ram_1r1w',
  shapes: [
    { wordBits: 64, depth: 600, laneBits: 16 },
    { wordBits: 36, depth: 256, laneBits: 12 },
    { wordBits: 128, depth: 1, laneBits: 128 },
    { wordBits: 40, depth: 9, laneBits: 20, readCycles: 0 },
  ],
  makeBench: (shape, seed) => ramBench([...render(tiny, ram), ...swapFiles(tiny)], shape, seed),
  mutants: [
    {
      what: 'lets a word be read and written in one cycle',
      find: 'write      = hit ? (wr_en_i && !same) : wait_q',
      put: 'write      = wait_q',
    },
    { what: 'forgets the lanes that wait', find: "hit ? wait_lanes_q : {LANES{1'b0}}", put: "{LANES{1'b0}}" },
    { what: 'loses a write that passes the waiting one', find: '(wr_en_i && !same) : wait_q', put: "1'b0 : wait_q" },
    { what: 'forgets which lanes waited when more come', find: '(wait_lanes_q | wr_lanes_i)', put: 'wr_lanes_i' },
    { what: 'does not hold its output', find: 'read_q ? word : held_q', put: 'word' },
    { what: 'reads from the macro of another rank', find: 'rank_q <= rd_addr_i[ADDR_BITS-1:8]', put: 'rank_q <= wr_addr_i[ADDR_BITS-1:8]' },
    { what: 'reads at once another word', find: 'assign rd_data_o = mem_q[rd_addr_i]', put: 'assign rd_data_o = mem_q[wr_addr_i]' },
  ],
});

describe('a tiny chip with macros of sky130 for its large memories and latches for its small ones', () => {
  const image = readImage(writeImage(randomModel(5), { columns: tiny.array.columns, busBytes: tiny.port.busBytes }));
  const requests = randomRequests(5, image.model, [4, 1, 7]);
  const { beats } = layOut(image, tiny, [4, 1, 7]);
  const unit: Unit = {
    params: tiny,
    image,
    requests,
    policy: 'packed',
    settings: { seed: 5, trace: true, latency: 9, stalls: 3, patience: 3_000_000 },
    beats,
  };
  const files = swapFiles(tiny);
  const sources = [...designSources(tiny).filter(({ name }) => name !== 'trex_ram_macro.v'), ...files];

  it.each(simulators)(
    'stores in %s what golden stores, though a macro shows nothing known that was not asked for',
    async (simulator) => {
      expect(files.map(({ name }) => name)).toContain(`${sramMacro.name}.v`);
      const executable = await buildChip({ params: tiny, simulator, beats, quick: true, sources });
      const { differences, problems, emaAgree, inputs } = await temporaryFolder((folder) => runUnit(executable, unit, folder));
      expect({ differences, problems, emaAgree, inputs }).toEqual({ differences: [], problems: [], emaAgree: true, inputs: 3 });
    },
    300_000,
  );
});

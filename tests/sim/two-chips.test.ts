import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import type { Params, ParamsInput } from '../../generator/params/fields.js';
import { requireFit } from '../../generator/program/fits.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import { designSources, topModule } from '../../generator/rtl/design.js';
import { buildSimulation, runSimulation, simulators, type Simulator, type SourceFile } from '../../generator/sim/build.js';
import { buildChip, chipDefines, runChip, type ChipInput } from '../../generator/sim/chip-run.js';
import { runSteps } from '../../generator/host/host-script.js';
import { lintAll } from '../../generator/sim/lint.js';
import { fillMemory, layOut, tokensOf } from '../../generator/host/memory-map.js';
import { packageRoot } from '../../generator/util/package.js';
import { randomModel, randomRequests } from '../support/random-model.js';

/** A chip with a model, requests, and all that its memory and its host begin with. */
interface Chip {
  readonly params: Params;
  readonly image: Image;
  readonly beats: number;
  readonly input: ChipInput;
}

const folder = mkdtempSync(join(tmpdir(), 'trexgen-pair-'));
afterAll(() => rmSync(folder, { recursive: true }));

function makeChip(seed: number, { port, ...input }: ParamsInput): Chip {
  const params = makeParams({
    ...input,
    envelope: { width: 16, hidden: 24, rank: 16, codeWords: 576, instructions: 32 },
    port: { burstBeats: 8, prefetchBeats: 16, outstandingReads: 4, ...port },
  });
  const image = readImage(writeImage(randomModel(seed), { columns: params.array.columns, busBytes: params.port.busBytes }));
  const requests = randomRequests(seed, image.model, [3, 1, 4]);
  requireFit(image, params, tokensOf(image, requests));
  const map = layOut(image, params, tokensOf(image, requests));
  const memory = fillMemory(
    map,
    image,
    requests,
    requests.map((_, r) => 100 * seed + r),
  );
  return {
    params,
    image,
    beats: map.beats,
    input: { memory, steps: runSteps(image, map, requests.length, 'packed'), busBytes: params.port.busBytes },
  };
}

const left = makeChip(1, {
  prefix: 'left',
  array: { columns: 4, slices: 4, lanesPerSlice: 1, passes: 4 },
  port: { busBytes: 8, reset: 'aresetn' },
});
const right = makeChip(2, {
  prefix: 'right',
  array: { columns: 2, slices: 2, lanesPerSlice: 2, passes: 3 },
  registerFile: { kind: 'grid' },
  memory: { kind: 'macro' },
  port: { busBytes: 16 },
});

/** The bench of a chip with module and file names of its own, so that two of them stand in one design. */
function benchOf({ params, beats }: Chip): SourceFile[] {
  const { prefix } = params;
  const macros = chipDefines(params, beats);
  return ['axi_memory', 'chip_tb'].map((name) => ({
    name: `${prefix}_${name}.v`,
    text: readFileSync(join(packageRoot(), 'testbench', `${name}.v`), 'utf8')
      .replace(/`([A-Z_]+)\b/g, (whole, macro: string) => String(macros[macro] ?? whole))
      .replace(/\b(axi_memory|chip_tb)\b(?=\s*(#|\())/g, `${prefix}_$1`)
      .replace(/"(\w+\.(hex|out|txt))"/g, `"${prefix}_$1"`),
  }));
}

const pairBench = `\`default_nettype none
module pair_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output wire        done_o,
  output wire [31:0] errors_o
);
  wire        left_done;
  wire        right_done;
  wire [31:0] left_errors;
  wire [31:0] right_errors;
  left_chip_tb u_left (.clk_i(clk_i), .rst_i(rst_i), .done_o(left_done), .errors_o(left_errors));
  right_chip_tb u_right (.clk_i(clk_i), .rst_i(rst_i), .done_o(right_done), .errors_o(right_errors));
  assign done_o   = left_done && right_done;
  assign errors_o = left_errors + right_errors;
endmodule
\`default_nettype wire
`;

/** A file that a simulation has written, without the comments of Icarus. */
function written(path: string): string {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('//'))
    .join('\n');
}

const outputs = ['memory.out', 'reads.txt', 'windows.txt', 'result.txt'];

/** What a chip writes in a simulation of its own. */
async function alone({ params, beats, input }: Chip): Promise<Record<string, string>> {
  const executable = await buildChip({ params, simulator: 'icarus', beats });
  const run = await runChip(executable, input, { seed: 1 }, join(folder, params.prefix));
  expect(run.problems).toEqual([]);
  return Object.fromEntries(outputs.map((name) => [`${params.prefix}_${name}`, written(join(run.folder, name))]));
}

/** What both write in one simulation. */
async function together(simulator: Simulator): Promise<Record<string, string>> {
  const chips = [left, right];
  const executable = await buildSimulation({
    simulator,
    top: 'pair_tb',
    quick: true,
    sources: [...chips.flatMap((chip) => [...designSources(chip.params), ...benchOf(chip)]), { name: 'pair_tb.v', text: pairBench }],
  });
  const workDir = join(folder, `${simulator}-pair`);
  mkdirSync(workDir);
  for (const { params } of chips) {
    for (const name of ['memory.hex', 'script.hex'])
      writeFileSync(join(workDir, `${params.prefix}_${name}`), readFileSync(join(folder, params.prefix, name)));
  }
  const { errors } = await runSimulation(executable, { plusargs: { seed: 1, max_cycles: 1_000_000 }, workDir });
  expect(errors).toBe(0);
  return Object.fromEntries(
    chips.flatMap(({ params }) => outputs.map((name) => [`${params.prefix}_${name}`, written(join(workDir, `${params.prefix}_${name}`))])),
  );
}

describe('two chips of different configurations and prefixes in one design', () => {
  let solo: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    solo = { ...(await alone(left)), ...(await alone(right)) };
  });

  it.each(simulators)('each write in %s what they write alone, cycle for cycle', async (simulator) => {
    expect(await together(simulator)).toEqual(solo);
  });

  it('have no lint', async () => {
    const sources = [left, right].flatMap(({ params }) => designSources(params));
    for (const { params } of [left, right]) expect(await lintAll(sources, topModule(params))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { memories, memoryBits, multipliers, streamRate, turnerBits } from '../../generator/params/sizes.js';
import { designSources, topModule } from '../../generator/rtl/design.js';
import { randomParams } from '../support/random-params.js';
import { flatCells, type YosysCell } from '../support/yosys.js';

/** Which memory a path of instances belongs to; undefined for bursts in flight and for the copy of accumulators that steps read. */
const owners: readonly (readonly [string | undefined, RegExp])[] = [
  ['map', /u_scores\.u_mask\./],
  ['places', /u_begins\./],
  ['segments', /u_segments\./],
  ['requests', /u_requests\./],
  ['picked', /u_picked\./],
  ['x', /u_x\./],
  ['h', /u_h\./],
  ['q', /u_q\./],
  ['r', /u_r\./],
  ['p', /u_p\./],
  ['k', /u_keys\./],
  ['v', /u_values\./],
  ['k and v', /u_key_value\.u_file\./],
  ['scores', /u_scores\.u_scores\./],
  ['codes', /u_codes\./],
  ['books', /u_books\./],
  ['program', /u_program\./],
  ['accumulators', /u_finished\./],
  [undefined, /u_running\./],
  ['activation table', /u_table\./],
  ['norm sums', /u_norm\./],
  ['softmax sums', /u_softmax\./],
  ['stage', /u_(stage|row)\b/],
  ['stream', /u_buffer\./],
  ['previous rows', /u_previous\./],
  ['queue', /u_queue\./],
  ['counters', /u_counters\.u_(low|high)\./],
  [undefined, /u_clients\./],
];

/** Cells of each memory and their bits, by the synthesiser. */
function memoriesOf(cells: readonly YosysCell[]): Record<string, number> {
  const bits: Record<string, number> = {};
  for (const { name, type, parameters } of cells) {
    if (!type.startsWith('$mem')) continue;
    const [owner] = owners.find(([, path]) => path.test(name)) ?? [name];
    if (owner === undefined) continue;
    bits[owner] = (bits[owner] ?? 0) + parseInt(parameters['SIZE']!, 2) * parseInt(parameters['WIDTH']!, 2);
  }
  return bits;
}

function multipliersOf(cells: readonly YosysCell[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, type, connections } of cells) {
    const variable = (port: string): boolean => connections[port]!.some((bit) => typeof bit === 'number');
    if (type !== '$mul' || !variable('A') || !variable('B')) continue;
    const unit =
      /u_(array|epilogue|norm|meter)\b/.exec(name)?.[1] ??
      (/_window_former\.v:/.test(name) ? 'squares' : /_(scores|rows)\.v:/.test(name) ? 'addresses' : name);
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  return counts;
}

const configurations: readonly { name: string; params: Params }[] = [
  { name: 'tiny', params: presetParams('tiny') },
  {
    name: 'a grid',
    params: makeParams({
      array: { columns: 2, slices: 1, lanesPerSlice: 4, passes: 3 },
      numerics: { activationBits: 6 },
      registerFile: { kind: 'grid' },
      envelope: { width: 10, hidden: 20, rank: 6, codeWords: 100 },
    }),
  },
  {
    name: 'one direction',
    params: makeParams({
      array: { columns: 2, slices: 2, lanesPerSlice: 4, passes: 3, pairedColumns: 1 },
      numerics: { activationBits: 5 },
      registerFile: { directions: 1 },
      envelope: { width: 10, hidden: 20, rank: 6, codeWords: 100 },
    }),
  },
  ...[3, 4].map((seed) => ({ name: `seed ${seed}`, params: randomParams(seed) })),
];

describe('sizes', () => {
  it.each(configurations)('are what the synthesiser counts: $name', async ({ params }) => {
    const cells = await flatCells(designSources(params), topModule(params));
    const sizes: Record<string, number> = {};
    for (const memory of memories(params)) {
      // With two directions one memory holds both.
      const shared = params.registerFile.directions === 2 && /^[kv]$/.test(memory.name);
      const name = shared ? 'k and v' : memory.name;
      sizes[name] = (sizes[name] ?? 0) + memoryBits(memory);
    }
    expect(memoriesOf(cells)).toEqual(sizes);
    expect(multipliersOf(cells)).toEqual(Object.fromEntries(multipliers(params).map(({ name, count }) => [name, count])));
  });

  it('of small stay within 150 multipliers', () => {
    expect(multipliers(presetParams('small')).reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(150);
  });

  it('of the array are one for two lanes of a paired column', () => {
    const paired = makeParams({ array: { columns: 32, pairedColumns: 17 } });
    expect(multipliers(paired).find(({ name }) => name === 'array')).toEqual({ name: 'array', count: 256 - 4 * 17 });
  });

  it('of the tiles that one direction turns are two of V a slice, and two of the rows of a pass each way', () => {
    expect(turnerBits(presetParams('paper'))).toBe(8 * (4 * 2 * 8 * 32 + 2 * 2 * 32 * 32));
    expect(turnerBits(presetParams('small'))).toBe(8 * (4 * 2 * 8 * 8 + 2 * 2 * 2 * 16));
    expect(turnerBits(makeParams({ numerics: { activationBits: 5 } }))).toBe(5 * 4 * 2 * 8 * 8 + 8 * 2 * 2 * 2 * 16);
  });

  it('tell whether the port keeps up with the weight stream', () => {
    expect(streamRate(presetParams('paper'))).toEqual({ stepCycles: 1, portBits: 256, expandBits: 8 * (6 + 5), denseBits: 64 });
    expect(streamRate(presetParams('tiny'))).toEqual({ stepCycles: 4, portBits: 256, expandBits: 4 * (6 + 3), denseBits: 32 });
  });
});

/** Whether the benches of a unit, or a small whole chip, notice a mutation. */
import type { Bench } from '../../tests/support/unit-bench.js';
import { buildBench, runBench } from '../../tests/support/unit-bench.js';
import { chipCase, matrix, runCase, type ChipCase, type ChipChoice } from '../../tests/support/chip-matrix.js';
import { designSources } from '../../generator/rtl/design.js';
import type { RtlFile } from '../../generator/rtl/render.js';
import { isGood } from '../../generator/sim/unit.js';
import { ToolError } from '../../generator/util/errors.js';
import { applyMutation, type Mutation } from './mutate.js';

export interface SeededBench {
  readonly bench: Bench;
  readonly seed: number;
}

/** A mutant that loops without a cycle passing would never end. */
const timeoutMs = 120_000;

/** `stillborn`: no Verilog any more. */
export type Verdict = { readonly kind: 'stillborn' } | { readonly kind: 'killed'; readonly by: string } | { readonly kind: 'survived' };

/** Files with the mutation; undefined when the unit is not among them, or not in a form that has the line. */
function mutated<File extends RtlFile>(files: readonly File[], unit: string, mutation: Mutation): RtlFile[] | undefined {
  let found = false;
  const changed = files.map((file): RtlFile => {
    if (!file.name.endsWith(`_${unit}.v`) || file.name.split('_').slice(1).join('_') !== `${unit}.v`) return file;
    const text = applyMutation(file.text, mutation);
    found ||= text !== undefined;
    return text === undefined ? file : { ...file, text };
  });
  return found ? changed : undefined;
}

async function byBench(bench: Bench, files: readonly RtlFile[], seed: number): Promise<Verdict> {
  const changed = { ...bench, files };
  let executable;
  try {
    executable = await buildBench('icarus', changed);
  } catch (error) {
    if (error instanceof ToolError) return { kind: 'stillborn' };
    throw error;
  }
  try {
    return (await runBench(executable, changed, seed, true, timeoutMs)) > 0
      ? { kind: 'killed', by: `${bench.unit} bench` }
      : { kind: 'survived' };
  } catch (error) {
    if (error instanceof ToolError) return { kind: 'killed', by: `${bench.unit} bench, hangs` };
    throw error;
  }
}

async function byChip({ unit, base, image }: ChipCase, number: number, sources: readonly RtlFile[]): Promise<Verdict> {
  try {
    for (const cutOff of [false, true]) {
      const result = await runCase({ unit: { ...unit, settings: { ...unit.settings, timeoutMs } }, base, image }, 'icarus', {
        sources,
        cutOff,
      });
      if (!isGood(result)) return { kind: 'killed', by: `chip ${number}${cutOff ? ' behind resets' : ''}` };
    }
    return { kind: 'survived' };
  } catch (error) {
    if (error instanceof ToolError)
      return error.message.startsWith('iverilog') ? { kind: 'stillborn' } : { kind: 'killed', by: `chip ${number}, hangs` };
    throw error;
  }
}

/** The matrix, those of several slices before those of one, the smallest first: cells and lanes are what takes Icarus time. */
const chips = [...matrix().entries()].sort(([, a], [, b]) => sizeOf(a) - sizeOf(b));

function sizeOf({ columns, slices, lanesPerSlice, busBytes, registerFile }: ChipChoice): number {
  return columns * slices * lanesPerSlice * busBytes * (registerFile === 'grid' ? 4 : 1) + (slices === 1 ? 1e6 : 0);
}

/** The first ones that have the line at all. */
const chipsTried = 2;

export async function judge(unit: string, mutation: Mutation, benches: readonly SeededBench[]): Promise<Verdict> {
  for (const { bench, seed } of benches) {
    const files = mutated(bench.files, unit, mutation);
    const verdict = files === undefined ? undefined : await byBench(bench, files, seed);
    if (verdict !== undefined && verdict.kind !== 'survived') return verdict;
  }
  let tried = 0;
  for (const [number, choice] of chips) {
    const chip = chipCase(choice, number);
    const sources = mutated(designSources(chip.unit.params), unit, mutation);
    if (sources === undefined) continue;
    const verdict = await byChip(chip, number, sources);
    if (verdict.kind !== 'survived') return verdict;
    tried += 1;
    if (tried === chipsTried) break;
  }
  return { kind: 'survived' };
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { codeMacros } from '../../generator/rtl/verilog-codes.js';
import type { Params } from '../../generator/params/fields.js';
import { renderUnit, type RtlFile, type Unit } from '../../generator/rtl/render.js';
import { buildSimulation, runSimulation, simulators, type Executable, type Simulator } from '../../generator/sim/build.js';
import { lintAll } from '../../generator/sim/lint.js';

const testbenchFolder = joinPath(dirname(fileURLToPath(import.meta.url)), '..', '..', 'testbench');

/** What testbench/<unit>_tb.v runs on: the unit with its submodules, its parameters, one vector a cycle. */
export interface Bench {
  readonly unit: string;
  /** The unit itself first. */
  readonly files: readonly RtlFile[];
  /** Parameters of the unit, which the bench takes as macros. */
  readonly macros: Readonly<Record<string, number>>;
  /** Hexadecimal. */
  readonly vectors: readonly string[];
  /** Other files of testbench/ that the bench needs. */
  readonly models?: readonly string[];
  /** Other files that it reads, line by line. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>;
  readonly plusargs?: Readonly<Record<string, string | number>>;
  /** Plusargs of further runs of the same build, each beside those above. */
  readonly variants?: readonly Readonly<Record<string, string | number>>[];
  /** Cycles before which the bench gives up by itself, where one vector is not one cycle. */
  readonly cycles?: number;
}

/** A text substitution that must make the bench fail. */
export interface Mutant {
  readonly what: string;
  readonly find: string;
  readonly put: string;
  /** Seed and index of the shape that show it, tried first: for one that others hide for long. */
  readonly shows?: { readonly seed: number; readonly shape: number };
}

export interface UnitSuite<Shape> {
  readonly unit: string;
  readonly shapes: readonly Shape[];
  makeBench(shape: Shape, seed: number): Bench;
  readonly mutants: readonly Mutant[];
}

/** Seeded random numbers (mulberry32). */
export interface Random {
  /** 0 .. limit - 1. */
  below(limit: number): number;
  /** Any pattern of that many bits. */
  bits(count: number): bigint;
}

/** Further runs for a bench whose handshakes wait at random: none ever waits, and every one waits long. */
export const paces: readonly Readonly<Record<string, number>>[] = [{ pace: 1 }, { pace: 2 }];

export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    bits: (count) => {
      let value = 0n;
      for (let have = 0; have < count; have += 32) value = (value << 32n) | BigInt(next());
      return BigInt.asUintN(count, value);
    },
  };
}

type Value = number | bigint | boolean;

/** Elements of equal width in one number, element 0 in the low bits. */
export function join(values: readonly Value[], bits: number): bigint {
  return values.reduceRight<bigint>((sum, value) => (sum << BigInt(bits)) | BigInt.asUintN(bits, BigInt(value)), 0n);
}

/** One vector as hexadecimal: fields of [bits, value], the first in the high bits. */
export function pack(fields: readonly (readonly [number, Value])[]): string {
  return fields.reduce((sum, [bits, value]) => (sum << BigInt(bits)) | BigInt.asUintN(bits, BigInt(value)), 0n).toString(16);
}

export function render(params: Params, ...units: readonly ((params: Params) => Unit)[]): RtlFile[] {
  return units.map((unit) => renderUnit(params.prefix, unit(params)));
}

/** Resets in mid-run before the run that goes to its end; the seed of the bench is that of their cycles, too. */
const resets = 8;
const longestSpan = 1000;

export async function buildBench(simulator: Simulator, { unit, files, macros, vectors, models }: Bench): Promise<Executable> {
  const top = `${unit}_tb`;
  const benches = [`${top}.v`, ...(models ?? [])].map((name) => ({ name, text: readFileSync(joinPath(testbenchFolder, name), 'utf8') }));
  return buildSimulation({
    simulator,
    top,
    quick: true,
    sources: [...files, ...benches],
    defines: { ...codeMacros, ...macros, VECTORS: vectors.length },
  });
}

/**
 * Number of cycles in which the unit differs from its vectors, in the first run that has any; `cutOff` adds a run with resets
 * in mid-run. It comes last: what is written before a reset is not unknown any more behind it.
 */
export async function runBench(
  executable: Executable,
  { vectors, inputs, plusargs, variants = [], cycles }: Bench,
  seed: number,
  cutOff: boolean,
  timeoutMs = 600_000,
): Promise<number> {
  const workDir = mkdtempSync(joinPath(tmpdir(), 'trexgen-unit-'));
  for (const [name, lines] of Object.entries({ 'vectors.hex': vectors, ...inputs }))
    writeFileSync(joinPath(workDir, name), `${lines.join('\n')}\n`);
  const limit = (cycles ?? vectors.length) + 100;
  const span = Math.min(longestSpan, vectors.length);
  const again = { resets, reset_span: span, reset_seed: seed };
  try {
    for (const variant of [{}, ...variants, ...(cutOff ? [again] : [])]) {
      const plus = { ...plusargs, ...variant, vectors: 'vectors.hex', max_cycles: limit + resets * (span + 4) };
      const { errors } = await runSimulation(executable, { plusargs: plus, workDir, timeoutMs });
      if (errors > 0) return errors;
    }
  } finally {
    rmSync(workDir, { recursive: true });
  }
  return 0;
}

async function errorsOf(simulator: Simulator, bench: Bench, seed: number, cutOff = simulator === 'verilator'): Promise<number> {
  return runBench(await buildBench(simulator, bench), bench, seed, cutOff);
}

/** The unit with its parameters set, so that the linters elaborate the shape and not the defaults. */
function shaped({ files, macros }: Bench): RtlFile[] {
  return files.map(({ name, text }, i) =>
    i > 0
      ? { name, text }
      : {
          name,
          text: Object.entries(macros).reduce(
            (out, [key, value]) => out.replace(new RegExp(`(parameter ${key} *= )\\d+`), `$1${value}`),
            text,
          ),
        },
  );
}

/** Bench with the mutant; undefined when this shape's unit has no such text. */
function mutate(bench: Bench, { find, put }: Mutant): Bench | undefined {
  const files = bench.files.map(({ name, text }) => ({ name, text: text.replaceAll(find, () => put) }));
  return files.every(({ text }, i) => text === bench.files[i]?.text) ? undefined : { ...bench, files };
}

/** Seed of the first shape; the others follow. */
const firstSeed = 1000;

/** Seeds that a mutant may show itself at: a rare meeting of stimuli need not come at the first. */
const mutantSeeds = [1000, 2000, 3000];

/** The first seed at which some shape's bench counts errors of the mutant, or undefined. */
async function firstToNotice<Shape>(
  shapes: readonly Shape[],
  makeBench: (shape: Shape, seed: number) => Bench,
  mutant: Mutant,
): Promise<number | undefined> {
  const noticed = async (bench: Bench | undefined, seed: number): Promise<boolean> =>
    bench !== undefined && (await errorsOf('icarus', bench, seed, true)) > 0;
  if (mutant.shows !== undefined) {
    const { seed, shape } = mutant.shows;
    if (await noticed(mutate(makeBench(shapes[shape]!, seed), mutant), seed)) return seed;
  }
  for (const seed of mutantSeeds) {
    let replaced = false;
    for (const shape of shapes) {
      const bench = mutate(makeBench(shape, seed), mutant);
      if (bench === undefined) continue;
      replaced = true;
      if (await noticed(bench, seed)) return seed;
    }
    // The substitution must change something, or the mutant would prove nothing.
    if (!replaced) throw new Error(`mutant "${mutant.what}": nothing to replace`);
  }
  return undefined;
}

/** A suite without the type of its shapes. */
export interface AnySuite {
  readonly unit: string;
  /** One for each shape, with the seed that its test has. */
  makeBenches(): { readonly bench: Bench; readonly seed: number }[];
}

/** Suites described so far, for bench/mutants.ts. */
export const suites: AnySuite[] = [];

/** Every shape in both simulators and the linters, in Verilator with resets in mid-run, and every mutant killed. */
export function describeUnit<Shape extends object>({ unit, shapes, makeBench, mutants }: UnitSuite<Shape>): void {
  suites.push({
    unit,
    makeBenches: () => shapes.map((shape, index) => ({ bench: makeBench(shape, firstSeed + index), seed: firstSeed + index })),
  });
  describe(unit, () => {
    shapes.forEach((shape, index) => {
      const seed = firstSeed + index;
      const title = Object.entries(shape)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', ');
      for (const simulator of simulators) {
        test(`agrees with its model in ${simulator}: ${title}, seed ${seed}`, async () => {
          expect(await errorsOf(simulator, makeBench(shape, seed), seed)).toBe(0);
        });
      }
      test(`has no lint: ${title}`, async () => {
        expect(await lintAll(shaped(makeBench(shape, seed)), `trex_${unit}`)).toEqual([]);
      });
    });
    for (const mutant of mutants) {
      test(`notices a unit that ${mutant.what}`, async () => {
        expect(await firstToNotice(shapes, makeBench, mutant), 'no shape and no seed shows the mutant').toBeDefined();
      });
    }
  });
}

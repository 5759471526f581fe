/**
 * Which flipped bits of memory the chip or its host notices: one bit of one class is wrong in each run of `tiny`, once without
 * and once with a CRC behind rows. The table stands in docs/faults.md.
 *
 *   npm run faults -- [--flips N] [--seed N]
 *
 *   detected   a completion, the load, or the check of a host tells of it, and nothing wrong is called good
 *   harmless   all is called good and all is right
 *   silent     something wrong is called good, or memory of others has changed
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pMap from 'p-map';
import { runGolden } from '../generator/golden/run-program.js';
import type { Params } from '../generator/params/fields.js';
import { makeParams } from '../generator/params/params.js';
import { presetParams } from '../generator/params/presets.js';
import { completionCodes, decodeRegister } from '../generator/contract/registers.js';
import { readImage, writeImage } from '../generator/program/image.js';
import { formatTable } from '../generator/util/table.js';
import type { Executable } from '../generator/sim/build.js';
import { buildChip, runChip } from '../generator/sim/chip-run.js';
import { compareMemory, readCompletion } from '../generator/sim/compare-memory.js';
import { Differences } from '../generator/sim/differences.js';
import { controlOf, host, modelSteps, ringSteps, type HostStep } from '../generator/host/host-script.js';
import type { MemoryDump } from '../generator/sim/memory-file.js';
import { fillMemory, layOut, rowBytes, rowsCrcBeat, type MemoryMap } from '../generator/host/memory-map.js';
import { loadOf } from '../generator/operations/load/fields.js';
import { storeOf } from '../generator/operations/store/fields.js';
import { tagOf } from '../generator/sim/unit.js';
import { randomModel, randomRequests } from '../tests/support/random-model.js';
import { makeRandom, type Random } from '../tests/support/unit-bench.js';

const { values } = parseArgs({ options: { flips: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' } } });
const flips = Number(values.flips);
const seed = Number(values.seed);

const outcomes = ['detected', 'harmless', 'silent', 'hangs'] as const;
type Outcome = (typeof outcomes)[number];

const tiny = presetParams('tiny');
const image = readImage(
  writeImage(
    randomModel(seed, {
      width: 12,
      heads: 2,
      headWidth: 5,
      hidden: 20,
      rank: 8,
      k: 3,
      banks: 4,
      classes: 5,
      inputWidth: 12,
      head: 'token',
      embedding: 'direct',
      activationBits: 8,
    }),
    { columns: tiny.array.columns, busBytes: tiny.port.busBytes },
  ),
);
const lengths = [3, 1, 16, 4, 2, 7, 1, 5];
const requests = randomRequests(seed, image.model, lengths);
const { outputs } = runGolden(image.model, requests);
const { busBytes } = image;

/** Bytes where a bit may flip; `behind` are read by a host after the run. */
interface FaultClass {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly behind?: true;
}

const range = (from: number, length: number): number[] => Array.from({ length }, (_, i) => from + i);

function classesOf(map: MemoryMap): FaultClass[] {
  const everyDescriptor = (name: string, offset: number, length: number): FaultClass => ({
    name: `descriptor, ${name}`,
    bytes: requests.flatMap((_, r) => range(map.ring + r * map.stride + offset, length)),
  });
  const rows = (
    outer: number,
    inside: boolean,
    at: (one: MemoryMap['requests'][number]) => number,
    bytes: (one: MemoryMap['requests'][number]) => number,
  ): number[] => {
    const stride = rowBytes(outer, image);
    return map.requests.flatMap((one) =>
      range(0, bytes(one))
        .filter((i) => i % stride < outer === inside)
        .map((i) => at(one) + i),
    );
  };
  const [inOuter, outOuter] = [loadOf(image.model).outer, storeOf(image.model).outer];
  const inBytes = ({ tokens }: MemoryMap['requests'][number]): number => tokens * rowBytes(inOuter, image);
  const crcBeats = (at: (one: MemoryMap['requests'][number]) => number): number[] =>
    map.rowCrc ? map.requests.flatMap((one) => range(at(one), busBytes)) : [];
  return [
    everyDescriptor('input address', 0, 8),
    everyDescriptor('output address', 8, 8),
    everyDescriptor('length', 16, 4),
    everyDescriptor('tag', 20, 4),
    everyDescriptor('status word', 24, 4),
    everyDescriptor('CRC', 28, 4),
    { name: 'cold region', bytes: range(map.cold, image.cold.length) },
    { name: 'pass region', bytes: range(map.pass, image.pass.length) },
    { name: 'rows in', bytes: rows(inOuter, true, ({ input }) => input, inBytes) },
    { name: 'rows in, padding', bytes: rows(inOuter, false, ({ input }) => input, inBytes) },
    { name: 'rows in, CRC beat', bytes: crcBeats((one) => one.input + inBytes(one)) },
    {
      name: 'rows out, read by a host',
      bytes: rows(
        outOuter,
        true,
        ({ output }) => output,
        ({ outputBytes }) => outputBytes,
      ),
      behind: true,
    },
    // Without a CRC nobody looks at it.
    {
      name: 'rows out, padding',
      bytes: map.rowCrc
        ? rows(
            outOuter,
            false,
            ({ output }) => output,
            ({ outputBytes }) => outputBytes,
          )
        : [],
      behind: true,
    },
    { name: 'rows out, CRC beat', bytes: crcBeats(({ output, outputBytes }) => output + outputBytes), behind: true },
  ];
}

/** What a host does; it stops behind a load that fails, whose registers it reads first. */
function stepsOf(map: MemoryMap, serve: boolean): HostStep[] {
  const load = [
    host.write('IRQ_ENABLE', { completion: 1, loaded: 1, error: 1 }),
    ...modelSteps(image, map),
    ...ringSteps(map),
    controlOf('packed', { load: 1 }),
    host.interrupt(),
    host.read('STATUS'),
  ];
  return serve
    ? [
        ...load,
        host.write('RING_TAIL', { value: lengths.length }),
        controlOf('packed', { enable: 1 }),
        host.poll('RING_HEAD', { value: lengths.length }),
        host.poll('STATUS', { busy: 0 }),
      ]
    : load;
}

class Chip {
  readonly map: MemoryMap;
  private readonly folder = mkdtempSync(join(tmpdir(), 'trexgen-faults-'));
  private number = 0;

  private constructor(
    params: Params,
    private readonly executable: Executable,
  ) {
    this.map = layOut(image, params, lengths);
  }

  static async build(params: Params): Promise<Chip> {
    const { beats } = layOut(image, params, lengths);
    return new Chip(params, await buildChip({ params, simulator: 'verilator', beats }));
  }

  memory(): Uint8Array {
    return fillMemory(
      this.map,
      image,
      requests,
      requests.map((_, r) => tagOf(r)),
    );
  }

  async run(
    memory: Uint8Array,
    serve: boolean,
  ): Promise<{ readonly memory: MemoryDump; readonly problems: readonly string[]; readonly loaded: boolean }> {
    const folder = join(this.folder, String(this.number++));
    const { reads, ...run } = await runChip(
      this.executable,
      { memory, steps: stepsOf(this.map, serve), busBytes },
      { seed, latency: 4, patience: 100_000 },
      folder,
    );
    rmSync(folder, { recursive: true });
    return { ...run, loaded: decodeRegister('STATUS', reads[0] ?? 0).loaded === 1 };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Whether anything that is called good is wrong, and whether anything is not called good. */
function judge({ map }: Chip, before: Uint8Array, after: MemoryDump): Outcome {
  const completions = requests.map((_, r) => readCompletion(after.bytes, map, r));
  const differences = new Differences();
  const unchecked = { ...map, rowCrc: false };
  const told = completions.map((completion, r) => {
    const { output, outputBytes } = map.requests[r]!;
    const crcAt = output - map.base + outputBytes;
    const intact =
      !map.rowCrc || rowsCrcBeat(after.bytes, output - map.base, outputBytes, image).every((byte, i) => byte === after.bytes[crcAt + i]);
    return completion.code !== completionCodes.good || !intact;
  });
  // What is told of is not looked at; the CRC beats have been.
  const quiet = completions.map((completion, r) => (told[r] === true ? { ...completion, code: completionCodes.notDone } : completion));
  const [seen, was] = [after.bytes.slice(), before.slice()];
  for (const bytes of [seen, was]) {
    map.requests.forEach(({ output, outputBytes }, r) => {
      if (map.rowCrc) bytes.fill(0, output - map.base + outputBytes, output - map.base + outputBytes + busBytes);
      if (told[r] === true) bytes.fill(0, map.ring - map.base + r * map.stride + 24, map.ring - map.base + r * map.stride + 28);
    });
  }
  compareMemory(
    {
      image,
      map: unchecked,
      before: was,
      outputs,
      completions: quiet.map((completion, r) => (told[r] === true ? { ...completion, cause: false, window: 0 } : completion)),
    },
    { bytes: seen, unknown: after.unknown },
    differences,
  );
  if (differences.count > 0 || differences.problems.length > 0) return 'silent';
  return told.includes(true) ? 'detected' : 'harmless';
}

async function meet(chip: Chip, { bytes, behind }: FaultClass, random: Random, clean: MemoryDump): Promise<Outcome> {
  const at = bytes[random.below(bytes.length)]! - chip.map.base;
  const bit = 1 << random.below(8);
  const before = chip.memory();
  if (behind) {
    const after = { ...clean, bytes: clean.bytes.slice() };
    after.bytes[at]! ^= bit;
    return judge(chip, before, after);
  }
  before[at]! ^= bit;
  if (!(await chip.run(before, false)).loaded) return 'detected';
  const { memory, problems } = await chip.run(before, true);
  return problems.length > 0 ? 'hangs' : judge(chip, before, memory);
}

const started = performance.now();
const table: string[][] = [];
for (const rowCrc of [0, 1] as const) {
  const chip = await Chip.build(makeParams({ ...tiny, port: { ...tiny.port, rowCrc } }));
  const clean = await chip.run(chip.memory(), true);
  if (judge(chip, chip.memory(), clean.memory) !== 'harmless' || clean.problems.length > 0)
    throw new Error(`a run without a fault: ${clean.problems.join('; ')}`);
  for (const [number, one] of classesOf(chip.map).entries()) {
    if (one.bytes.length === 0) continue;
    const found = await pMap(range(0, flips), (flip) => meet(chip, one, makeRandom(seed + 1000 * number + flip), clean.memory), {
      concurrency: availableParallelism(),
    });
    table.push([
      one.name,
      String(rowCrc),
      String(flips),
      ...outcomes.map((outcome) => String(found.filter((each) => each === outcome).length)),
    ]);
  }
  chip.close();
}
console.log(formatTable(['bit of', 'rowCrc', 'flips', ...outcomes], table));
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);

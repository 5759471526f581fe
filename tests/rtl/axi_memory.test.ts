import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildSimulation, runSimulation, simulators, type Simulator } from '../../generator/sim/build.js';
import { makeRandom, pack } from '../support/unit-bench.js';

const busBytes = 4;
const base = 0x10000;
const beats = 2040;
const cycles = 200;
const macros = {
  VECTORS: cycles,
  BUS_BYTES: busBytes,
  BEATS: beats,
  BURST_BEATS: 4,
  READS: 2,
  WRITES: 2,
  BASE: `32'h${base.toString(16)}`,
};

interface Address {
  readonly id?: number;
  readonly addr?: number;
  readonly len?: number;
  readonly size?: number;
  readonly burst?: number;
}
interface Beat {
  readonly data?: number | 'x';
  readonly strb?: number;
  readonly last?: boolean;
}
/** What the master drives in one cycle; it is ready for answers unless told otherwise. */
interface Cycle {
  readonly ar?: Address;
  readonly aw?: Address;
  readonly w?: Beat;
  readonly rready?: boolean;
  readonly bready?: boolean;
}
type Script = Readonly<Record<number, Cycle>>;

const address = (a: Address | undefined): (readonly [number, number | boolean])[] => [
  [1, a !== undefined],
  [1, a?.id ?? 0],
  [32, a?.addr ?? base],
  [8, a?.len ?? 0],
  [3, a?.size ?? 2],
  [2, a?.burst ?? 1],
];

/** Unknown data is written in the last eight digits. */
function vector({ ar, aw, w, rready = true, bready = true }: Cycle, dump: boolean): string {
  const data = w?.data ?? 0;
  const text = pack([
    [1, dump],
    [1, rready],
    [1, bready],
    ...address(ar),
    ...address(aw),
    [1, w !== undefined],
    [1, w?.last ?? true],
    [4, w?.strb ?? 15],
    [32, data === 'x' ? 0 : data],
  ]);
  return data === 'x' ? `${text.slice(0, -8)}xxxxxxxx` : text;
}

interface Answer {
  readonly kinds: number;
  readonly violations: number;
  readonly read: number;
  readonly written: number;
  readonly reads: readonly { readonly cycle: number; readonly data: number; readonly resp: number; readonly last: number }[];
  readonly responses: readonly { readonly cycle: number; readonly resp: number }[];
  /** The memory afterwards. */
  readonly memory: readonly string[];
}

const content = (beat: number): number => (beat * 0x01000193 + 7) >>> 0;

async function play(simulator: Simulator, script: Script, plusargs: Readonly<Record<string, number>> = {}): Promise<Answer> {
  const sources = ['axi_memory_tb.v', 'axi_memory.v'].map((name) => ({ name, text: readFileSync(join('testbench', name), 'utf8') }));
  const executable = await buildSimulation({ simulator, top: 'axi_memory_tb', quick: true, sources, defines: macros });
  const workDir = mkdtempSync(join(tmpdir(), 'trexgen-memory-'));
  const lines = (name: string, count: number, line: (n: number) => string): void =>
    writeFileSync(join(workDir, name), Array.from({ length: count }, (_, n) => `${line(n)}\n`).join(''));
  lines('vectors.hex', cycles, (n) => vector(script[n] ?? {}, n === cycles - 1));
  lines('memory.hex', beats, (n) => content(n).toString(16));
  const { output } = await runSimulation(executable, { plusargs: { max_cycles: cycles + 100, ...plusargs }, workDir });
  const numbers = (line: string): number[] =>
    line
      .split(' ')
      .slice(1)
      .map((word) => parseInt(word, /^r|^b/.test(line) && word.length < 8 ? 10 : 16));
  const all = output.split('\n');
  const summary = /^kinds (\w+) violations (\d+) read (\d+) written (\d+)$/m.exec(output)!;
  const memory = readFileSync(join(workDir, 'memory.out'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'));
  rmSync(workDir, { recursive: true });
  return {
    kinds: parseInt(summary[1]!, 16),
    violations: Number(summary[2]),
    read: Number(summary[3]),
    written: Number(summary[4]),
    reads: all
      .filter((line) => line.startsWith('r '))
      .map((line) => {
        const [cycle = 0, data = 0, resp = 0, last = 0] = numbers(line);
        return { cycle, data, resp, last };
      }),
    responses: all
      .filter((line) => line.startsWith('b '))
      .map((line) => {
        const [cycle = 0, resp = 0] = numbers(line);
        return { cycle, resp };
      }),
    memory,
  };
}

/** Bits of kinds_o. */
const kinds = {
  ar: 0,
  aw: 1,
  w: 2,
  page: 3,
  shape: 4,
  length: 5,
  align: 6,
  last: 7,
  outside: 8,
  reads: 9,
  writes: 10,
  unknown: 11,
} as const;
const never = { stall: 16 };
/** One cycle, then another until the end. */
const changing = (first: Cycle, then: Cycle): Script =>
  Object.fromEntries(Array.from({ length: 9 }, (_, n) => [cycles - 9 + n, n === 0 ? first : then]));

const bad: readonly { what: string; kind: keyof typeof kinds; script: Script; plusargs?: Readonly<Record<string, number>> }[] = [
  { what: 'takes back a read address', kind: 'ar', script: { 5: { ar: {} } }, plusargs: never },
  { what: 'changes a read address that waits', kind: 'ar', script: changing({ ar: {} }, { ar: { addr: base + 4 } }), plusargs: never },
  { what: 'changes a read length that waits', kind: 'ar', script: changing({ ar: {} }, { ar: { len: 1 } }), plusargs: never },
  { what: 'takes back a write address', kind: 'aw', script: { 5: { aw: {} } }, plusargs: never },
  { what: 'changes a write address that waits', kind: 'aw', script: changing({ aw: {} }, { aw: { addr: base + 8 } }), plusargs: never },
  { what: 'takes back a beat', kind: 'w', script: { 5: { w: {} } } },
  { what: 'changes data that wait', kind: 'w', script: changing({ w: { data: 1 } }, { w: { data: 2 } }) },
  { what: 'changes strobes that wait', kind: 'w', script: changing({ w: { strb: 1 } }, { w: { strb: 3 } }) },
  { what: 'reads over 4 KiB', kind: 'page', script: { 5: { ar: { addr: base + 4088, len: 2 } } } },
  {
    what: 'writes over 4 KiB',
    kind: 'page',
    script: { 5: { aw: { addr: base + 4092, len: 1 } }, 6: { w: { last: false } }, 7: { w: {} } },
  },
  { what: 'reads half beats', kind: 'shape', script: { 5: { ar: { size: 1 } } } },
  { what: 'reads a fixed burst', kind: 'shape', script: { 5: { ar: { burst: 0 } } } },
  { what: 'uses a second ID', kind: 'shape', script: { 5: { ar: { id: 1 } } } },
  { what: 'writes a wrapping burst', kind: 'shape', script: { 5: { aw: { burst: 2 } }, 6: { w: {} } } },
  { what: 'reads a burst that is too long', kind: 'length', script: { 5: { ar: { len: 4 } } } },
  { what: 'reads from an odd address', kind: 'align', script: { 5: { ar: { addr: base + 6 } } } },
  { what: 'writes to an odd address', kind: 'align', script: { 5: { aw: { addr: base + 1 } }, 6: { w: {} } } },
  { what: 'ends a burst too early', kind: 'last', script: { 5: { aw: { len: 1 } }, 6: { w: { last: true } }, 7: { w: {} } } },
  { what: 'does not end a burst', kind: 'last', script: { 5: { aw: { len: 1 } }, 6: { w: { last: false } }, 7: { w: { last: false } } } },
  { what: 'reads behind the memory', kind: 'outside', script: { 5: { ar: { addr: base + busBytes * (beats - 1), len: 1 } } } },
  { what: 'reads before the memory', kind: 'outside', script: { 5: { ar: { addr: base - 16, len: 3 } } } },
  { what: 'writes behind the memory', kind: 'outside', script: { 5: { aw: { addr: base + busBytes * beats } }, 6: { w: {} } } },
  {
    what: 'asks for a third burst',
    kind: 'reads',
    script: Object.fromEntries(Array.from({ length: cycles }, (_, n) => [n, { rready: false, ...(n > 4 && n < 8 ? { ar: {} } : {}) }])),
  },
  {
    what: 'begins a third burst',
    kind: 'writes',
    script: Object.fromEntries(
      Array.from({ length: cycles }, (_, n) => [
        n,
        { bready: false, ...(n > 4 && n < 8 ? { aw: {} } : {}), ...(n > 5 && n < 9 ? { w: {} } : {}) },
      ]),
    ),
  },
];

describe.each(simulators)('axi_memory in %s', (simulator) => {
  test('answers a good master in order, keeps what is written, counts beats and finds no fault', async () => {
    const answer = await play(simulator, {
      5: { ar: { addr: base + 40, len: 3 } },
      6: { ar: { addr: base + 4092 } },
      20: { aw: { addr: base + 80, len: 1 } },
      21: { w: { data: 0x11223344, last: false } },
      22: { w: { data: 0x55667788, strb: 0b0110 } },
      30: { ar: { addr: base + 80, len: 1 } },
    });
    expect(answer).toMatchObject({ kinds: 0, violations: 0, read: 7, written: 2 });
    const merged = ((content(21) & 0xff0000ff) | 0x00667700) >>> 0;
    expect(answer.reads.map(({ data }) => data)).toEqual([
      content(10),
      content(11),
      content(12),
      content(13),
      content(1023),
      0x11223344,
      merged,
    ]);
    expect(answer.reads.map(({ last }) => last)).toEqual([0, 0, 0, 1, 1, 0, 1]);
    expect(answer.reads.map(({ resp }) => resp)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(answer.responses.map(({ resp }) => resp)).toEqual([0]);
    expect(answer.memory).toEqual(
      Array.from({ length: beats }, (_, n) => (n === 20 ? 0x11223344 : n === 21 ? merged : content(n)).toString(16).padStart(8, '0')),
    );
  });

  test('waits for its latency, and between beats when throttled', async () => {
    const { reads } = await play(simulator, { 5: { ar: { len: 3 } } }, { latency: 40, throttle: 7 });
    expect(reads[0]!.cycle).toBeGreaterThanOrEqual(45);
    expect(reads.slice(1).map(({ cycle }, n) => cycle - reads[n]!.cycle)).toEqual([7, 7, 7]);
  });

  test('stalls differently for every seed, and alike for the same', async () => {
    const script = { 5: { ar: { len: 3 } } };
    const times = async (seed: number): Promise<string> =>
      (await play(simulator, { ...script, 6: script[5], 7: script[5], 8: script[5] }, { stall: 9, latency_random: 20, seed })).reads
        .map(({ cycle }) => cycle)
        .join();
    const random = makeRandom(3);
    const seeds = Array.from({ length: 4 }, () => random.below(2 ** 31));
    const each = await Promise.all(seeds.map(times));
    expect(await times(seeds[0]!)).toBe(each[0]);
    expect(new Set(each).size).toBeGreaterThan(1);
  });

  test('answers one address with an error, each time or the n-th time, and does not write there then', async () => {
    const reads = { 5: { ar: { addr: base + 8, len: 3 } }, 15: { ar: { addr: base + 12 } }, 25: { ar: { addr: base + 16 } } };
    const codes = async (plusargs: Readonly<Record<string, number>>): Promise<number[]> =>
      (await play(simulator, reads, plusargs)).reads.map(({ resp }) => resp);
    expect(await codes({ error_read_at: base + 12 })).toEqual([0, 2, 0, 0, 2, 0]);
    expect(await codes({ error_read_at: base + 14, error_nth: 2, error_decerr: 1 })).toEqual([0, 0, 0, 0, 3, 0]);
    const write = (at: number, data: number): Script => ({
      [at]: { aw: { addr: base + 8, len: 1 } },
      [at + 1]: { w: { data: 1, last: false } },
      [at + 2]: { w: { data } },
    });
    const answer = await play(simulator, { ...write(5, 0xaa), ...write(15, 0xbb) }, { error_write_at: base + 12, error_nth: 2 });
    expect(answer.responses.map(({ resp }) => resp)).toEqual([0, 2]);
    expect(answer.memory.slice(2, 4)).toEqual(['00000001', '000000aa']);
  });

  test('falls silent on one channel before its n-th transfer, for some cycles of waiting or for ever', async () => {
    const [ar, r, aw, w, b] = [0, 1, 2, 3, 4];
    const held = (from: number, cycle: Cycle): Script =>
      Object.fromEntries(Array.from({ length: cycles - from }, (_, n) => [from + n, cycle]));
    const read = { 5: { ar: { len: 3 } } };
    const usual = (await play(simulator, read)).reads.map(({ cycle }) => cycle);
    const late = (await play(simulator, read, { silent: r, silent_nth: 3, silent_cycles: 20 })).reads.map(({ cycle }) => cycle);
    expect(late).toEqual(usual.map((cycle, n) => (n < 2 ? cycle : cycle + 20)));
    expect((await play(simulator, read, { silent: r, silent_nth: 3 })).reads.length).toBe(2);
    expect((await play(simulator, held(5, { ar: {} }), { silent: ar, silent_nth: 2 })).read).toBe(1);
    const write = { ...held(5, { aw: {}, w: {} }) };
    for (const [channel, written, responses] of [
      [aw, 2, 2],
      [w, 2, 2],
      [b, 2, 2],
    ] as const) {
      const answer = await play(simulator, write, { silent: channel, silent_nth: 3 });
      expect({ channel, responses: answer.responses.length, written: channel === b ? written : answer.written }).toEqual({
        channel,
        responses,
        written,
      });
    }
  });

  test.each(bad)('notices a master that $what', async ({ kind, script, plusargs }) => {
    const answer = await play(simulator, script, plusargs);
    expect(answer.kinds).toBe(1 << kinds[kind]);
    expect(answer.violations).toBeGreaterThan(0);
  });
});

test('axi_memory notices a master that writes unknown bytes, and lets unknown bytes pass that are not meant', async () => {
  const write = (strb: number): Script => ({ 5: { aw: {} }, 6: { w: { data: 'x', strb } } });
  expect((await play('icarus', write(1))).kinds).toBe(1 << kinds.unknown);
  expect((await play('icarus', write(0))).kinds).toBe(0);
});

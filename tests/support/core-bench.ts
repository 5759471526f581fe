import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { runGolden } from '../../generator/golden/run.js';
import type { TraceEvent } from '../../generator/golden/trace.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { orderFor } from '../../generator/program/image.js';
import { codeBases, instructionOf } from '../../generator/program/instructions.js';
import { encodeInstruction } from '../../generator/program/isa.js';
import type { Operation, PackedModel } from '../../generator/program/operation.js';
import { renderUnit } from '../../generator/rtl/render.js';
import { core } from '../../generator/rtl/core.js';
import { drain } from '../../generator/rtl/drain.js';
import { epilogue } from '../../generator/rtl/epilogue.js';
import { keyMask } from '../../generator/rtl/key_mask.js';
import { norm } from '../../generator/rtl/norm.js';
import { peArray } from '../../generator/rtl/pe_array.js';
import { ram, ramMacro } from '../../generator/rtl/ram_1r1w.js';
import { rotator } from '../../generator/rtl/rotator.js';
import { rows } from '../../generator/rtl/rows.js';
import { sequencer } from '../../generator/rtl/sequencer.js';
import { softmax } from '../../generator/rtl/softmax.js';
import { trf } from '../../generator/rtl/trf.js';
import { buildSimulation, runSimulation, type Simulator, type SourceFile } from '../../generator/sim/build.js';

const testbench = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'testbench');

/** One request and where it lies in the window. */
export interface Placed {
  readonly rows: Int8Array;
  readonly first: number;
  readonly count: number;
}

const hex = (bytes: Uint8Array | Int8Array): string => Array.from(bytes, (b) => (b & 255).toString(16).padStart(2, '0')).reverse().join('');

/** Files of the core with the units it is made of. */
export function coreSources(params: Params): SourceFile[] {
  const units = [core, sequencer, drain, keyMask, norm, softmax, epilogue, peArray, ram, rotator, trf, rows];
  return (params.memory.kind === 'macro' ? [...units, ramMacro] : units).map((unit) => renderUnit(params.prefix, unit(params)));
}

/** Items of the weight stream as the decoder would give them: kind, rows, bytes; see testbench/core_tb.v. */
function itemsOf(operation: Operation, columns: number, rowBits: number): bigint[] {
  const items: bigint[] = [];
  const push = (kind: number, bytes: readonly number[], addresses: readonly number[] = []): void => {
    let word = BigInt(kind);
    for (let c = columns - 1; c >= 0; c--) word = (word << BigInt(rowBits)) | BigInt(addresses[c] ?? 0);
    for (let c = columns - 1; c >= 0; c--) word = (word << 8n) | BigInt((bytes[c] ?? 0) & 255);
    items.push(word);
  };
  if (operation.op === 'NORM') operation.gamma.forEach((gamma, f) => push(2, [gamma, operation.beta[f]!]));
  if (operation.op !== 'EXPAND' && operation.op !== 'DENSE') return items;
  const lanes = Array.from({ length: columns }, (_, c) => c);
  for (let first = 0; first < operation.outer; first += columns) {
    push(0, lanes.map((c) => operation.bias[first + c] ?? 0));
    const steps = operation.op === 'EXPAND' ? operation.k : operation.inner;
    for (let n = 0; n < steps; n++) {
      const at = lanes.map((c) => (first + c < operation.outer ? n * operation.outer + first + c : -1));
      if (operation.op === 'EXPAND') push(1, at.map((i) => operation.values[i] ?? 0), at.map((i) => Math.floor((operation.rows[i] ?? 0) / columns)));
      else push(1, at.map((i) => operation.weights[i] ?? 0));
    }
  }
  return items;
}

/** Words of the trace by "instruction plane feature pass"; the last write of an instruction wins. */
function readTrace(text: string, passes: number): Map<string, string> {
  const planes: Readonly<Record<string, string>> = { P: 'P', R: 'R', D0: 'X', D1: 'H', D2: 'Q', D3: 'K', D4: 'V', NX: 'X', NR: 'R' };
  const words = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [pc, memory, at, pass, word] = line.split(' ');
    if (word === undefined || memory === 'S' || memory === 'E' || memory === 'Y') continue;
    const number = parseInt(at!, 16);
    const [feature, turn] = memory!.startsWith('N') ? [Math.floor(number / passes), number % passes] : [number, parseInt(pass!, 16)];
    words.set(`${parseInt(pc!, 16)} ${planes[memory!]} ${feature} ${turn}`, word);
  }
  return words;
}

export interface CoreRun {
  readonly differences: readonly string[];
  readonly valuesCompared: number;
  readonly cycles: number;
}

/** Run one window of a model on the core and hold every stored byte against the golden model. */
export async function runCore(
  params: Params, packed: PackedModel, requests: readonly Placed[], options: { simulator: Simulator; seed: number; stall: boolean },
): Promise<CoreRun> {
  const { columns, slices, lanesPerSlice } = params.array;
  const { lanes, sliceTokens } = derive(params);
  const { busBytes } = params.port;
  const model = orderFor(packed, columns);
  const bankRows = params.envelope.rank / columns;
  const rowBits = bankRows > 1 ? Math.ceil(Math.log2(bankRows)) : 1;

  const codeWords: string[] = [];
  for (const { inner, rank, codes } of model.matrices) {
    for (let tile = 0; tile < rank; tile += columns) {
      for (let f = 0; f < inner; f++) {
        codeWords.push(Array.from({ length: columns }, (_, c) => codes[f * rank + tile + c]!.toString(16)).reverse().join(''));
      }
    }
  }
  const bases = codeBases(model.matrices, columns);
  const program = model.operations.map((operation) => hex(encodeInstruction(instructionOf(operation, bases))));
  program.push(hex(encodeInstruction({ op: 0 })));
  const items = model.operations.flatMap((operation) => itemsOf(operation, columns, rowBits));

  const load = model.operations.find((operation) => operation.op === 'LOAD')!;
  const store = model.operations.find((operation) => operation.op === 'STORE')!;
  const inBeats = Math.ceil(load.outer / busBytes);
  const outBeats = Math.ceil(store.outer / busBytes);
  const beats: string[] = [];
  const inputAt: number[] = [];
  const outputAt: number[] = [];
  for (const { rows: data } of requests) {
    inputAt.push(beats.length * busBytes);
    for (let row = 0; row < data.length; row += load.outer) {
      const padded = new Int8Array(inBeats * busBytes);
      padded.set(data.subarray(row, row + load.outer));
      for (let b = 0; b < inBeats; b++) beats.push(hex(padded.subarray(b * busBytes, (b + 1) * busBytes)));
    }
  }
  requests.forEach(({ rows: data }) => {
    outputAt.push(beats.length * busBytes);
    for (let b = 0; b < outBeats * (data.length / load.outer); b++) beats.push('a5'.repeat(busBytes));
  });

  const field = (bits: number, of: (request: Placed, index: number) => number): string => {
    let word = 0n;
    for (let s = slices - 1; s >= 0; s--) {
      const index = requests.findIndex(({ first, count }) => s >= first && s < first + count);
      word = (word << BigInt(bits)) | BigInt(index < 0 ? 0 : of(requests[index]!, index));
    }
    return `${bits * slices}'h${word.toString(16)}`;
  };
  const length = (request: Placed): number => request.rows.length / load.outer;
  const longest = Math.max(...requests.map((request) => Math.min(length(request), sliceTokens)));
  const passBits = params.array.passes > 1 ? Math.ceil(Math.log2(params.array.passes)) : 1;
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-core-'));
  const lines = async (name: string, text: readonly string[]): Promise<void> => writeFile(join(folder, name), `${text.join('\n')}\n`);
  await lines('program.hex', program);
  await lines('books.hex', model.matrices.length > 0 ? model.matrices.map(({ book }) => hex(book)) : ['0']);
  await lines('codes.hex', codeWords.length > 0 ? codeWords : ['0']);
  await lines('table.hex', Array.from({ length: 256 }, (_, i) => ((model.table?.[i] ?? 0) & 255).toString(16)));
  await lines('items.hex', items.map((item) => item.toString(16)));
  await lines('memory.hex', beats);
  const executable = await buildSimulation({
    simulator: options.simulator, top: 'core_tb',
    sources: [...coreSources(params), { name: 'core_tb.v', text: readFileSync(join(testbench, 'core_tb.v'), 'utf8') }],
    defines: {
      COLUMNS: columns, SLICES: slices, LANES: lanes, PASSES: params.array.passes, ROW_BITS: rowBits, BUS_BYTES: busBytes,
      PROGRAM_WORDS: program.length, BOOKS: Math.max(1, model.matrices.length), CODES: Math.max(1, codeWords.length), ITEMS: items.length,
      MEMORY_BEATS: beats.length, LOADS: Math.max(256, program.length, codeWords.length), STALL: options.stall ? 1 : 0,
      LAST_PASS: `${passBits}'d${Math.ceil(longest / lanesPerSlice) - 1}`, GROUPS: `3'd${Math.max(...requests.map(({ count }) => count))}`,
      SLICE_KEYS: `12'd${longest}`, SLICE_VALID: field(1, () => 1), SLICE_FIRST: field(2, ({ first }) => first),
      SLICE_COUNT: field(3, ({ count }) => count), SLICE_LENGTH: field(12, length),
      SLICE_INPUT: field(32, (_, i) => inputAt[i]!), SLICE_OUTPUT: field(32, (_, i) => outputAt[i]!),
    },
  });
  const { cycles, errors } = await runSimulation(executable, { plusargs: { seed: options.seed, max_cycles: 4_000_000 }, workDir: folder, timeoutMs: 300_000 });

  const differences: string[] = errors > 0 ? [`the bench counted ${errors} errors`] : [];
  const memory = (await readFile(join(folder, 'memory.out'), 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('//'));
  const events: TraceEvent[] = [];
  const golden = runGolden(model, requests.map(({ rows: data }) => data), { trace: (event) => events.push(event) });
  const written = readTrace(await readFile(join(folder, 'trace.txt'), 'utf8'), params.array.passes);
  let valuesCompared = 0;
  for (const { index, operation, tensors, request } of events) {
    for (const { name, base, width, tokens, data } of tensors) {
      // Rows are held against golden below, at the memory; what LOAD wrote shows in whatever reads it.
      if (operation.op === 'LOAD' || operation.op === 'STORE') continue;
      for (let t = 0; t < tokens; t++) {
        const lane = (requests[request]!.first + Math.floor(t / sliceTokens)) * lanesPerSlice + (t % lanesPerSlice);
        const pass = Math.floor((t % sliceTokens) / lanesPerSlice);
        for (let f = 0; f < width; f++) {
          const digits = name === 'R' ? 4 : 2;
          const word = written.get(`${index} ${name} ${base + f} ${pass}`) ?? '';
          const text = word.slice(word.length - digits * (lane + 1), word.length - digits * lane);
          const want = (data[t * width + f]! & (name === 'R' ? 0xffff : 0xff)).toString(16).padStart(digits, '0');
          valuesCompared++;
          if (text !== want && differences.length < 10) {
            differences.push(`instruction ${index} (${operation.op} to ${name}), request ${request}, token ${t}, feature ${base + f}: got ${text}, golden ${want} (${folder})`);
          }
        }
      }
    }
  }
  golden.outputs.forEach((output, r) => {
    for (let row = 0; row * store.outer < output.length; row++) {
      const start = outputAt[r]! / busBytes + row * outBeats;
      for (let f = 0; f < store.outer; f++) {
        const line = memory[start + Math.floor(f / busBytes)]!;
        const at = line.length - 2 * (f % busBytes) - 2;
        const text = line.slice(at, at + 2);
        const want = (output[row * store.outer + f]! & 255).toString(16).padStart(2, '0');
        valuesCompared++;
        if (text !== want && differences.length < 10) differences.push(`request ${r}, row ${row}, feature ${f}: got ${text}, golden ${want} (${folder})`);
      }
    }
  });
  return { differences, valuesCompared, cycles };
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { streamItems, type StreamItem } from '../../generator/contract/codes.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { encodeInstruction } from '../../generator/contract/isa.js';
import { endOf } from '../../generator/operations/end/fields.js';
import { codeBases, instructionOf } from '../../generator/program/instructions.js';
import type { Operation, PackedModel } from '../../generator/program/operation.js';
import { writeRowsCrc } from '../../generator/host/memory-map.js';

/** One request and where it lies in the window: token rows of LOAD's width, first slice, number of slices, position in the first. */
export interface Placed {
  readonly rows: Int8Array;
  readonly first: number;
  readonly count: number;
  readonly position?: number;
}

/** Tokens in each slice, and the first slice of the long request that lies in it. */
export function slicesOf(
  requests: readonly Placed[],
  rowBytes: number,
  slices: number,
  sliceTokens: number,
): { readonly fill: number[]; readonly first: number[] } {
  const fill = Array<number>(slices).fill(0);
  const first = Array.from({ length: slices }, (_, slice) => slice);
  for (const { rows, first: from, count } of requests) {
    const length = rows.length / rowBytes;
    for (let part = 0; part < count; part++) {
      fill[from + part]! += Math.min(sliceTokens, length - part * sliceTokens);
      if (count > 1) first[from + part] = from;
    }
  }
  return { fill, first };
}

/** Requests that share a window; `abortAfter` cycles the first attempt is aborted. */
export interface CoreWindow {
  readonly requests: readonly Placed[];
  readonly abortAfter?: number;
}

const hex = (bytes: Uint8Array | Int8Array): string =>
  Array.from(bytes, (b) => (b & 255).toString(16).padStart(2, '0'))
    .reverse()
    .join('');

/** Items of the weight stream as the decoder would give them: kind, multipliers, rows, bytes; see testbench/core_tb.v. */
function itemsOf(operation: Operation, columns: number, rowBits: number): bigint[] {
  const items: bigint[] = [];
  const push = (
    kind: StreamItem,
    bytes: readonly number[],
    addresses: readonly number[] = [],
    multipliers: readonly number[] = [],
  ): void => {
    let word = BigInt(streamItems.indexOf(kind));
    for (let c = columns - 1; c >= 0; c--) word = (word << 8n) | BigInt(multipliers[c] ?? 0);
    for (let c = columns - 1; c >= 0; c--) word = (word << BigInt(rowBits)) | BigInt(addresses[c] ?? 0);
    for (let c = columns - 1; c >= 0; c--) word = (word << 8n) | BigInt((bytes[c] ?? 0) & 255);
    items.push(word);
  };
  if (operation.op === 'NORM') operation.gamma.forEach((gamma, f) => push('pair', [gamma, operation.beta[f]!]));
  if (operation.op !== 'EXPAND' && operation.op !== 'DENSE') return items;
  const lanes = Array.from({ length: columns }, (_, c) => c);
  for (let first = 0; first < operation.outer; first += columns) {
    push(
      'bias',
      lanes.map((c) => operation.bias[first + c] ?? 0),
      [],
      lanes.map((c) => operation.multipliers?.[first + c] ?? 0),
    );
    const steps = operation.op === 'EXPAND' ? operation.k : operation.inner;
    for (let n = 0; n < steps; n++) {
      const at = lanes.map((c) => (first + c < operation.outer ? n * operation.outer + first + c : -1));
      if (operation.op === 'EXPAND')
        push(
          'expand',
          at.map((i) => operation.values[i] ?? 0),
          at.map((i) => Math.floor((operation.rows[i] ?? 0) / columns)),
        );
      else
        push(
          'dense',
          at.map((i) => operation.weights[i] ?? 0),
        );
    }
  }
  return items;
}

/** The W_S store: C codes a word, matrix by matrix, rank tile by rank tile. */
function codeWordsOf({ matrices }: PackedModel, columns: number): string[] {
  const words: string[] = [];
  for (const { inner, rank, codes } of matrices) {
    for (let tile = 0; tile < rank; tile += columns) {
      for (let f = 0; f < inner; f++) {
        words.push(
          Array.from({ length: columns }, (_, c) => codes[f * rank + tile + c]!.toString(16))
            .reverse()
            .join(''),
        );
      }
    }
  }
  return words;
}

/** Address bits of a P bank. */
export function rowBitsOf({ envelope, array }: Params): number {
  return Math.max(1, Math.ceil(Math.log2(envelope.rank / array.columns)));
}

/** Places at which the bench leaves the output rows. */
export interface CoreLayout {
  /** First beat of the output rows of each request of each window. */
  readonly outputs: readonly (readonly number[])[];
  readonly outBeats: number;
}

/** Rows of `outer` bytes as they lie in memory: padded, with their CRC behind them where the chip has one. */
export function rowsInMemory(rows: Int8Array, outer: number, { port: { busBytes, rowCrc } }: Params): Uint8Array {
  const stride = Math.ceil(outer / busBytes) * busBytes;
  const length = (rows.length / outer) * stride;
  const memory = new Uint8Array(length + rowCrc * busBytes);
  for (let row = 0; row * stride < length; row++)
    memory.set(new Uint8Array(rows.slice(row * outer, (row + 1) * outer).buffer), row * stride);
  if (rowCrc === 1) writeRowsCrc(memory, 0, length, { busBytes });
  return memory;
}

/** Memory of all windows, with room for their outputs, and what the bench is told of each window. */
class WindowFiles {
  readonly beats: string[] = [];
  readonly outputs: number[][] = [];
  readonly settings: number[] = [];
  readonly outBeats: number;
  private readonly inner: number;

  constructor(
    private readonly params: Params,
    model: PackedModel,
  ) {
    this.inner = model.operations.find((operation) => operation.op === 'LOAD')!.outer;
    this.outBeats = Math.ceil(model.operations.find((operation) => operation.op === 'STORE')!.outer / params.port.busBytes);
  }

  add({ requests, abortAfter }: CoreWindow): void {
    const { slices, lanesPerSlice } = this.params.array;
    const inputs = requests.map((request) => this.input(request));
    const outputs = requests.map((request) => this.room(request));
    this.outputs.push(outputs);
    const { fill, first } = slicesOf(requests, this.inner, slices, derive(this.params).sliceTokens);
    const keys = Math.max(...fill);
    const groups = Math.max(...requests.map(({ count }) => count));
    const squares = requests.reduce((sum, request) => sum + this.lengthOf(request) ** 2, 0);
    this.settings.push(Math.ceil(keys / lanesPerSlice) - 1, groups, keys, abortAfter ?? 0, squares);
    for (let s = 0; s < slices; s++) this.settings.push(first[s]!, fill[s]!);
    this.addSegments(requests, inputs, outputs);
  }

  private lengthOf({ rows }: Placed): number {
    return rows.length / this.inner;
  }

  /** First beat of the rows of a request. */
  private input({ rows }: Placed): number {
    const { busBytes } = this.params.port;
    const at = this.beats.length;
    const memory = rowsInMemory(rows, this.inner, this.params);
    for (let b = 0; b < memory.length; b += busBytes) this.beats.push(hex(Int8Array.from(memory.subarray(b, b + busBytes))));
    return at;
  }

  /** First beat of the room for its outputs. */
  private room(request: Placed): number {
    const { busBytes, rowCrc } = this.params.port;
    const at = this.beats.length;
    for (let b = 0; b < this.outBeats * this.lengthOf(request) + rowCrc; b++) this.beats.push('a5'.repeat(busBytes));
    return at;
  }

  private addSegments(requests: readonly Placed[], inputs: readonly number[], outputs: readonly number[]): void {
    const { busBytes } = this.params.port;
    for (let n = 0; n < this.params.batcher.segments; n++) {
      const request = requests[n];
      // No place is in slice 15.
      if (request === undefined) this.settings.push(15, 0, 0, 0, 0);
      else this.settings.push(request.first, request.position ?? 0, this.lengthOf(request), inputs[n]! * busBytes, outputs[n]! * busBytes);
    }
  }
}

/** Write everything that testbench/core_tb.v reads; `model` is in the order for these columns. */
export async function writeCoreFiles(
  folder: string,
  params: Params,
  model: PackedModel,
  windows: readonly CoreWindow[],
  stall: boolean,
): Promise<CoreLayout> {
  const { columns } = params.array;
  const codeWords = codeWordsOf(model, columns);
  const bases = codeBases(model.matrices, columns);
  const program = [...model.operations.map((operation) => instructionOf(operation, bases)), endOf(model)].map((fields) =>
    hex(encodeInstruction(fields)),
  );
  const items = model.operations.flatMap((operation) => itemsOf(operation, columns, rowBitsOf(params)));
  const files = new WindowFiles(params, model);
  for (const window of windows) files.add(window);
  const { beats, outputs, settings, outBeats } = files;

  const lines = async (name: string, text: readonly string[]): Promise<void> => writeFile(join(folder, name), `${text.join('\n')}\n`);
  const counts = [windows.length, program.length, model.matrices.length, codeWords.length, items.length, beats.length, stall ? 1 : 0];
  await lines(
    'settings.hex',
    [...counts, ...settings].map((word) => word.toString(16)),
  );
  await lines('program.hex', program);
  await lines(
    'books.hex',
    model.matrices.map(({ book }) => hex(book)),
  );
  await lines('codes.hex', codeWords);
  await lines(
    'table.hex',
    Array.from({ length: 256 }, (_, i) => ((model.table?.[i] ?? 0) & 255).toString(16)),
  );
  await lines(
    'items.hex',
    items.map((item) => item.toString(16)),
  );
  await lines('memory.hex', beats);
  return { outputs, outBeats };
}

/** What a driver needs to know about a model, taken from its image. */
import { mostMatrices } from '../contract/limits.js';
import { loadOf } from '../operations/load/fields.js';
import { outputRows, storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';

/** The fields of <prefix>_model in the driver's header. */
export interface DriverModel {
  readonly cold: Uint8Array;
  readonly pass: Uint8Array;
  /** END included. */
  readonly instructions: number;
  /** Code words of each W_S matrix. */
  readonly words: readonly number[];
  readonly table: boolean;
  /** W_S is uncoded. */
  readonly wide: boolean;
  /** Features of a row in and out. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** One output row a request instead of one a token. */
  readonly firstRow: boolean;
  /** Output rows are indices of two bytes, side by side. */
  readonly best: boolean;
}

export function driverModel(image: Image): DriverModel {
  const { model, columns, cold, pass } = image;
  const store = storeOf(image.model);
  return {
    cold,
    pass,
    instructions: model.operations.length + 1,
    words: model.matrices.map(({ rank, inner }) => (rank / columns) * inner),
    table: model.table !== undefined,
    wide: model.wideMatrices,
    inputBytes: loadOf(image.model).outer,
    outputBytes: outputRows(store).bytes,
    firstRow: store.firstRow,
    best: store.best,
  };
}

/** The file that testbench/driver/run_requests.c reads: numbers of 32 bits in the order of <prefix>_model, then both regions. */
export function driverModelFile(image: Image): Uint8Array {
  const { cold, pass, instructions, words, table, wide, inputBytes, outputBytes, firstRow, best } = driverModel(image);
  const numbers = [
    cold.length,
    pass.length,
    instructions,
    words.length,
    ...words,
    ...Array<number>(mostMatrices - words.length).fill(0),
    table ? 1 : 0,
    wide ? 1 : 0,
    inputBytes,
    outputBytes,
    firstRow ? 1 : 0,
    best ? 1 : 0,
  ];
  const header = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => header.writeUInt32LE(number, 4 * i));
  return Uint8Array.from(Buffer.concat([header, cold, pass]));
}

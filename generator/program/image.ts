/** The binary image of a model for one hardware interface, docs/stream.md. */
import { refuse, UserError } from '../util/errors.js';
import { bytesOf } from '../operations/bytes.js';
import { endOf } from '../operations/end/fields.js';
import { fieldsOf } from '../operations/fields.js';
import { BitWriter } from '../contract/bits.js';
import { modelProblems } from './check.js';
import { decodeModel } from './decode.js';
import { encodeInstruction } from '../contract/isa.js';
import { codeBases, instructionOf } from './instructions.js';
import { crcOf, imageError, readHeader, truncated, writeHeader, type Manifest } from './manifest.js';
import type { PackedModel } from './operation.js';
import { trafficClasses } from '../contract/traffic-classes.js';
import { writeCodes } from './sections.js';
import { imageBusBytes } from '../contract/limits.js';
import { coldShapes, coldTraffic, windowTraffic, type Interface } from './traffic.js';

export interface Image {
  /** Model as stored: `banks` is the number of columns, rows are in its order. */
  readonly model: PackedModel;
  readonly columns: number;
  readonly busBytes: number;
  readonly cold: Uint8Array;
  readonly pass: Uint8Array;
  readonly manifest: Manifest;
}

/** `columns` must divide the model's banks; supports are put in the order for it. */
export function writeImage(model: PackedModel, hardware: Interface): Uint8Array {
  const { columns, busBytes } = hardware;
  if (busBytes < imageBusBytes.min || busBytes > imageBusBytes.max || !Number.isInteger(Math.log2(busBytes))) {
    throw new UserError([`busBytes = ${busBytes}: must be a power of two ${imageBusBytes.min} .. ${imageBusBytes.max}`]);
  }
  if (!Number.isInteger(columns) || columns < 1) throw new UserError([`columns = ${columns}: must be an integer of at least 1`]);
  const ordered = orderFor(model, columns);
  refuse([...bankProblems(model.matrices, model.banks), ...modelProblems(ordered, columns)]);
  const cold = writeCold(ordered, hardware);
  const pass = writePass(ordered, hardware);
  const shapes = ordered.matrices.map(({ inner, rank }) => ({ inner, rank }));
  const manifest: Manifest = {
    numerics: 1,
    task: ordered.task,
    columns,
    busBytes,
    banks: banksFor(model, columns),
    positionRows: ordered.positionRows,
    inputScale: ordered.inputScale,
    outputScale: ordered.outputScale,
    matrices: shapes,
    wideMatrices: ordered.wideMatrices,
    table: ordered.table !== undefined,
    operations: ordered.operations.length,
    bytes: bytesByClass(ordered, hardware),
    regions: { cold: { offset: 0, length: cold.length }, pass: { offset: cold.length, length: pass.length } },
  };
  return Uint8Array.from(Buffer.concat([writeHeader(manifest), cold, pass]));
}

/** Whether so many columns run a model as it is, or in the order for them. */
export function fitsColumns({ banks, operations }: PackedModel, columns: number): boolean {
  return banks % columns === 0 || operations.every((operation) => fieldsOf(operation).rebalance === undefined);
}

/** Banks that the header gives: those of the model, unless it has no sparse layer and so runs on any number of columns. */
function banksFor({ banks }: PackedModel, columns: number): number {
  return banks % columns === 0 ? banks : columns;
}

/** The model with every support in the order for this many columns. */
export function orderFor(model: PackedModel, columns: number): PackedModel {
  if (model.banks === columns) return model;
  const operations = model.operations.map((operation) => fieldsOf(operation).rebalance?.(operation, model.banks, columns) ?? operation);
  return { ...model, banks: columns, operations };
}

function writeCold(model: PackedModel, { columns, busBytes }: Interface): Uint8Array {
  const { operations, matrices, wideMatrices, table } = model;
  const out = new BitWriter();
  const bases = codeBases(matrices, columns);
  for (const operation of operations) putBytes(out, encodeInstruction(instructionOf(operation, bases)));
  putBytes(out, encodeInstruction(endOf(model)));
  out.align(busBytes);
  for (const { book } of matrices) putBytes(out, book);
  out.align(busBytes);
  for (const matrix of matrices) {
    writeCodes(out, matrix, columns, wideMatrices);
    out.align(busBytes);
  }
  if (table !== undefined) putBytes(out, table);
  out.align(busBytes);
  return withCrc(out.finish(), busBytes);
}

function writePass({ operations }: PackedModel, { columns, busBytes }: Interface): Uint8Array {
  const out = new BitWriter();
  for (const operation of operations) {
    bytesOf(operation.op).write?.(out, operation, columns);
    out.align(busBytes);
  }
  return withCrc(out.finish(), busBytes);
}

function putBytes(out: BitWriter, bytes: Uint8Array | Int8Array): void {
  for (const byte of bytes) out.put(byte, 8);
}

function withCrc(content: Uint8Array, busBytes: number): Uint8Array {
  const region = new Uint8Array(content.length + busBytes);
  region.set(content);
  new DataView(region.buffer).setUint32(content.length, crcOf(content), true);
  return region;
}

export function readImage(bytes: Uint8Array): Image {
  const { manifest, headerBytes } = readHeader(bytes);
  const { columns, busBytes, regions } = manifest;
  for (const [name, { offset, length }] of Object.entries(regions)) {
    if (offset % busBytes !== 0 || length % busBytes !== 0 || length < busBytes) {
      throw imageError(
        `header.regions.${name}: offset ${offset} and length ${length} must be multiples of ${busBytes}; regenerate the image`,
      );
    }
  }
  if (regions.cold.offset !== 0 || regions.pass.offset !== regions.cold.length) {
    throw imageError('header.regions: cold and pass must follow the header without gaps; regenerate the image');
  }
  const end = headerBytes + regions.cold.length + regions.pass.length;
  if (bytes.length < end) throw truncated(bytes.length, end);
  if (bytes.length > end) throw imageError(`has ${bytes.length - end} bytes after its end; copy the file again`);
  const passStart = headerBytes + regions.cold.length;
  const cold = bytes.slice(headerBytes, passStart);
  const pass = bytes.slice(passStart, end);
  const model = decodeModel(manifest, checkCrc(cold, busBytes, 'cold'), checkCrc(pass, busBytes, 'pass'));
  refuse(headerProblems(manifest, model));
  return { model, columns, busBytes, cold, pass, manifest };
}

/** What the header says about the model against the model itself. */
function headerProblems({ bytes, banks, columns, busBytes }: Manifest, model: PackedModel): string[] {
  const problems: string[] = [];
  if (banks % columns !== 0)
    problems.push(`image: header.banks = ${banks}: must be a multiple of header.columns = ${columns}; regenerate the image`);
  problems.push(...bankProblems(model.matrices, banks).map((problem) => `image: header.${problem}; regenerate the image`));
  const actual = bytesByClass(model, { columns, busBytes });
  for (const region of ['cold', 'pass'] as const) {
    for (const name of trafficClasses) {
      const [stated, counted] = [bytes[region][name], actual[region][name]];
      if (stated !== counted)
        problems.push(`image: header.bytes.${region}.${name} = ${stated}: the region has ${counted}; regenerate the image`);
    }
  }
  return problems;
}

/** Every bank holds as many rows of a matrix. */
function bankProblems(matrices: PackedModel['matrices'], banks: number): string[] {
  return matrices.flatMap(({ rank }, i) =>
    rank % banks === 0 ? [] : [`matrices.${i}.rank = ${rank}: must be a multiple of ${banks} banks`],
  );
}

function bytesByClass(model: PackedModel, hardware: Interface): Manifest['bytes'] {
  return { cold: coldTraffic(coldShapes(model), hardware), pass: windowTraffic(model.operations, [], hardware) };
}

/** The region's content without its CRC beat. */
function checkCrc(region: Uint8Array, busBytes: number, name: string): Uint8Array {
  const content = region.subarray(0, region.length - busBytes);
  const beat = region.subarray(content.length);
  const stored = new DataView(beat.buffer, beat.byteOffset).getUint32(0, true);
  if (crcOf(content) !== stored) throw imageError(`region ${name}: CRC-32 does not match; the file is damaged`);
  if (beat.subarray(4).some((byte) => byte !== 0))
    throw imageError(`region ${name}: its CRC beat is not zero above the CRC; the file is damaged`);
  return content;
}

/** The words that the chip stored, read from trace.txt of testbench/chip_tb.v piece by piece: the file may be large. */
import { createReadStream } from 'node:fs';
import { problemLine } from '../util/printable.js';
import { ToolError } from '../util/errors.js';

/** A stored word: its hexadecimal digits lie in `line` from `wordAt` on, lane 0 in the last ones. */
export interface TraceWord {
  /** P, R, L, l, N, n, x, h, r, or the number of a destination. */
  readonly memory: string;
  readonly feature: number;
  readonly pass: number;
  readonly line: Buffer;
  readonly wordEnd: number;
  readonly cycle: number;
  /** Slices, of rows, that take the word. */
  readonly slices: number;
}

export interface TraceReader {
  instruction(window: number, pc: number): void;
  word(word: TraceWord): void;
  windowBegins(): void;
  aborted(): void;
  end(): void;
}

const space = 0x20;
const newline = 0x0a;

/** 0 .. 15, or 16 for X and Z. */
const digitOf = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 16 : value;
});

/** Value of an element of `digits` hexadecimal digits, two's complement; undefined when it is unknown in part. */
export function elementOf({ line, wordEnd }: Pick<TraceWord, 'line' | 'wordEnd'>, lane: number, digits: number): number | undefined {
  let value = 0;
  for (let i = wordEnd - digits * (lane + 1); i < wordEnd - digits * lane; i++) {
    const digit = digitOf[line[i]!]!;
    if (digit > 15) return undefined;
    value = value * 16 + digit;
  }
  return value >= 2 ** (4 * digits - 1) ? value - 2 ** (4 * digits) : value;
}

function readLine(line: Buffer, start: number, end: number, reader: TraceReader): void {
  const fields: number[] = [];
  for (let at = start; at < end; at++) if (line[at] === space) fields.push(at);
  const number = (n: number): number => {
    let value = 0;
    const stop = fields[n + 1] ?? end;
    for (let at = fields[n]! + 1; at < stop; at++) value = value * 16 + digitOf[line[at]!]!;
    return value;
  };
  const memory = String.fromCharCode(line[start]!);
  const least = memory === 'A' || memory === 'W' ? 0 : memory === 'I' ? 2 : 4;
  if (fields.length < least)
    throw new ToolError(
      `trace.txt: ${problemLine(line.toString('latin1', start, end))}: has ${fields.length + 1} fields, must have ${least + 1}`,
    );
  if (memory === 'A') reader.aborted();
  else if (memory === 'W') reader.windowBegins();
  else if (memory === 'I') reader.instruction(number(0), number(1));
  else
    reader.word({
      memory,
      feature: number(0),
      pass: number(1),
      line,
      wordEnd: fields[3]!,
      cycle: number(3),
      slices: fields.length > 4 ? number(4) : 0,
    });
}

/** Read the whole file in order. */
export async function readTrace(path: string, reader: TraceReader): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let end = text.indexOf(newline, at); end >= 0; end = text.indexOf(newline, at)) {
      readLine(text, at, end, reader);
      at = end + 1;
    }
    rest = Buffer.from(text.subarray(at));
  }
  reader.end();
}

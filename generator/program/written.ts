/** Definite assignment: an instruction reads only what an instruction before it has written in the same window. */
import { accessesOf, type Buffer, type Features } from './accesses.js';
import type { Operation } from './operation.js';

/** Number past every feature that the fields of an instruction can name. */
const end = 8192;

/** Features of each buffer that are written so far. */
class Written {
  private readonly buffers = new Map<Buffer, Uint8Array>();

  add({ buffer, first, count }: Features): void {
    this.of(buffer).fill(1, first, first + count);
  }

  /** Ranges of features that are not written, as text. */
  missing({ buffer, first, count }: Features): string[] {
    const written = this.of(buffer);
    const ranges: string[] = [];
    const stop = Math.min(first + count, end);
    for (let from = first; from < stop; from++) {
      if (written[from] === 1) continue;
      let to = from;
      while (to + 1 < stop && written[to + 1] === 0) to++;
      ranges.push(from === to ? `${from}` : `${from} .. ${to}`);
      from = to;
    }
    return ranges;
  }

  private of(buffer: Buffer): Uint8Array {
    let written = this.buffers.get(buffer);
    if (written === undefined) this.buffers.set(buffer, (written = new Uint8Array(end)));
    return written;
  }
}

/** Every read of features that nobody wrote; the chip would compute on what an earlier window left there. */
export function unwrittenProblems(operations: readonly Operation[]): string[] {
  const written = new Written();
  return operations.flatMap((operation, index) => {
    const { reads, writes } = accessesOf(operation);
    const problems = reads.flatMap((read) => {
      const missing = written.missing(read);
      // Named once: later readers of the same features are no news.
      written.add(read);
      return missing.length === 0
        ? []
        : [
            `operations[${index}] ${operation.op}: reads features ${missing.join(', ')} of ${read.buffer}, which no instruction before it writes; write them first, or read fewer`,
          ];
    });
    for (const write of writes) written.add(write);
    return problems;
  });
}

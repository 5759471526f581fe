/** The only way to a terminal: names and texts of files come along, and none of them may steer it. */
import { printable } from '../util/printable.js';

const layout = '\n\t';

export function print(text: string): void {
  process.stdout.write(printable(text, layout));
}

export function printError(text: string): void {
  process.stderr.write(printable(text, layout));
}

/** Prints over the line before, for progress. */
export function printOver(text: string): void {
  process.stderr.write(`\r${printable(text, layout)}`);
}

/** What testbench/chip_tb.v writes about every instruction: cycles by cause. */
import { unreadable } from '../tools/output.js';

const columns = ['window', 'pc', 'issue', 'lanes', 'work', 'weightStream', 'drain', 'vector', 'activations', 'dependency'] as const;

/** `window` counts from 0; `lanes` are lanes with a token summed over the issue cycles, `work` their multiplies; the rest are cycles. */
export type InstructionProfile = Readonly<Record<(typeof columns)[number], number>>;

export function parseProfile(text: string): InstructionProfile[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => {
      const values = line.split(' ').map(Number);
      if (values.length !== columns.length || values.some((value) => !Number.isSafeInteger(value)))
        throw unreadable('simulator', `profile.txt, line ${i + 1}`, line);
      return Object.fromEntries(columns.map((name, at) => [name, values[at]!])) as InstructionProfile;
    });
}

import { completionCodes, type CompletionCode } from '../../contract/registers.js';

/** badLength, RING_LOG2 or readBeats as C writes a constant: BAD_LENGTH, RING_LOG2, READ_BEATS. */
export function constantName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** Codes of completions by number, with what docs/chip.md calls them. */
export const codesInOrder = (Object.entries(completionCodes) as [CompletionCode, number][]).map(([name, code]) => ({ name, code }));

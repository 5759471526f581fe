import { completionCodes, type CompletionCode } from '../../contract/registers.js';

/** Codes of completions by number, with what docs/chip.md calls them. */
export const codesInOrder = (Object.entries(completionCodes) as [CompletionCode, number][]).map(([name, code]) => ({ name, code }));

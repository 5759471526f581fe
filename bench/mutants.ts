/**
 * Random mutants of the generated Verilog: which of them do the tests notice? A mutant is one small change of one line of one
 * unit; it is tried in Icarus on the benches of the unit, then on two whole chips of the matrix that have the line. A survivor
 * is equivalent, or a hole in the tests.
 *
 *   npm run mutants -- [--count N] [--seed N] [--unit NAME] [--kind NAME] [--json FILE]
 */
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

// The benches stand in test files: they are read without vitest, whose place a module of the same names takes.
const jiti = createJiti(import.meta.url, { alias: { vitest: fileURLToPath(new URL('mutants/no-vitest.ts', import.meta.url)) } });
await jiti.import('./mutants/measure-mutants.ts');

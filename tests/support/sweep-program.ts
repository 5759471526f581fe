/** A sweep as a process of its own that a test can kill: arguments are the folder, the number of helpers and the sweep file. */
import { runSweep } from './run-sweep.js';

const [out = '', jobs = '1', file = ''] = process.argv.slice(2);
// The parent counts points as they are recorded.
await runSweep(out, Number(jobs), file, () => process.send?.('point'));

/** Locks a folder again and again and checks that nobody else has it; with `hold`, once, until it is killed. */
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../generator/util/errors.js';
import { lockFolder } from '../../generator/util/lock.js';

const [folder = '', how = ''] = process.argv.slice(2);

if (how === 'hold') {
  lockFolder(folder, 'simulate');
  process.stdout.write('locked\n');
  setInterval(() => undefined, 1000);
} else {
  let held = 0;
  const until = performance.now() + 1500;
  while (performance.now() < until) {
    try {
      const release = lockFolder(folder, 'simulate');
      // Fails where another has made it and not yet removed it.
      closeSync(openSync(join(folder, 'alone'), 'wx'));
      held++;
      await new Promise((resolve) => setTimeout(resolve, 2));
      rmSync(join(folder, 'alone'));
      release();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5 * Math.random()));
  }
  process.stdout.write(`${held}\n`);
}

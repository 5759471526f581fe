/** The simulations of a reproduction as jobs of a cluster, which leave their results in its folder. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../util/errors.js';
import { replaceFile } from '../../util/write-file.js';
import { slurmFolder, type SlurmOptions } from '../sweep/launch/launcher.js';
import { SlurmLauncher } from '../sweep/launch/slurm/launcher.js';
import type { WorkItem } from '../sweep/launch/work.js';
import { partName, partsOf, requestHash, type Part, type PlainRequest } from './parts.js';

export interface PartItem extends WorkItem {
  readonly part: Part;
}

export interface PartsLaunch extends SlurmOptions {
  readonly parallel: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly say: (text: string) => void;
  /** Command that goes on after an interruption. */
  readonly again: string;
}

/** Which reproduction has gone through the cluster to its end: it is not submitted again. */
const launchedName = 'launched.json';

/** Errors: those of a sweep through Slurm; ToolError with all simulations that have failed. */
export async function launchParts(request: PlainRequest, { say, ...settings }: PartsLaunch): Promise<void> {
  const sweep = requestHash(request);
  const launched = join(request.out, launchedName);
  if (existsSync(launched) && readFileSync(launched, 'utf8') === JSON.stringify({ sweep })) return;
  const parts = partsOf(request);
  const items = parts.map((part, number): PartItem => ({
    number,
    key: createHash('sha256')
      .update(`${sweep} ${JSON.stringify(part)}`)
      .digest('hex')
      .slice(0, 32),
    subject: 'request',
    part,
  }));
  const failed: string[] = [];
  let done = 0;
  const launcher = new SlurmLauncher<PartItem>(
    {
      ...settings,
      name: 'reproduce',
      module: new URL('./job', import.meta.url),
      folder: join(request.out, slurmFolder),
      sweep,
      onNote: say,
    },
    {
      subjectOf: () => ({ id: 'request', request }),
      onResults: async (results) => {
        for (const { number, outcome } of results) {
          done++;
          if (outcome.state === 'failed') failed.push(`${partName(parts[number]!)}: ${outcome.reason}`);
          say(`slurm: ${partName(parts[number]!)} is ${outcome.state}, ${done} of ${parts.length}`);
        }
      },
    },
  );
  await launcher.open();
  await launcher.run(items.map((item) => ({ items: [item] })));
  await launcher.finish();
  if (failed.length > 0) throw new ToolError(failed.join('\n'));
  replaceFile(launched, JSON.stringify({ sweep }));
}

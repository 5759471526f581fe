/** Follows a sweep in a browser: what it reports goes into the page, which is made only while somebody looks. */
import { UserError } from '../../../util/errors.js';
import type { Sweep, SweepSettings } from '../run-sweep.js';
import { livePage, type LevelState } from './page.js';
import { WatchServer } from './server.js';

export type WatchHooks = Required<Pick<SweepSettings, 'onLevel' | 'onDone' | 'onBegin'>>;

export interface Watch {
  readonly url: string;
  /** What a sweep reports, passed on to who listened before. */
  readonly hooks: (before: Pick<SweepSettings, 'onLevel' | 'onDone'>) => WatchHooks;
  /** Shows the last points and that word, and listens no more. */
  readonly end: (word: string) => Promise<void>;
}

const mostPort = 65_535;

/** `asked`: a port, or true for one that is free. Errors: UserError when it cannot be had. */
export async function watchSweep(asked: number | true): Promise<Watch> {
  if (asked !== true && (!Number.isInteger(asked) || asked < 1 || asked > mostPort))
    throw new UserError([`watch = ${asked}: must be a port in 1 .. ${mostPort}; --watch alone takes a free one`]);
  let now: (() => Sweep) | undefined;
  let state: LevelState = { level: 'nothing', done: 0, of: 0, failed: 0 };
  const server = await WatchServer.listen(asked === true ? 0 : asked, () => livePage(now?.(), state));
  return {
    url: server.url,
    end: (word) => server.end(word),
    hooks: ({ onLevel, onDone }) => ({
      onBegin: (see) => {
        now = see;
        server.changed();
      },
      onLevel: (level, done, of) => {
        state = { level, done, of, failed: 0 };
        server.changed();
        onLevel(level, done, of);
      },
      onDone: (failed) => {
        state = { ...state, done: state.done + 1, failed: state.failed + (failed ? 1 : 0) };
        server.changed();
        onDone(failed);
      },
    }),
  };
}

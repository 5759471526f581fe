/** How far a sweep is: a bar on a terminal, elsewhere a line now and then. */
import { SingleBar } from 'cli-progress';
import type { SweepSettings } from './run-sweep.js';

export interface Progress extends Pick<SweepSettings, 'onLevel' | 'onDone'> {
  readonly stop: () => void;
}

const lineEveryMs = 10_000;

export function minutes(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function bars(stream: NodeJS.WriteStream): Progress {
  let failed = 0;
  const bar = new SingleBar({
    format: '{level} [{bar}] {value} of {total} points, {failed} failed, {eta_formatted} left',
    stream,
    etaBuffer: 500,
    hideCursor: true,
  });
  const stop = (): void => {
    if (bar.isActive) bar.stop();
  };
  return {
    stop,
    onLevel: (level, done, of) => {
      stop();
      failed = 0;
      if (of > done) bar.start(of, done, { level: level.padEnd(9), failed });
    },
    onDone: (bad) => bar.increment(1, { failed: (failed += bad ? 1 : 0) }),
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  let [name, known, done, of, failed, started, shown] = ['', 0, 0, 0, 0, 0, 0];
  const show = (): void => {
    shown = performance.now();
    // The first of many points has waited for data and models.
    const left = done - known > (of - known) / 100 ? `, ${minutes((((shown - started) / 1000) * (of - done)) / (done - known))} left` : '';
    stream.write(`${name}: ${done} of ${of} points, ${failed} failed${done < of ? left : ''}\n`);
  };
  return {
    stop: () => undefined,
    onLevel: (level, before, all) => {
      [name, known, done, of, failed, started] = [level, before, before, all, 0, performance.now()];
      show();
    },
    onDone: (bad) => {
      done++;
      failed += bad ? 1 : 0;
      if (done === of || performance.now() - shown > lineEveryMs) show();
    },
  };
}

export function sweepProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bars(stream) : lines(stream);
}

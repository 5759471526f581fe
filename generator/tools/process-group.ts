/** A program together with all that it starts: wrappers, shells and compilers have children that outlive them. */
import { onExit } from 'signal-exit';

/** How execa starts the leader of a group; its end, and that of this process, are then seen to by watchGroup. */
export const groupLeader = { detached: true, cleanup: false } as const;

export interface GroupWatch {
  readonly timedOut: () => boolean;
  /** Ends what is left of the group; has to be called when the leader has ended. */
  readonly stop: () => void;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // All of them have ended by themselves.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

/**
 * End a whole group when its time is over, and when this process ends, by a signal too. `whenLate` lets go of what a child that
 * has left the group may still hold.
 */
export function watchGroup(leader: number | undefined, timeoutMs: number | undefined, whenLate: () => void = () => undefined): GroupWatch {
  if (leader === undefined) return { timedOut: () => false, stop: () => undefined };
  let late = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          killGroup(leader);
          whenLate();
        }, timeoutMs);
  const forget = onExit(() => killGroup(leader));
  return {
    timedOut: () => late,
    stop: () => {
      clearTimeout(timer);
      forget();
    },
  };
}

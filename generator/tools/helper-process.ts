/** More processes of this program, which measure while this one keeps the books; they end with it. */
import { execa } from 'execa';
import { programArguments } from '../util/own-program.js';

/** What a helper is sent and sends; anything that structured clone can copy. */
export interface HelperProcess<In, Out> {
  readonly send: (message: In) => Promise<void>;
  readonly stop: () => void;
  /** How it ended, once it has. */
  readonly ended: Promise<string>;
  /** Returns what ends the listening. */
  readonly onMessage: (listener: (message: Out) => void) => () => void;
}

/** Starts the program at a path without its ending. */
export function startHelper<In, Out>(module: URL): HelperProcess<In, Out> {
  const child = execa(process.execPath, programArguments(module), {
    ipc: true,
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    cwd: process.cwd(),
  });
  return {
    send: async (message) => {
      await child.sendMessage(message as Parameters<typeof child.sendMessage>[0]);
    },
    stop: () => {
      child.kill('SIGKILL');
    },
    ended: child.then(({ exitCode, signal }) => (signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`)),
    onMessage: (listener) => {
      const hear = (message: unknown): void => listener(message as Out);
      child.on('message', hear);
      return () => {
        child.off('message', hear);
      };
    },
  };
}

/** The helper's side: one message after the other; the process ends when its parent does, however that ended. */
export function serveParent<In, Out>(handle: (message: In, reply: (message: Out) => void) => Promise<void>): void {
  let before = Promise.resolve();
  const reply = (message: Out): void => {
    process.send?.(message);
  };
  process.on('message', (message: In) => {
    before = before.then(() => handle(message, reply));
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C goes to parent and helpers alike: the parent decides, and a helper that ended by itself would look broken.
  process.on('SIGINT', () => undefined);
}

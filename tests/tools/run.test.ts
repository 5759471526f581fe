import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runTool, TimeoutError, type ToolRun } from '../../generator/tools/run-tool.js';
import { ToolError } from '../../generator/util/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-run-'));
const logFile = join(folder, 'logs', 'tool.log');
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (script: string, more: Partial<ToolRun> = {}): ToolRun => ({
  command: 'sh',
  arguments: ['-c', script],
  folder,
  logFile,
  ...more,
});

/** The text of the ToolError that a run ends in. */
async function failure(run: ToolRun): Promise<string> {
  const error = await runTool(run).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ToolError);
  return (error as ToolError).message.replaceAll(folder, 'DIR');
}

describe('running a tool', () => {
  it('returns and logs everything it prints', async () => {
    expect(await runTool(shell('echo one; echo two >&2; pwd'))).toEqual({ exitCode: 0, output: `one\ntwo\n${folder}\n` });
    expect(readFileSync(logFile, 'utf8')).toBe(`one\ntwo\n${folder}\n`);
  });

  it('returns an exit code that is an answer', async () => {
    expect(await runTool(shell('exit 2', { accepted: [0, 2] }))).toEqual({ exitCode: 2, output: '' });
  });

  it('shows command, folder, log and the last lines of a failure', async () => {
    expect(await failure(shell('for i in $(seq 30); do echo "line $i"; done; exit 3'))).toBe(
      [
        'sh ended with exit code 3',
        '  command: sh -c \'for i in $(seq 30); do echo "line $i"; done; exit 3\'',
        '  folder:  DIR',
        '  log:     DIR/logs/tool.log',
        ...Array.from({ length: 20 }, (_, i) => `  | line ${i + 11}`),
      ].join('\n'),
    );
  });

  it('says when a signal or the time limit has ended it', async () => {
    expect(await failure(shell('kill -SEGV $$'))).toMatch(/^sh was ended by SIGSEGV\n/);
    const late = { ...shell(''), command: 'sleep', arguments: ['60'], timeoutMs: 50 };
    expect(await failure(late)).toMatch(/^sleep took longer than 50 ms\n/);
    await expect(runTool(late)).rejects.toThrow(TimeoutError);
    // A program that prints these words has not.
    await expect(runTool(shell('echo it took longer; exit 1'))).rejects.not.toThrow(TimeoutError);
  });

  it('says what to type for a known tool that is not there, and only that it is not there for another', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = join(folder, 'nothing');
    try {
      expect(await failure({ ...shell(''), command: 'yosys', arguments: ['-V'] })).toMatchInlineSnapshot(`
        "yosys could not be started (spawn yosys ENOENT)
          command: yosys -V
          folder:  DIR
          log:     DIR/logs/tool.log
          Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y yosys
          macOS:           brew install yosys"
      `);
      expect(await failure({ ...shell(''), command: 'no-such-tool', arguments: [] })).toMatch(
        /^no-such-tool could not be started [^]*log: .*$/,
      );
    } finally {
      process.env['PATH'] = path;
    }
  });
});

import { afterEach, expect, it, vi } from 'vitest';
import { reportingErrors, runChild } from '../../generator/util/child-program.js';
import { ToolError, UserError, WriteError } from '../../generator/util/errors.js';

const { exitCode } = process;
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

/** What a child that throws this says and ends with, and what becomes of that in its parent. */
async function thrownBy(error: Error): Promise<unknown> {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await reportingErrors(() => Promise.reject(error));
  const script = `process.stderr.write(${JSON.stringify(`${String(said.mock.calls[0]?.[0])}\n`)}); process.exitCode = ${Number(process.exitCode)}`;
  return run(script);
}

function run(script: string): unknown {
  try {
    return runChild(['-e', script], {}, { subject: 'the process that tries', failed: 'it could not be tried' });
  } catch (error) {
    return error;
  }
}

it('what a user or a full disk is the cause of is the same error in the parent', async () => {
  const user = new UserError(['a = 1: must be 2', 'b = 3: must be 4']);
  expect(await thrownBy(user)).toEqual(user);
  expect(await thrownBy(user)).toBeInstanceOf(UserError);
  vi.restoreAllMocks();
  const full = new WriteError('x.f32: cannot be written: the disk is full (ENOSPC); make room or give another path, and run this again');
  expect(await thrownBy(full)).toEqual(full);
  expect(await thrownBy(full)).toBeInstanceOf(WriteError);
});

it('a signal is a failed tool, all else a fault of ours', async () => {
  expect(run('process.kill(process.pid, "SIGKILL")')).toEqual(
    new ToolError('the process that tries was ended by SIGKILL; run the command again'),
  );
  const fault = run('throw new RangeError("no")');
  expect(fault).not.toBeInstanceOf(UserError);
  expect(String(fault)).toMatch(/^Error: it could not be tried: [^]*RangeError: no/);
  await expect(reportingErrors(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
  expect(run('')).toBeUndefined();
});

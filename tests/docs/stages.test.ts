import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';
import { temporaryFolder } from '../support/temporary.js';
import { longest, slowStages, stages } from '../support/stages.js';

const root = packageRoot();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
/** What vitest finds, and what is there. */
let listed: readonly { readonly file: string; readonly projectName: string }[];
let present: readonly string[];

beforeAll(async () => {
  const { stdout } = await execa('npx', ['vitest', 'list', '--filesOnly', '--json'], { cwd: root });
  listed = (JSON.parse(stdout) as typeof listed).map(({ file, projectName }) => ({ file: relative(root, file), projectName }));
  const { stdout: found } = await execa('find', ['tests', '-name', '*.test.ts'], { cwd: root });
  present = found.split('\n').sort();
});

describe('the stages of the tests', () => {
  it('hold every file once', () => {
    expect(listed.map(({ file }) => file).sort()).toEqual(present);
  });

  it('hold what their names say', () => {
    const stageOf = (file: string): string | undefined => listed.find((one) => one.file === file)?.projectName;
    expect(stageOf('tests/golden/kernels.test.ts')).toBe('fast');
    expect(stageOf('tests/train/smoke.test.ts')).toBe('model');
    expect(stageOf('tests/rtl/fifo.test.ts')).toBe('rtl');
    expect(stageOf('tests/sim/two-chips.test.ts')).toBe('chip');
  });

  it('name files and folders that are there', () => {
    const places = [...Object.values(slowStages).flat(), ...longest];
    expect(places.filter((place) => !present.some((file) => file.startsWith(place)))).toEqual([]);
  });

  it('are those of npm test, with a script each', () => {
    const names = stages.map(({ name }) => name);
    expect(/^for project in ([^;]*); do/m.exec(read('scripts/test.sh'))?.[1]?.split(' ')).toEqual(names);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const name of names) expect(scripts[`test:${name}`]).toBe(`vitest run --project ${name}`);
  });
});

/** The script in a folder of its own, with programs that write down their arguments and fail when told to. */
async function runStages(failing: RegExp): Promise<{ exitCode: number | undefined; lines: string[]; calls: string[] }> {
  return temporaryFolder(async (folder) => {
    mkdirSync(join(folder, 'scripts'));
    copyFileSync(join(root, 'scripts', 'test.sh'), join(folder, 'scripts', 'test.sh'));
    writeFileSync(join(folder, 'scripts', 'setup.sh'), '');
    const stand = `#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\necho "$@" | grep -qE -e '${failing.source}' && exit 3\nexit 0\n`;
    for (const name of ['npm', 'npx']) writeFileSync(join(folder, name), stand, { mode: 0o755 });
    const { exitCode, stdout } = await execa('bash', ['scripts/test.sh'], {
      cwd: folder,
      reject: false,
      env: { PATH: `${folder}${delimiter}${process.env['PATH']}` },
    });
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    return { exitCode, lines: stdout.split('\n').filter((line) => line !== ''), calls };
  });
}

describe('npm test', () => {
  it('names its stages and their seconds, and ends with all of them', async () => {
    const { exitCode, lines, calls } = await runStages(/nothing/);
    expect(exitCode).toBe(0);
    const names = ['set-up', 'build', 'types-and-lint', ...stages.map(({ name }) => name)];
    expect(lines.slice(0, -1)).toEqual(names.map((name) => `== stage ${name}`));
    expect(lines.at(-1)!.replaceAll(/\d+ s/g, 'N s')).toBe(`stages: all passed (${names.map((name) => `${name} N s`).join(', ')})`);
    expect(calls.filter((call) => call.includes('--merge-reports'))).toHaveLength(1);
  });

  it('ends at the first stage that fails, with its name', async () => {
    const types = await runStages(/run --silent types/);
    expect(types.exitCode).toBe(3);
    expect(types.lines.at(-1)).toMatch(
      /^stages: types-and-lint failed with exit code 3 \(set-up \d+ s, build \d+ s, types-and-lint \d+ s\)$/,
    );
    expect((await runStages(/run --silent lint/)).lines.at(-1)).toMatch(/^stages: types-and-lint failed with exit code 3 /);
    const rtl = await runStages(/--project rtl/);
    expect(rtl.exitCode).toBe(1);
    expect(rtl.lines.at(-1)).toMatch(/^stages: rtl failed with exit code 1 \(.*, model \d+ s, rtl \d+ s\)$/);
    // What has run is counted all the same, and nothing runs behind it.
    expect(rtl.calls.at(-1)).toContain('--merge-reports');
    expect(rtl.calls.join()).not.toContain('--project chip');
  });
});

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskNames } from '../../generator/data/built-in.js';
import { writeImage } from '../../generator/program/image.js';
import { trexgen } from '../support/cli.js';
import { bertModel, linearShapes, writeHubFolder } from '../support/hub-folder.js';
import { randomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const image = writeImage(randomModel(5, { banks: 4, width: 8, heads: 1, headWidth: 4, hidden: 8, rank: 8, k: 3, inputWidth: 6 }), {
  columns: 4,
  busBytes: 8,
});
const small = [
  '--preset',
  'tiny',
  '--set',
  'envelope.width=12',
  '--set',
  'envelope.hidden=12',
  '--set',
  'envelope.rank=8',
  '--set',
  'array.passes=2',
];

const slowMemory = '--simulator icarus --policy tokens --seed 4 --latency 6 --jitter 5 --stalls 3'.split(' ');

async function withImage<T>(bytes: Uint8Array, use: (path: string, folder: string) => Promise<T>): Promise<T> {
  return temporaryFolder(async (folder) => {
    const path = join(folder, 'model.tximg');
    writeFileSync(path, bytes);
    return use(path, folder);
  });
}

describe('simulate', () => {
  it('prints what agreed and what it cost, as JSON, writes a report, and takes a finished run as it is', async () => {
    await withImage(image, async (path, folder) => {
      const out = join(folder, 'out');
      const command = ['simulate', '--image', path, ...small, '--inputs', '5', ...slowMemory, '--trace', '--json', '--out', out];
      const { exitCode, stdout, stderr } = await trexgen(...command);
      expect([exitCode, stderr]).toEqual([0, '']);
      const result = JSON.parse(stdout) as Record<string, unknown>;
      expect(result).toMatchObject({
        inputs: 5,
        mismatches: 0,
        emaAgree: true,
        simulator: 'icarus',
        policy: 'tokens',
        metric: null,
        divergence: [],
      });
      expect(result['valuesCompared']).toBeGreaterThan(1000);
      expect(Object.keys(result['emaBytes'] as object)).toEqual([
        'program',
        'codebooks',
        'sparseValues',
        'sparseIndices',
        'parameters',
        'dense',
        'activationsIn',
        'activationsOut',
        'descriptors',
      ]);
      expect(result['utilization']).toEqual({ useful: expect.any(Number) as number, array: expect.any(Number) as number });
      expect(result['usefulUtilization']).toBe((result['utilization'] as { useful: number }).useful);
      const { mean, most } = result['segments'] as { mean: number; most: number };
      expect(mean * (result['windows'] as number)).toBeCloseTo(5, 9);
      expect(most).toBeGreaterThanOrEqual(Math.ceil(mean));
      const shares = [
        ...Object.values(result['idle'] as Record<string, number>),
        ...Object.values(result['work'] as Record<string, number>),
      ];
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(result['configHash']).toMatch(/^[0-9a-f]{16}$/);
      const report = readFileSync(join(out, 'report.html'), 'utf8');
      expect(report).toContain(String(result['configHash']));
      expect(readdirSync(out).sort()).toEqual(['report.html', 'unit-0.json']);
      const again = JSON.parse((await trexgen(...command)).stdout) as Record<string, unknown>;
      expect(again['simulationSeconds']).toBe(result['simulationSeconds']);
    });
  });

  it('shows the classes that the host computes behind the chip of an imported classifier', async () => {
    await temporaryFolder(async (folder) => {
      const head = linearShapes('classifier', 3, 16);
      const source = writeHubFolder(
        join(folder, 'sorts'),
        bertModel('BertForSequenceClassification', { prefix: 'bert.', pooler: true, head }),
      );
      const file = join(folder, 'in.jsonl');
      writeFileSync(file, [5, 8, 9].map((id, i) => `{"ids":[2,${id},3],"labels":[${i}]}\n`).join(''));
      const of = ['--checkpoint', source, '--inputs-file', file, '--preset', 'tiny', '--json'];
      const run = JSON.parse((await trexgen('run', ...of)).stdout) as { metric: object };
      const { exitCode, stdout } = await trexgen('simulate', ...of, '--simulator', 'icarus');
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ mismatches: 0, metric: run.metric });
    });
  });

  it('runs only the inputs that are asked for, and says in words what it found', async () => {
    await withImage(image, async (path) => {
      const { exitCode, stdout } = await trexgen(
        'simulate',
        '--image',
        path,
        ...small,
        '--inputs',
        '5',
        '--only',
        '3,1',
        '--simulator',
        'icarus',
      );
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^random-5, configuration [0-9a-f]{16}, icarus, policy tokens: 2 inputs, /);
      expect(stdout).toMatch(/values compared, 0 differ; bytes of chip, golden ledger and analytic model agree/);
    });
  });
});

describe('simulate refuses', () => {
  it.each([
    [
      ['--task', 'poetry'],
      `task = poetry: unknown; known tasks are ${taskNames.join(', ')}; one of your own is a folder with task.json, or a .json or .ts file\n`,
    ],
    [[], /^task, image: neither is given; /],
    [['--task', 'g2p', '--preset', 'smal'], /^preset = "smal": must be one of small, /],
    [['--task', 'g2p', '--simulator', 'questa'], /Allowed choices are verilator, icarus/],
    [['--task', 'g2p', '--inputs', '0'], /must be an integer in 1 \.\. 1000000/],
    [['--task', 'g2p', '--stalls', '16'], /must be an integer in 0 \.\. 15/],
    [['--image', '/nowhere/model.tximg'], /^image = \/nowhere\/model\.tximg: cannot be read \(ENOENT\); /],
  ])('%j', async (options, message) => {
    const { exitCode, stdout, stderr } = await trexgen('simulate', ...options);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('a damaged image', async () => {
    const damaged = image.slice();
    damaged[damaged.length - 40]! ^= 1;
    const { exitCode, stderr } = await withImage(damaged, (path) => trexgen('simulate', '--image', path, ...small));
    expect([exitCode, stderr]).toEqual([2, 'image: region pass: CRC-32 does not match; the file is damaged\n']);
  });

  it('a model that does not fit, with every buffer that is too small, and leaves nothing behind', async () => {
    await withImage(image, async (path, folder) => {
      const out = join(folder, 'out');
      const { exitCode, stderr } = await trexgen(
        'simulate',
        '--image',
        path,
        '--preset',
        'tiny',
        '--set',
        'envelope.width=6',
        '--set',
        'envelope.instructions=10',
        '--out',
        out,
      );
      expect(exitCode).toBe(2);
      expect(
        stderr
          .trim()
          .split('\n')
          .map((line) => line.slice(0, line.indexOf(':'))),
      ).toEqual(['envelope.width = 6', 'envelope.width = 6', 'envelope.instructions = 10']);
      expect(existsSync(out)).toBe(false);
    });
  });

  it('an image of another task, naming both', async () => {
    const { exitCode, stdout, stderr } = await withImage(image, (path) =>
      trexgen('simulate', '--task', 'g2p', '--image', path, ...small, '--simulator', 'icarus'),
    );
    expect([exitCode, stdout, stderr]).toEqual([
      2,
      '',
      'task = g2p: the image is of the task "random-5"; give an image of g2p, or leave --task out\n',
    ]);
  });

  it("an image under a task's name whose rows are not those of its model", async () => {
    const posing = writeImage(
      { ...randomModel(5, { banks: 4, width: 8, heads: 1, headWidth: 4, hidden: 8, rank: 8, k: 3, inputWidth: 6 }), task: 'g2p' },
      { columns: 4, busBytes: 8 },
    );
    const { exitCode, stdout, stderr } = await withImage(posing, (path) =>
      trexgen('simulate', '--task', 'g2p', '--image', path, ...small, '--simulator', 'icarus'),
    );
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.replace(/(inputScale is \S+, .* needs )[\d.]+/, '$1S')).toMatchInlineSnapshot(`
      "image: bytes of an input row are 6, the model of g2p needs 128; give an image of that model
      image: bytes of an output row are 4, the model of g2p needs 53; give an image of that model
      image: output rows are one per input, the model of g2p needs one per token; give an image of that model
      image: inputScale is 0.015625, the model of g2p needs S; give an image of that model
      "
    `);
  });

  it('a simulator that is not there, and says what to type', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const { exitCode, stderr } = await trexgen('simulate', '--task', 'g2p', '--simulator', 'icarus');
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^iverilog: not found \(.*\); install it\n +Debian, Ubuntu:/);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('inputs that are not among those drawn', async () => {
    const { exitCode, stderr } = await withImage(image, (path) =>
      trexgen('simulate', '--image', path, ...small, '--inputs', '2', '--only', '2,0,7', '--simulator', 'icarus'),
    );
    expect([exitCode, stderr]).toEqual([
      2,
      '--only 2: there are inputs 0 .. 1; raise --inputs\n--only 7: there are inputs 0 .. 1; raise --inputs\n',
    ]);
  });
});

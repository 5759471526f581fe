import { describe, expect, it } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { makeAxes } from '../../../generator/studies/sweep/axes.js';
import type { Item, Job } from '../../../generator/studies/sweep/jobs.js';
import type { Outcome } from '../../../generator/studies/sweep/outcome.js';
import { Pool } from '../../../generator/studies/sweep/pool.js';
import { drawPoints } from '../../../generator/studies/sweep/space.js';

const { points } = drawPoints(
  { base: presetParams('small'), axes: makeAxes({ 'run.latency': '1..12' }), constraints: [] },
  { kind: 'grid' },
);
const subject = {
  id: 'good',
  model: {
    task: 'x',
    banks: 8,
    activationBits: 8,
    matrices: [],
    wideMatrices: false,
    table: undefined,
    operations: [],
    positionRows: 0,
    inputScale: 1,
    outputScale: 1,
  },
  lengths: [],
  requests: [],
  baseline: 0,
  trainedAccuracy: undefined,
  scored: undefined,
};

function job(items: readonly Item[]): Job {
  return {
    fidelity: 'golden',
    items,
    measuring: { inputs: 1, accuracyInputs: 1, seed: 1, target: 'asic' },
    simulator: 'icarus',
    folder: '',
    keep: false,
  };
}

describe('helpers', () => {
  it('that die cost only the points that kill them, and a model that cannot be made only its own', async () => {
    const found = new Map<number, Outcome>();
    const pool = new Pool({
      helpers: 2,
      module: new URL('../../support/dying-helper', import.meta.url),
      subjectOf: (item) => (item.subject === 'bad' ? 'there is no such model' : subject),
      onResults: async (results) =>
        results.forEach(({ number, outcome }) => {
          expect(found.has(number)).toBe(false);
          found.set(number, outcome);
        }),
    });
    const items = points.map((point, number): Item => ({
      number,
      key: String(number),
      point,
      subject: number === 7 ? 'bad' : 'good',
      lower: undefined,
    }));
    await pool.run([job(items.slice(0, 8)), job(items.slice(8))]);
    pool.stop();
    expect(
      [...found]
        .sort(([a], [b]) => a - b)
        .map(([number, outcome]) => [number, outcome.state === 'measured' ? outcome.objectives.cycles : outcome.reason]),
    ).toEqual(
      points.map((_, number) => [
        number,
        number === 7 ? 'there is no such model' : number % 5 === 0 ? 'the process that measured it was ended by SIGKILL' : number,
      ]),
    );
  }, 300_000);

  it('stop at the first result that cannot be kept, with the reason', async () => {
    const full = new Error('no space left on device');
    const pool = new Pool({
      helpers: 1,
      module: new URL('../../support/waiting-helper', import.meta.url),
      subjectOf: () => subject,
      onResults: async () => {
        throw full;
      },
    });
    const items = points
      .slice(0, 2)
      .map((point, number): Item => ({ number, key: String(number), point, subject: 'good', lower: undefined }));
    try {
      await expect(pool.run([job(items)])).rejects.toBe(full);
    } finally {
      pool.stop();
    }
  }, 300_000);
});

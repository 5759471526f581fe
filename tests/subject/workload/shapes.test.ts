import { describe, expect, it } from 'vitest';
import { runGolden } from '../../../generator/golden/run-program.js';
import type { TraceTensor } from '../../../generator/golden/trace.js';
import { presetParams } from '../../../generator/params/presets.js';
import { fitProblems } from '../../../generator/program/fits.js';
import { readImage, writeImage } from '../../../generator/program/image.js';
import type { PackedModel } from '../../../generator/program/operation.js';
import { buildWorkload, codings, workloadRequests, type Coding } from '../../../generator/subject/workload/build.js';
import { fourMatrices } from '../../support/sharing.js';
import { scaledDown, withEnds, workloadNames, workloads, type WorkloadShape } from '../../../generator/subject/workload/shapes.js';

const paper = presetParams('paper');
const hardware = { columns: paper.array.columns, busBytes: paper.port.busBytes };
const imageOf = (model: PackedModel) => readImage(writeImage(model, hardware));
const build = (shape: WorkloadShape, coding: Coding, seed = 1): PackedModel => buildWorkload(shape, { coding, banks: 8, seed });

/** Share of values at the ends of their range, and how many different ones there are. */
function spreadOf({ name, data }: TraceTensor): { readonly saturated: number; readonly different: number } {
  const top = name === 'R' ? 32767 : 127;
  const values = [...data];
  return { saturated: values.filter((value) => value >= top || value <= -top - 1).length / values.length, different: new Set(values).size };
}

describe('workloads of published shapes', () => {
  it('BERT-base with four shared matrices fits the paper preset, and has r = 256 and k = 48', () => {
    const model = build({ ...workloads.bertBase, sharing: fourMatrices }, 'factorized');
    expect(fitProblems(imageOf(model), paper)).toEqual([]);
    expect(model.matrices.map(({ inner, rank }) => [inner, rank])).toEqual([
      [768, 256],
      [768, 256],
      [768, 256],
      [3072, 256],
    ]);
    const expands = model.operations.filter((operation) => operation.op === 'EXPAND');
    expect(expands).toHaveLength(72);
    expect(expands.every(({ k, indexBits }) => k === 48 && indexBits <= 5)).toBe(true);
    expect(model.operations.filter(({ op }) => op === 'ATTEND')).toHaveLength(144);
  }, 300_000);

  it('a ViT-Base layer with its patch projection and its head fits the paper preset', () => {
    expect(fitProblems(imageOf(build({ ...withEnds('vitBase'), layers: 1 }, 'factorized')), paper)).toEqual([]);
  }, 300_000);

  it('a layer of the translation encoder fits the paper preset in every coding', () => {
    for (const coding of codings) expect(fitProblems(imageOf(build({ ...workloads.translation, layers: 1 }, coding)), paper)).toEqual([]);
  }, 300_000);

  const seed = 1 + Math.floor(Math.random() * 1e6);
  const cases = workloadNames.flatMap((name) =>
    codings.flatMap((coding) => [workloads[name], withEnds(name)].map((shape) => ({ shape, coding }))),
  );
  it.each(cases)(`uses the range of every tensor without saturating it (seed ${seed}): $shape.name, $coding`, ({ shape, coding }) => {
    const model = build(scaledDown(shape, 8, 2), coding, seed);
    const tensors: (TraceTensor & { readonly where: string })[] = [];
    runGolden(model, workloadRequests(model, [96], seed + 1), {
      trace: ({ index, operation, tensors: written }) =>
        tensors.push(...written.map((tensor) => ({ ...tensor, where: `${index} ${operation.op} to ${tensor.name}` }))),
    });
    const bad = tensors
      .filter(({ data }) => data.length > 256)
      .map((tensor) => ({ where: tensor.where, ...spreadOf(tensor) }))
      .filter(({ saturated, different }) => saturated > 0.02 || different < 40);
    expect(bad).toEqual([]);
  });

  it.each([
    ['dense8', 'dense16', 1.9],
    ['factorized', 'uncoded', 2.5],
  ] as const)('what is %s and %s holds the same numbers in other bytes', (less, more, times) => {
    const shape = scaledDown(workloads.translation, 8, 1);
    const [narrow, wide] = [build(shape, less), build(shape, more)];
    const rows = workloadRequests(narrow, [9], 5);
    expect(runGolden(wide, rows).outputs).toEqual(runGolden(narrow, rows).outputs);
    expect(imageOf(wide).pass.length).toBeGreaterThan(times * imageOf(narrow).pass.length);
  });

  it('refuses a scale that does not divide the shape', () => {
    expect(() => scaledDown(workloads.bertBase, 5, 1)).toThrow('bertBase/5.width = 153.6: must be an integer of at least 1');
  });
});

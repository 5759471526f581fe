/** The command that measures one point of a sweep again, as a sweep of that point alone: it has the same key. */
import { defaultPreset } from '../../params/presets.js';
import { shellCommand } from '../../util/shell.js';
import { openKeys } from './open-keys.js';
import type { SweptPoint } from './run-sweep.js';
import type { SweepPlan } from './plan.js';
import { runDefaults, valueAt } from './space.js';

export function repeatCommand(plan: SweepPlan, { point, fidelity }: Pick<SweptPoint, 'point' | 'fidelity'>): string {
  const { space, measuring, simulator, request } = plan;
  const axes = space.axes.map(({ key }) => key);
  const before = { params: space.base, run: runDefaults };
  // What a constraint had held would be open without it.
  const settled = openKeys.filter(
    (key) => !axes.includes(key) && (!space.open.includes(key) || valueAt(point, key) !== valueAt(before, key)),
  );
  const settings = [...axes, ...settled].flatMap((key) => ['--set', `${key}=${valueAt(point, key)}`]);
  const { inputs, seed, accuracyInputs, target } = measuring;
  const base = request.config === undefined ? ['--preset', request.preset ?? defaultPreset] : ['--config', request.config];
  const above = fidelity === 'analytic' ? [] : ['--fidelity', fidelity, '--accuracy-inputs', String(accuracyInputs)];
  const tools = fidelity === 'analytic' || fidelity === 'golden' ? [] : ['--simulator', simulator];
  const cells = fidelity === 'synthesis' ? ['--target', target] : [];
  return shellCommand([
    'trexgen',
    'sweep',
    ...base,
    ...settings,
    '--inputs',
    String(inputs),
    '--seed',
    String(seed),
    ...above,
    ...tools,
    ...cells,
  ]);
}

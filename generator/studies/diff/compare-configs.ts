/** Two configurations side by side. */
import { join } from 'node:path';
import type { Params } from '../../params/fields.js';
import { loadParams } from '../../params/load.js';
import { presets } from '../../params/presets.js';
import { configHash } from '../../rtl/design.js';
import type { Simulator } from '../../sim/build.js';
import type { SynthReport } from '../../synth/cell-counts.js';
import { synthesize } from '../../synth/synthesize.js';
import type { TargetName } from '../../synth/targets.js';
import type { RunPoint } from '../sweep/fields.js';
import type { Measuring } from '../sweep/key.js';
import { changedParams, sizes, type Change } from './params.js';
import { diffRtl, type UnitDiff } from './rtl.js';
import { diffWorkload, type WorkloadDiff } from './workloads.js';

export interface Named {
  readonly name: string;
  readonly params: Params;
}

export interface ConfigDiff {
  readonly a: Named & { readonly configHash: string };
  readonly b: Named & { readonly configHash: string };
  readonly changes: readonly Change[];
  readonly sizes: readonly Change[];
  readonly units: readonly UnitDiff[];
  readonly workloads: readonly WorkloadDiff[];
  readonly cells: { readonly a: SynthReport; readonly b: SynthReport } | undefined;
}

export interface DiffRequest {
  readonly a: Named;
  readonly b: Named;
  readonly tasks: readonly string[];
  readonly run: Omit<RunPoint, 'task'>;
  readonly measuring: Measuring;
  readonly simulate: { readonly simulator: Simulator; readonly folder: string } | undefined;
  readonly synth: { readonly target: TargetName; readonly folder: string } | undefined;
}

/** A preset, or a configuration file. */
export async function namedParams(name: string): Promise<Named> {
  const isFile = /[./\\]/.test(name) && !Object.hasOwn(presets, name);
  return { name, params: await loadParams(isFile ? { config: name } : { preset: name }) };
}

export async function diffConfigs({ a, b, tasks, run, measuring, simulate, synth }: DiffRequest): Promise<ConfigDiff> {
  const workloads: WorkloadDiff[] = [];
  for (const [index, task] of tasks.entries()) {
    workloads.push(
      await diffWorkload({
        a: a.params,
        b: b.params,
        run: { ...run, task },
        measuring,
        // A task may be a path, which leads out of the folder.
        simulate: simulate && { ...simulate, folder: join(simulate.folder, String(index)) },
      }),
    );
  }
  const count = ({ params }: Named, name: string, { target, folder }: NonNullable<DiffRequest['synth']>): Promise<SynthReport> =>
    synthesize({ params, target, folder: join(folder, `synth-${name}`) });
  const cells = synth && { a: await count(a, 'a', synth), b: await count(b, 'b', synth) };
  return {
    a: { ...a, configHash: configHash(a.params) },
    b: { ...b, configHash: configHash(b.params) },
    changes: changedParams(a.params, b.params),
    sizes: sizes(a.params, b.params),
    units: diffRtl(a.params, b.params),
    workloads,
    cells,
  };
}

/** What a sweep that goes on may not change: everything that decides which points are measured and how. */
import { defaultPreset } from '../../params/presets.js';
import { refuse } from '../../util/errors.js';
import { planDefaults, planSweep, type SweepFile, type SweepOptions, type SweepPlan } from './plan.js';

/** Everything that a sweep was asked for, one value a name, keys of the space by their own names. */
function valuesIn({ space = {}, constraints = [], ...rest }: SweepFile): Map<string, string> {
  const given = { ...(rest.config === undefined && { preset: defaultPreset }), ...planDefaults, ...rest };
  const shown = (value: unknown): string =>
    Array.isArray(value) ? value.join(',') : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const rules = [...new Set(constraints.map(shown))].sort();
  return new Map([
    ...Object.entries(given).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, shown(value)]])),
    ...Object.entries(space).map(([key, value]): [string, string] => [key, shown(value)]),
    ...(rules.length === 0 ? [] : [['constraints', rules.join('; ')] as const]),
  ]);
}

/** A line for each difference. */
function resumeProblems(recorded: SweepFile, given: SweepFile, out: string): string[] {
  const [before, now] = [valuesIn(recorded), valuesIn(given)];
  const way = `; leave it out, or run without --resume for another sweep`;
  return [...new Set([...now.keys(), ...before.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), now.get(key)];
    if (was === is) return [];
    if (is === undefined) return [`${key}: the sweep in ${out} was asked for with ${was}, and what is given with --resume has none${way}`];
    return [`${key} = ${is}: the sweep in ${out} was asked for ${was === undefined ? 'without it' : `with ${was}`}${way}`];
  });
}

/**
 * The plan that `recorded` holds.
 *
 * @param recorded  path of the file that a sweep has left
 *
 * Errors   UserError when a sweep file or options are given that ask for another one
 */
export async function resumedPlan(
  recorded: string,
  file: string | SweepFile | undefined,
  options: SweepOptions,
  out: string,
): Promise<SweepPlan> {
  const plan = await planSweep(recorded, {});
  const given = await planSweep(file ?? recorded, options);
  refuse(resumeProblems(plan.request, given.request, out));
  return plan;
}

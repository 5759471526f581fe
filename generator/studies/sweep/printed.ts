/** A sweep as JSON and as a short table. */
import { formatTable, grouped } from '../../util/table.js';
import { configHash } from '../../rtl/design.js';
import { packageVersion } from '../../util/package.js';
import { answerJson, answerLines } from './answer.js';
import { brokenRuleText } from './infeasible.js';
import { sceneOf } from './promotion.js';
import type { Sweep } from './run-sweep.js';
import { namesOf } from './space.js';
import { allKeys, failures, frontPoints, headOf, mixedNote, objectivesOf, shownKeys, shownObjective, valuesOf } from './table.js';

export function sweepJson(sweep: Sweep) {
  const {
    plan: { search, levels, measuring, objectives: by },
    size,
    excluded,
    points,
    measured,
    known,
    seconds,
    launch,
    generations,
  } = sweep;
  const keys = allKeys(sweep);
  return {
    trexgen: packageVersion(),
    search,
    levels,
    inputs: measuring.inputs,
    seed: measuring.seed,
    objectives: by,
    space: { size, excluded, points: points.length },
    measured,
    known,
    seconds,
    launcher: launch,
    ...(generations !== undefined && { hypervolume: generations }),
    ...(search.kind === 'cheapest' && { answer: answerJson(sweep) }),
    failed: failures(sweep),
    points: points.map((swept) => ({
      key: swept.key,
      configHash: configHash(swept.point.params),
      parameters: valuesOf(keys, swept.point),
      run: swept.point.run,
      fidelity: swept.fidelity,
      ...(swept.outcome.state === 'measured'
        ? { objectives: swept.outcome.objectives, ...(swept.outcome.detail.synthesis && { synthesis: swept.outcome.detail.synthesis }) }
        : { reason: swept.outcome.reason }),
      front: swept.front,
      feasible: swept.feasible,
      levels: Object.fromEntries(
        [...swept.levels].map(([fidelity, outcome]) => [
          fidelity,
          outcome.state === 'measured' ? outcome.objectives : { reason: outcome.reason },
        ]),
      ),
    })),
  };
}

const mostRows = 20;

/** Constraints on results that no measured point keeps. */
function unmet({ points, plan }: Sweep): string {
  const measured = points.filter(({ outcome }) => outcome.state === 'measured');
  const broken = plan.space.constraints.filter(
    (one) => one.measured && !measured.some((swept) => one.holds({ ...namesOf(swept.point), ...objectivesOf(swept) })),
  );
  return measured.length === 0 || broken.length === 0
    ? ''
    : `: none of ${measured.length} keeps ${broken.map(({ text }) => text).join(', ')}`;
}

/** A front of several scenes may hold points of several levels. */
function mixedLines(sweep: Sweep, front: Sweep['points']): string[] {
  const note = mixedNote({ ...sweep, points: front });
  return note === '' ? [] : [note.trim()];
}

export function sweepText(sweep: Sweep, files: readonly string[]): string {
  const { points, plan, size, excluded, measured, known, seconds } = sweep;
  const keys = shownKeys(sweep);
  const front = frontPoints(sweep);
  const shown = front.slice(0, mostRows);
  const scenes = new Set(front.map(({ point }) => sceneOf(point)));
  const rows = shown.map((swept) => {
    const names = namesOf(swept.point);
    return [
      String(swept.number),
      ...keys.map((key) => String(names[key])),
      ...plan.objectives.map((name) => shownObjective(name, objectivesOf(swept)[name])),
      swept.fidelity,
    ];
  });
  const failed = failures(sweep);
  return [
    `${points.length} points of ${grouped(size)}${excluded > 0 ? `, ${grouped(excluded)} kept out by constraints` : ''}; ${grouped(measured)} measured now, ${grouped(known)} known before, ${seconds.toFixed(1)} s`,
    ...answerLines(sweep),
    front.length === 0
      ? `no point is feasible${unmet(sweep)}`
      : `Pareto front, ${front.length} points${scenes.size > 1 ? ` in ${scenes.size} tasks and memories` : ''}${front.length > shown.length ? `, the first ${shown.length}` : ''}:`,
    ...(rows.length > 0
      ? ['', formatTable(['point', ...keys, ...plan.objectives.map((name) => headOf(name, points)), 'fidelity'], rows), '']
      : []),
    ...mixedLines(sweep, front),
    ...failed.slice(0, 5).map((one) => `${one.count} failed: ${brokenRuleText(one)}`),
    ...(failed.length > 5 ? [`${failed.length - 5} more rules, see --json`] : []),
    ...files,
  ].join('\n');
}

/** Which point a report draws in full. */
import type { Block } from '../../report/document.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { chosenPoint, reasonText } from './table.js';

export interface DrawnPoint {
  readonly swept: SweptPoint | undefined;
  /** Whether it is the point that was asked for. */
  readonly isWanted: boolean;
  /** What stood in the way of the point that was asked for. */
  readonly notes: readonly Block[];
}

/** `wanted`: number of the point that was asked for; how many points a search measures is known at its end only. */
export function drawnPoint(sweep: Sweep, wanted: number | undefined): DrawnPoint {
  const asked = sweep.points.find(({ number }) => number === wanted);
  if (asked?.outcome.state === 'measured') return { swept: asked, isWanted: true, notes: [] };
  const swept = chosenPoint(sweep);
  if (wanted === undefined) return { swept, isWanted: false, notes: [] };
  const problem =
    asked === undefined
      ? `the sweep has points 0 .. ${sweep.points.at(-1)?.number ?? 0}; give one of them`
      : `was not measured (${reasonText(asked)}); give a point that was`;
  const instead = swept === undefined ? '' : ` Point ${swept.number} is drawn in its place.`;
  return { swept, isWanted: false, notes: [{ kind: 'note', tone: 'bad', text: `--point = ${wanted}: ${problem}.${instead}` }] };
}

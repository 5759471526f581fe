/** Rules that points break: each once, with the numbers that differ as ranges, however many points break it. */
import { groupBy } from '../../util/groups.js';
import type { Axis } from './axes.js';
import { valueAt, type Point } from './space.js';

export interface BrokenRule {
  readonly rule: string;
  readonly count: number;
  /** What sets these points apart: the axes of which they take only some values. */
  readonly where: string;
}

interface Failed {
  readonly point: Point;
  readonly reason: string;
}

/** A reason joins the problems of a point, each of which begins with a parameter. */
const nextProblem = /; (?=[a-z][A-Za-z]*(?:\.[A-Za-z]+)?(?: = |: ))/;
const number = /\d+(?:\.\d+)?/g;

/** Text of several that are equal but for their numbers: a number where all are equal, a range where they differ. */
function merged(texts: readonly string[]): string {
  const all = [...new Set(texts)].map((text) => [...text.matchAll(number)].map(([value]) => Number(value)));
  let place = 0;
  return texts[0]!.replace(number, (first) => {
    const values = all.map((one) => one[place]!);
    place++;
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return low === high ? first : `${low}..${high}`;
  });
}

const mostValues = 8;

function regionOf(points: readonly Point[], axes: readonly Axis[]): string {
  return axes
    .flatMap(({ key, values }) => {
      const taken = new Set(points.map((point) => valueAt(point, key)));
      if (taken.size === values.length) return [];
      const shown = values.filter((value) => taken.has(value));
      const more = shown.length - mostValues;
      return [`${key} = ${shown.slice(0, mostValues).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
    })
    .join('; ');
}

/** Most points first. */
export function brokenRules(failed: readonly Failed[], axes: readonly Axis[]): BrokenRule[] {
  const problems = failed.flatMap(({ point, reason }) => reason.split(nextProblem).map((problem) => ({ point, problem })));
  return groupBy(problems, ({ problem }) => problem.replace(number, '#'))
    .map((group) => ({
      rule: merged(group.map(({ problem }) => problem)),
      count: group.length,
      where: regionOf(
        group.map(({ point }) => point),
        axes,
      ),
    }))
    .sort((a, b) => b.count - a.count);
}

export function brokenRuleText({ rule, where }: Pick<BrokenRule, 'rule' | 'where'>): string {
  return where === '' ? rule : `${rule} (${where})`;
}

/** Rules that points break: each once for each advice, with the numbers that differ as ranges, however many points break it. */
import { groupBy } from '../../util/groups.js';
import type { Axis } from './axes.js';
import { valueAt, type Point } from './space.js';

export interface BrokenRule {
  readonly rule: string;
  readonly count: number;
  /** What sets these points apart: the axes of which they take only some values; `some of` where others with these values can be. */
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

interface Problem {
  readonly point: Point;
  /** What is wrong, and what to do about it. */
  readonly what: string;
  readonly advice: string;
}

function problemsOf({ point, reason }: Failed): Problem[] {
  return reason.split(nextProblem).map((problem) => {
    const [what = '', ...advice] = problem.split('; ');
    return { point, what, advice: advice.join('; ') };
  });
}

/** More than these would hide the rule. */
const mostAdvices = 4;

/** A group for each advice, which somebody wants to type as it stands; one with the advice of its first point where there are many. */
function byAdvice(rule: readonly Problem[]): { readonly advice: string; readonly group: readonly Problem[] }[] {
  const groups = groupBy(rule, ({ advice }) => advice);
  if (groups.length <= mostAdvices) return groups.map((group) => ({ advice: group[0]!.advice, group }));
  return [{ advice: `of the first: ${rule[0]!.advice}`, group: rule }];
}

/**
 * Rules with most points first.
 *
 * @param possible  points that break no rule
 */
export function brokenRules(failed: readonly Failed[], axes: readonly Axis[], possible: readonly Point[] = []): BrokenRule[] {
  const shapes = groupBy(failed.flatMap(problemsOf), ({ what, advice }) => `${what}; ${advice}`.replace(number, '#'));
  return shapes
    .flatMap(byAdvice)
    .map(({ advice, group }) => {
      const points = group.map(({ point }) => point);
      const region = regionOf(points, axes);
      const taken = axes.map(({ key }) => ({ key, values: new Set(points.map((point) => valueAt(point, key))) }));
      const isLarger = possible.some((point) => taken.every(({ key, values }) => values.has(valueAt(point, key))));
      const rule = merged(group.map(({ what }) => what));
      return { rule: advice === '' ? rule : `${rule}; ${advice}`, count: group.length, where: isLarger ? `some of ${region}` : region };
    })
    .sort((a, b) => b.count - a.count);
}

export function brokenRuleText({ rule, where }: Pick<BrokenRule, 'rule' | 'where'>): string {
  return where === '' ? rule : `${rule} (${where})`;
}

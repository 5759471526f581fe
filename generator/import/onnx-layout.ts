/** Reshape, transpose, split and select of features of tokens, as changes of their layout; undefined where a layout cannot say it. */
import type { Axis, Layout } from './onnx-values.js';

type Features = Extract<Axis, { of: 'features' }>;

const isFeatures = (axis: Axis): axis is Features => axis.of === 'features';

export function transposedLayout({ axes, offset }: Layout, order: readonly number[]): Layout | undefined {
  if (order.length !== axes.length || new Set(order).size !== axes.length || order.some((i) => axes[i] === undefined)) return undefined;
  return { axes: order.map((i) => axes[i]!), offset };
}

/** One of an axis's features, or one piece of them. */
export function selectedLayout({ axes, offset }: Layout, at: number, first: number, count: number | undefined): Layout | undefined {
  const axis = axes[at];
  if (axis === undefined || !isFeatures(axis) || first < 0 || first + (count ?? 1) > axis.size) return undefined;
  const kept = count === undefined ? [] : [{ ...axis, size: count }];
  return { axes: [...axes.slice(0, at), ...kept, ...axes.slice(at + 1)], offset: offset + first * axis.stride };
}

/** Adjacent features that step on evenly are one axis. */
function merged(features: readonly Features[]): Features[] {
  const out: Features[] = [];
  for (const axis of features) {
    const last = out.at(-1);
    if (last !== undefined && last.stride === axis.size * axis.stride)
      out.splice(-1, 1, { of: 'features', size: last.size * axis.size, stride: axis.stride });
    else out.push(axis);
  }
  return out;
}

/** The same features in axes of other sizes. */
function resized(features: readonly Features[], sizes: readonly number[]): Features[] | undefined {
  const left = merged(features.filter(({ size }) => size !== 1));
  const out: Features[] = [];
  for (const size of [...sizes].reverse()) {
    if (size === 1) {
      out.unshift({ of: 'features', size: 1, stride: 1 });
      continue;
    }
    const last = left.pop();
    if (last === undefined || last.size % size !== 0) return undefined;
    out.unshift({ of: 'features', size, stride: last.stride });
    if (last.size > size) left.push({ of: 'features', size: last.size / size, stride: last.stride * size });
  }
  return left.length === 0 ? out : undefined;
}

/**
 * Sizes as ONNX gives them: 0 keeps the old one, -1 follows from the others, undefined is not known beforehand. Tokens and inputs
 * stand before the features, in both shapes.
 */
export function reshapedLayout({ axes, offset }: Layout, sizes: readonly (number | undefined)[]): Layout | undefined {
  const first = axes.findIndex(isFeatures);
  const features = axes.slice(first).filter(isFeatures);
  if (first < 1 || features.length !== axes.length - first) return undefined;
  const total = features.reduce((product, { size }) => product * size, 1);
  const resolved = sizes.map((size, i) => {
    if (size !== 0) return size;
    const old = axes[i];
    return old !== undefined && isFeatures(old) ? old.size : undefined;
  });
  for (let count = 1; count < resolved.length; count++) {
    const inner = resolved.slice(-count);
    const leading = resolved.length - count;
    if (leading > 2) continue;
    const open = inner.flatMap((size, i) => (size === undefined || size < 0 ? [i] : []));
    const known = inner.reduce<number>((product, size) => product * (size === undefined || size < 0 ? 1 : size), 1);
    if (open.length > 1 || (open.length === 1 ? total % known !== 0 : known !== total)) continue;
    const whole = inner.map((size, i) => (open.includes(i) ? total / known : size!));
    const changed = resized(features, whole);
    if (changed === undefined) return undefined;
    return { axes: [...leadingOf(axes.slice(0, first), leading), ...changed], offset };
  }
  return undefined;
}

/** Inputs and tokens in one axis or in two. */
function leadingOf(old: readonly Axis[], count: number): readonly Axis[] {
  if (old.length === count) return old;
  return count === 1 ? [{ of: 'tokens' }] : [{ of: 'batch' }, { of: 'tokens' }];
}

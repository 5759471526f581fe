/** Charts that reports are made of, as declarations for vega-lite. */
import type { TopLevelSpec } from 'vega-lite';
import { extentOf } from '../util/extent.js';
import type { ChartSpec } from './document.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Colour and legend; bars of one label stand in one row when they differ in it. */
  readonly series: string;
}

const colours = ['#3366a8', '#e0822d', '#4c9a6a', '#b3475d', '#7d62a8', '#8a7a52', '#3c9aa5', '#c0a030', '#6b7684', '#a85fa0', '#a9b2bd'];

/** Horizontal bars, the parts of one label one after the other. */
export function stackedBars(bars: readonly Bar[], title: string, { log = false }: { readonly log?: boolean } = {}): ChartSpec {
  const labels = [...new Set(bars.map(({ label }) => label))];
  const series = [...new Set(bars.map(({ series: name }) => name))];
  return {
    width: 620,
    height: { step: 26 },
    data: { values: bars.map((bar) => ({ ...bar })) },
    mark: { type: 'bar', tooltip: false },
    encoding: {
      y: { field: 'label', type: 'nominal', sort: labels, axis: { title: null } },
      x: {
        field: 'value',
        type: 'quantitative',
        ...(log ? { scale: { type: 'log' } } : {}),
        stack: log ? null : 'zero',
        axis: { title, format: '~s' },
      },
      color: {
        field: 'series',
        type: 'nominal',
        sort: series,
        scale: { domain: series, range: colours.slice(0, series.length) },
        legend: { title: null },
      },
      order: { field: 'place', type: 'quantitative' },
    },
    transform: [{ calculate: `indexof(${JSON.stringify(series)}, datum.series)`, as: 'place' }],
  } satisfies TopLevelSpec;
}

export interface Step {
  readonly label: string;
  /** Share of the whole, 0 .. 1. */
  readonly share: number;
  readonly kind: string;
}

/** Parts of a whole one below the other, each beginning where the one before ends. */
export function waterfall(steps: readonly Step[], title: string): ChartSpec {
  let from = 0;
  const values = steps.map(({ label, share, kind }) => {
    const value = { label, kind, from, to: from + share, text: `${(100 * share).toFixed(1)} %` };
    from += share;
    return value;
  });
  const kinds = [...new Set(steps.map(({ kind }) => kind))];
  const y = { field: 'label', type: 'nominal', sort: steps.map(({ label }) => label), axis: { title: null } } as const;
  return {
    width: 620,
    height: { step: 24 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', tooltip: false },
        encoding: {
          y,
          x: { field: 'from', type: 'quantitative', axis: { title, format: '.0%' }, scale: { domain: [0, 1] } },
          x2: { field: 'to' },
          color: {
            field: 'kind',
            type: 'nominal',
            sort: kinds,
            scale: { domain: kinds, range: colours.slice(0, kinds.length) },
            legend: { title: null },
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 11, tooltip: false },
        encoding: { y, x: { field: 'to', type: 'quantitative' }, text: { field: 'text' } },
      },
    ],
  } satisfies TopLevelSpec;
}

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly series: string;
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  /** Values of y in percent. */
  readonly share?: boolean;
  /** The axis of y begins near the least value, not at zero. */
  readonly fitted?: boolean;
}

/** A line for each series, with its points. */
export function lines(points: readonly Point[], { x, y, logX = false, share = false, fitted = false }: Axes): ChartSpec {
  const series = [...new Set(points.map(({ series: name }) => name))];
  const scale = fitted
    ? fittedScale(
        points.map((point) => point.y),
        false,
        share ? 1 : undefined,
      )
    : { zero: true };
  return {
    width: 620,
    height: 300,
    data: { values: points.map((point) => ({ ...point })) },
    mark: { type: 'line', point: true, tooltip: false },
    encoding: {
      x: { field: 'x', type: 'quantitative', axis: { title: x }, ...(logX ? { scale: { type: 'log' } } : {}) },
      y: { field: 'y', type: 'quantitative', axis: { title: y, format: share ? (fitted ? '.1%' : '.0%') : '~s' }, scale },
      color: {
        field: 'series',
        type: 'nominal',
        sort: series,
        scale: { domain: series, range: colours.slice(0, series.length) },
        legend: { title: null },
      },
    },
  } satisfies TopLevelSpec;
}

/**
 * Scale from a little below the least to a little above the greatest value: a share of the range, in logarithms on a logarithmic
 * axis, which vega would otherwise widen to whole decades; never beyond the greatest that there can be.
 */
export function fittedScale(values: readonly number[], log: boolean, most = Infinity) {
  const type = log ? 'log' : 'linear';
  if (values.length === 0) return log ? ({ type } as const) : ({ type, zero: false } as const);
  const [low, high] = extentOf(values).map((value) => (log ? Math.log(value) : value)) as [number, number];
  // A single value stands in the middle.
  const room = high > low ? 0.06 * (high - low) : log ? 0.1 : Math.max(0.1 * Math.abs(high), 1e-3);
  const domain = [low - room, high + room].map((value) => Math.min(most, log ? Math.exp(value) : value));
  return { type, domain, nice: false, ...(log ? {} : { zero: false }) } as const;
}

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly series: string;
  /** Whether the dot is drawn full. */
  readonly front: boolean;
  /** Whether it is joined with the others of its series. */
  readonly line: boolean;
  /** Address that a click leads to. */
  readonly href?: string;
}

export interface Plane {
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** Greatest value that y can have. */
  readonly mostY?: number | undefined;
}

/** Points of a plane, faint but for those of a front. */
export function frontChart(dots: readonly Dot[], { x, y, logX = false, logY = false, mostY }: Plane): ChartSpec {
  const series = [...new Set(dots.map(({ series: name }) => name))];
  const [xs, ys] = [dots.map((dot) => dot.x), dots.map((dot) => dot.y)];
  const encoding = {
    x: { field: 'x', type: 'quantitative', axis: { title: x, format: '~s', tickCount: 8 }, scale: fittedScale(xs, logX) },
    y: { field: 'y', type: 'quantitative', axis: { title: y, format: '~s', tickCount: 8 }, scale: fittedScale(ys, logY, mostY) },
    color: {
      field: 'series',
      type: 'nominal',
      sort: series,
      scale: { domain: series, range: series.map((_, i) => colours[i % colours.length]!) },
      legend: { title: null },
    },
  } as const;
  const linked = dots.some(({ href }) => href !== undefined) ? ({ ...encoding, href: { field: 'href' } } as const) : encoding;
  return {
    width: 620,
    height: 340,
    data: { values: dots.map((dot) => ({ ...dot })) },
    layer: [
      { mark: { type: 'point', size: 26, opacity: 0.35, tooltip: false }, transform: [{ filter: '!datum.front' }], encoding: linked },
      {
        mark: { type: 'line', opacity: 0.6, tooltip: false },
        transform: [{ filter: 'datum.line' }],
        encoding: { ...encoding, order: { field: 'x' } },
      },
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 1, tooltip: false },
        transform: [{ filter: 'datum.front' }],
        encoding: linked,
      },
    ],
  } satisfies TopLevelSpec;
}

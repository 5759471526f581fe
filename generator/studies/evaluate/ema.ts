/**
 * External memory access per input, against the dense 16-bit baseline on the same inputs; W_S is always counted.
 *
 * 1, 2, 4   a window that so many inputs share, whatever their lengths; W_S spread over `mixInputs` inputs
 * mix       the real inputs in their order, in the windows that the batcher forms by the default policy; W_S spread over them
 * mix32, mixCold   the same over the first 32 windows and over the first one alone
 */
import { batchShapeOf } from '../../batch/batch-shape.js';
import { formWindows, type Window } from '../../batch/form-windows.js';
import { byPolicy, defaultPolicy, type Policy } from '../../contract/codes.js';
import { refuse } from '../../util/errors.js';
import { coldLedger, windowLedger } from '../../golden/ledger.js';
import type { Params } from '../../params/fields.js';
import type { Image } from '../../program/image.js';
import { lengthProblems } from '../../program/fits.js';
import { baselineRowBytes, coldShapes, coldTraffic, windowTraffic } from '../../program/traffic.js';
import { noTraffic, sumTraffic, trafficClasses, type Traffic } from '../../contract/traffic-classes.js';
import { modelFormats } from './formats.js';

export const mixInputs = 1000;
export const emaCases = ['1', '2', '4', 'mix', 'mix32', 'mixCold'] as const;
export type EmaCase = (typeof emaCases)[number];

/** Factors whose product is the ratio of `mix`. */
export interface Chain {
  readonly factorization: number;
  readonly sharing: number;
  readonly coding: number;
  readonly batching: number;
  readonly total: number;
}

export interface EmaReport {
  readonly inputs: number;
  readonly windows: number;
  readonly baselineBytesPerInput: number;
  readonly bytesPerInput: Readonly<Record<EmaCase, number>>;
  readonly ratio: Readonly<Record<EmaCase, number>>;
  /** Ratio of `mix` by every policy, and the windows that it forms. */
  readonly ratioByPolicy: Readonly<Record<Policy, number>>;
  readonly windowsByPolicy: Readonly<Record<Policy, number>>;
  readonly chain: Chain;
  /** Bytes of `mix`, per input. */
  readonly classes: Traffic;
  /** Bytes counted in the image equal those predicted from shapes, in every window. */
  readonly booksAgree: boolean;
}

export function windowsOf(lengths: readonly number[], params: Params, policy: Policy = defaultPolicy): Window[] {
  refuse(lengthProblems(lengths, params));
  return formWindows(lengths, batchShapeOf(params), policy);
}

export function measureEma(image: Image, testLengths: readonly number[], params: Params): EmaReport {
  const { operations } = image.model;
  const lengths = testLengths.slice(0, mixInputs);
  const windows = windowsOf(lengths, params);
  const { rowCrc } = params.port;
  const hardware = { columns: image.columns, busBytes: image.busBytes, rowCrc };
  const cold = coldLedger(image);
  const books = windows.map((window) => {
    const inside = window.map(({ length }) => length);
    const counted = windowLedger(image, inside, rowCrc);
    return { inside, counted, agree: equal(counted, windowTraffic(operations, inside, hardware)) };
  });
  const formats = modelFormats(image.model);
  const baseline = (of: readonly number[]): number => formats.dense.pass + mean(of.map((length) => baselineRowBytes(image.model, length)));
  const first = (count: number) => {
    const some = books.slice(0, count);
    const inside = some.flatMap((book) => book.inside);
    const bytes = some.reduce((sum, { counted }) => sum + sumTraffic(counted), sumTraffic(cold)) / inside.length;
    return { bytes, ratio: baseline(inside) / bytes };
  };
  const passBytes = sumTraffic(windowLedger(image, []));
  const rowBytes = books.reduce((sum, { counted }) => sum + sumTraffic(counted) - passBytes, 0) / lengths.length;
  const coldShare = sumTraffic(cold) / lengths.length;
  const shared = (inputs: number) => {
    const bytes = passBytes / inputs + rowBytes + coldShare;
    return { bytes, ratio: baseline(lengths) / bytes };
  };
  const cases = { 1: shared(1), 2: shared(2), 4: shared(4), mix: first(Infinity), mix32: first(32), mixCold: first(1) };
  const of = <T>(pick: (one: { bytes: number; ratio: number }) => T): Record<EmaCase, T> =>
    Object.fromEntries(emaCases.map((name) => [name, pick(cases[name])])) as Record<EmaCase, T>;
  const windowsByPolicy = byPolicy((policy) => (policy === defaultPolicy ? windows : windowsOf(lengths, params, policy)).length);
  const rows = mean(lengths.map((length) => baselineRowBytes(image.model, length)));
  const unshared = formats.factorizedUnshared.pass + rows;
  const sharedBytes = formats.factorized.pass + formats.factorized.cold / lengths.length + rows;
  return {
    inputs: lengths.length,
    windows: windows.length,
    baselineBytesPerInput: baseline(lengths),
    bytesPerInput: of(({ bytes }) => bytes),
    ratio: of(({ ratio }) => ratio),
    // Windows differ in how often the pass region is read, and in nothing else.
    ratioByPolicy: byPolicy(
      (policy) => baseline(lengths) / ((windowsByPolicy[policy] * passBytes) / lengths.length + rowBytes + coldShare),
    ),
    windowsByPolicy,
    chain: {
      factorization: baseline(lengths) / unshared,
      sharing: unshared / sharedBytes,
      coding: sharedBytes / cases[1].bytes,
      batching: cases[1].bytes / cases.mix.bytes,
      total: cases.mix.ratio,
    },
    classes: perInput([cold, ...books.map(({ counted }) => counted)], lengths.length),
    booksAgree: books.every(({ agree }) => agree) && equal(cold, coldTraffic(coldShapes(image.model), hardware)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function equal(a: Traffic, b: Traffic): boolean {
  return trafficClasses.every((name) => a[name] === b[name]);
}

function perInput(parts: readonly Traffic[], inputs: number): Traffic {
  const sum = noTraffic();
  for (const part of parts) for (const name of trafficClasses) sum[name] += part[name] / inputs;
  return sum;
}

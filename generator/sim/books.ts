/** Bytes and cycles that the chip has counted, against the golden model's ledger, the analytic model and the bench. */
import type { Window } from '../batch/form-windows.js';
import { coldLedger, windowLedger } from '../golden/ledger.js';
import type { MultiplyCounts } from '../golden/multiply-counts.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { peCycleCauses, type PeCycleCause } from '../contract/registers.js';
import type { Image } from '../program/image.js';
import { coldShapes, coldTraffic, windowTraffic } from '../program/traffic.js';
import { noTraffic, sumTraffic, trafficClasses, type Traffic } from '../contract/traffic-classes.js';
import type { Differences } from './differences.js';
import type { Counters, RunReads } from '../host/host-script.js';

/** The three books of one kind of bytes. */
export interface Books {
  readonly rtl: Traffic;
  readonly golden: Traffic;
  readonly analytic: Traffic;
}

export function trafficOf(counters: Counters): Traffic {
  return Object.fromEntries(trafficClasses.map((name) => [name, counters[`${name}Bytes`]])) as Traffic;
}

export function addTraffic(parts: readonly Traffic[]): Traffic {
  const sum = noTraffic();
  for (const part of parts) for (const name of trafficClasses) sum[name] += part[name];
  return sum;
}

export function causesOf(counters: Counters): Readonly<Record<PeCycleCause, number>> {
  return Object.fromEntries(peCycleCauses.map((cause) => [cause, counters[`${cause}PeCycles`]])) as Record<PeCycleCause, number>;
}

/** Books of the cold region, loaded once. */
export function coldBooks(image: Image, counters: Counters): Books {
  const { model, columns, busBytes } = image;
  return { rtl: trafficOf(counters), golden: coldLedger(image), analytic: coldTraffic(coldShapes(model), { columns, busBytes }) };
}

/** Books of all windows of a run. */
export function runBooks(
  image: Image,
  { port: { rowCrc } }: Params,
  windows: readonly Window[],
  lengths: readonly number[],
  counters: Counters,
): Books {
  const { model, columns, busBytes } = image;
  const lengthsOf = (window: Window): number[] => window.map(({ index }) => lengths[index]!);
  return {
    rtl: trafficOf(counters),
    golden: addTraffic(windows.map((window) => windowLedger(image, lengthsOf(window), rowCrc))),
    analytic: addTraffic(windows.map((window) => windowTraffic(model.operations, lengthsOf(window), { columns, busBytes, rowCrc }))),
  };
}

/** Whether the three agree, byte for byte; a disagreement is a problem each. */
export function checkBooks(what: string, { rtl, golden, analytic }: Books, differences: Differences): boolean {
  const wrong = trafficClasses.filter((name) => rtl[name] !== golden[name] || golden[name] !== analytic[name]);
  for (const name of wrong) {
    differences.problem(`${what}, bytes of ${name}: chip ${rtl[name]}, golden ledger ${golden[name]}, analytic ${analytic[name]}`);
  }
  return wrong.length === 0;
}

export interface CounterCase {
  readonly image: Image;
  readonly params: Params;
  readonly windows: readonly Window[];
  readonly lengths: readonly number[];
  readonly counts: MultiplyCounts;
  /** Beats that crossed the port, by the memory model. */
  readonly beats: { readonly read: number; readonly write: number };
}

/** Every counter that has a second source. */
export function checkCounters(
  { image, params, windows, lengths, counts, beats }: CounterCase,
  { cold, run }: RunReads,
  differences: Differences,
): void {
  const must = (what: string, got: number, want: number): void => {
    if (got !== want) differences.problem(`${what} = ${got}: must be ${want}`);
  };
  const { busBytes } = params.port;
  const { lanes } = derive(params);
  must('counter windows', run.windows, windows.length);
  must('counter requests', run.requests, lengths.length);
  must(
    'counter tokens',
    run.tokens,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  must('read beats at the memory', beats.read, cold.readBeats + run.readBeats);
  must('write beats at the memory', beats.write, cold.writeBeats + run.writeBeats);
  must('bytes of the cold beats', sumTraffic(trafficOf(cold)), (cold.readBeats + cold.writeBeats) * busBytes);
  must('bytes of the beats', sumTraffic(trafficOf(run)), (run.readBeats + run.writeBeats) * busBytes);
  must('cold beats', cold.readBeats, image.cold.length / busBytes);
  const causes = causesOf(run);
  must(
    'PE-cycles of all causes',
    peCycleCauses.reduce((sum, cause) => sum + causes[cause], 0),
    run.cycles * lanes * params.array.columns,
  );
  must('multiplies of dense layers', causes.dense, counts.dense);
  must('multiplies of sparse layers', causes.sparse, counts.sparse);
  must('multiplies of attention', causes.attention, counts.attention);
}

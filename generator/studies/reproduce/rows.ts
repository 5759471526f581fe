/** The table: what each mechanism brings, beside the paper's figure, and why they differ. */
import { chipMicrojoulesPerToken } from '../../analytic/energy/estimate.js';
import { turnerBits } from '../../params/sizes.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { microsecondsPerToken } from '../../report/simulation.js';
import type { Measured, MeasuredSubject } from './measure.js';
import { paper } from './paper.js';

export interface Row {
  readonly mechanism: string;
  readonly workload: string;
  readonly paper: string;
  readonly measured: number;
  readonly unit: string;
  /** Why it differs from the paper, or what it is made of. */
  readonly why: string;
  /** Repeats the measurement. */
  readonly command: string;
}

/** Factors of external memory access; the product of the first three is `total`. All counted at the port, on the same inputs. */
export interface Chain {
  /** With shared W_S, everything still in 16 bits. */
  readonly factorization: number;
  readonly coding: number;
  readonly batching: number;
  readonly total: number;
  /** Beside the chain: the dense model in 8 bits instead of 16, and what factorization and coding are over that. */
  readonly dense8: number;
  readonly overDense8: number;
}

const bytesOf = ({ summary }: Measured): number => sumTraffic(summary.emaBytes);
const cyclesOf = ({ summary }: Measured): number => summary.cycles;

export function chainOf({ variants: { dense16, uncoded, dense8, single, packed } }: MeasuredSubject): Chain {
  return {
    factorization: bytesOf(dense16) / bytesOf(uncoded),
    coding: bytesOf(uncoded) / bytesOf(single),
    batching: bytesOf(single) / bytesOf(packed),
    total: bytesOf(dense16) / bytesOf(packed),
    dense8: bytesOf(dense16) / bytesOf(dense8),
    overDense8: bytesOf(dense8) / bytesOf(single),
  };
}

function utilizationGain(after: Measured, before: Measured): number {
  return 100 * (after.summary.utilization.array / before.summary.utilization.array - 1);
}

/** Appends a row of the table. */
type Add = (mechanism: string, figure: string, measured: number, unit: string, why: string) => void;

export function rowsOf(subject: MeasuredSubject, clockMHz: number, command: string): Row[] {
  const rows: Row[] = [];
  const add: Add = (mechanism, figure, measured, unit, why) =>
    void rows.push({ mechanism, workload: subject.name, paper: figure, measured, unit, why, command });
  addChain(subject, add);
  addOtherBaselines(subject, add);
  addCycles(subject, add);
  addUtilization(subject, add);
  addCosts(subject, clockMHz, add);
  return rows;
}

/** Factors of external memory access. */
function addChain(subject: MeasuredSubject, add: Add): void {
  const { single, uniform } = subject.variants;
  const chain = chainOf(subject);
  add(
    'factorization, shared W_S',
    paper.none,
    chain.factorization,
    'x less EMA',
    'uncoded: values and row indices of W_D and numbers of W_S in 16 bits each, like the dense weights; W_S loaded once, counted',
  );
  add(
    'coding',
    paper.none,
    chain.coding,
    'x less EMA',
    'the same numbers: W_D in values of 6 bits and index codes, W_S in codes of 4 bits, dense layers in bytes',
  );
  add(
    'dynamic batching, uniform',
    paper.none,
    bytesOf(single) / bytesOf(uniform),
    'x less EMA',
    'inputs of one length class share a pass over the weights',
  );
  add('dynamic batching, packed', paper.none, chain.batching, 'x less EMA', 'any inputs whose slices fit share a pass');
  add(
    'all mechanisms',
    paper.ema,
    chain.total,
    'x less EMA',
    "other models and other lengths than the paper's; counted at the port, load included",
  );
  add(
    'beside the chain: dense in 8 bits',
    paper.none,
    chain.dense8,
    'x less EMA',
    'the uncompressed model in containers of 8 bits instead of 16',
  );
  add(
    'beside the chain: factorization and coding over that',
    paper.none,
    chain.overDense8,
    'x less EMA',
    'the compressed model, one input per window, against the dense one in bytes',
  );
}

/** The same bytes against what else could be called dense, and with the load all on one window. */
function addOtherBaselines({ variants: { packed } }: MeasuredSubject, add: Add): void {
  add(
    'all mechanisms, formula baseline',
    paper.ema,
    packed.baseline / bytesOf(packed),
    'x less EMA',
    'against 16-bit weights and parameters of the same layers, without the padding of a port',
  );
  add(
    'all mechanisms, one cold window',
    paper.none,
    packed.coldWindowBaseline / packed.coldWindowBytes,
    'x less EMA',
    'the load of the model falls on the first window alone',
  );
}

function addCycles({ variants: { dense16, dense8, single, uniform, packed } }: MeasuredSubject, add: Add): void {
  add(
    'factorization',
    paper.none,
    cyclesOf(dense8) / cyclesOf(single),
    'x fewer cycles',
    'fewer multiplies; the same array, one input per window',
  );
  add(
    'dynamic batching, uniform',
    paper.none,
    cyclesOf(single) / cyclesOf(uniform),
    'x throughput',
    'a window takes almost as long with four inputs as with one',
  );
  add(
    'dynamic batching, packed',
    paper.none,
    cyclesOf(single) / cyclesOf(packed),
    'x throughput',
    'a window takes almost as long with four inputs as with one',
  );
  add(
    'all mechanisms',
    paper.none,
    cyclesOf(dense16) / cyclesOf(packed),
    'x fewer cycles',
    'over the uncompressed model on the same array',
  );
}

function addUtilization({ params, variants: { single, packed, oneDirection, lateTurns } }: MeasuredSubject, add: Add): void {
  const { summary } = packed;
  add(
    'dynamic batching',
    paper.batching,
    summary.utilization.useful / single.summary.utilization.useful,
    'x useful utilization',
    'depends on how much of its window an input fills',
  );
  add(
    'two-direction register file',
    paper.registerFile,
    utilizationGain(packed, oneDirection),
    '% array utilization',
    `over one direction, whose tiles are turned ahead of the array by ${turnerBits(params)} flip-flops; activations are column words, so only values and token rows need both`,
  );
  add(
    'two-direction register file, turns not hidden',
    paper.registerFile,
    utilizationGain(packed, lateTurns),
    '% array utilization',
    'over one direction whose array waits while values are turned',
  );
  add('array utilization before', paper.none, 100 * single.summary.utilization.array, '%', 'one input per window, everything included');
  add('array utilization after', paper.none, 100 * summary.utilization.array, '%', 'packed windows, everything included');
  add('useful utilization before', paper.none, 100 * single.summary.utilization.useful, '%', 'pays for lanes without a token too');
  add('useful utilization after', paper.none, 100 * summary.utilization.useful, '%', 'pays for lanes without a token too');
}

/** Time and energy per token. */
function addCosts({ variants: { dense16, packed } }: MeasuredSubject, clockMHz: number, add: Add): void {
  const { summary } = packed;
  add(
    'latency',
    paper.latency,
    microsecondsPerToken(summary, clockMHz),
    'us/token',
    `${clockMHz} MHz, another technology and other models than the paper's`,
  );
  add(
    'energy of the chip, estimate',
    paper.energy,
    chipMicrojoulesPerToken(packed.energy, summary.tokens),
    'uJ/token',
    '45 nm literature values; no clock tree, wires or leakage',
  );
  for (const [kind, picojoules] of Object.entries(packed.energy.external)) {
    add(
      `energy of ${kind}, estimate`,
      paper.none,
      picojoules / summary.tokens / 1e6,
      'uJ/token',
      `${(dense16.energy.external[kind]! / dense16.summary.tokens / 1e6).toFixed(2)} uJ/token for the uncompressed model`,
    );
  }
}

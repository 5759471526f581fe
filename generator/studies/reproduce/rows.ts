/** The table: what each mechanism brings, beside the paper's figure, and why they differ. */
import { chipMicrojoulesPerToken } from '../../analytic/energy/estimate.js';
import { turnerBits } from '../../params/sizes.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { microsecondsPerToken } from '../../report/simulation.js';
import { defaultPolicy, type Policy } from '../../contract/codes.js';
import { load, policyLines } from './ablation.js';
import type { Measured, SubjectMeasurements } from './measure.js';
import { paper } from './paper.js';

export interface Row {
  readonly mechanism: string;
  readonly workload: string;
  readonly paper: string;
  readonly measured: number;
  readonly unit: string;
  /** Policy of the windows that the figure is of. */
  readonly policy: Policy;
  /** Why it differs from the paper, or what it is made of. */
  readonly why: string;
  /** Repeats the measurement. */
  readonly command: string;
}

/** Factors of external memory access; the product of the first three is `total`. All counted at the port, on the same inputs. */
export interface Chain {
  /** Factor with shared W_S, everything still in 16 bits. */
  readonly factorization: number;
  readonly coding: number;
  readonly batching: number;
  readonly total: number;
  /** Factors beside the chain: the dense model in 8 bits instead of 16, and what factorization and coding are over that. */
  readonly dense8: number;
  readonly overDense8: number;
}

const bytesOf = ({ summary }: Measured): number => sumTraffic(summary.emaBytes);
const cyclesOf = ({ summary }: Measured): number => summary.cycles;

export function chainOf({ variants }: SubjectMeasurements): Chain {
  const { dense16, uncoded, dense8, single, [defaultPolicy]: batched } = variants;
  return {
    factorization: bytesOf(dense16) / bytesOf(uncoded),
    coding: bytesOf(uncoded) / bytesOf(single),
    batching: bytesOf(single) / bytesOf(batched),
    total: bytesOf(dense16) / bytesOf(batched),
    dense8: bytesOf(dense16) / bytesOf(dense8),
    overDense8: bytesOf(dense8) / bytesOf(single),
  };
}

function utilizationGain(after: Measured, before: Measured): number {
  return 100 * (after.summary.utilization.array / before.summary.utilization.array - 1);
}

const policyWords: Readonly<Record<Policy, string>> = {
  single: 'one input per window',
  uniform: "the paper's: inputs of one length class share a window, 1, 2 or 4",
  packed: 'any inputs whose slices fit share a window',
  tokens: 'inputs lie behind each other in slices, as many as fit',
};

/** Appends a row of the table. */
type Add = (mechanism: string, figure: string, measured: number, unit: string, policy: Policy, why: string) => void;
type Lines = ReturnType<typeof policyLines>;

export function rowsOf(subject: SubjectMeasurements, clockMHz: number, command: string): Row[] {
  const rows: Row[] = [];
  const add: Add = (mechanism, figure, measured, unit, policy, why) =>
    void rows.push({ mechanism, workload: subject.name, paper: figure, measured, unit, policy, why, command });
  const lines = policyLines(subject.variants, subject.waits, clockMHz);
  addChain(subject, lines, add);
  addOtherBaselines(subject, add);
  addCycles(subject, lines, add);
  addUtilization(subject, lines, clockMHz, add);
  addCosts(subject, clockMHz, add);
  return rows;
}

/** Factors of external memory access. */
function addChain(subject: SubjectMeasurements, lines: Lines, add: Add): void {
  const chain = chainOf(subject);
  add(
    'factorization, shared W_S',
    paper.none,
    chain.factorization,
    'x less EMA',
    'single',
    'uncoded: values and row indices of W_D and numbers of W_S in 16 bits each, like the dense weights; W_S loaded once, counted',
  );
  add(
    'coding',
    paper.none,
    chain.coding,
    'x less EMA',
    'single',
    'the same numbers: W_D in values of 6 bits and index codes, W_S in codes of 4 bits, dense layers in bytes',
  );
  for (const { policy, lessBytes } of lines.filter((line) => line.policy !== 'single'))
    add(`dynamic batching, ${policy}`, paper.none, lessBytes, 'x less EMA', policy, policyWords[policy]);
  add(
    'all mechanisms',
    paper.ema,
    chain.total,
    'x less EMA',
    defaultPolicy,
    "other models and other lengths than the paper's; counted at the port, load included",
  );
}

/** The same bytes against what else could be called dense, and with the load all on one window. */
function addOtherBaselines(subject: SubjectMeasurements, add: Add): void {
  const chain = chainOf(subject);
  const { [defaultPolicy]: batched } = subject.variants;
  add(
    'beside the chain: dense in 8 bits',
    paper.none,
    chain.dense8,
    'x less EMA',
    'single',
    'the uncompressed model in containers of 8 bits instead of 16',
  );
  add(
    'beside the chain: factorization and coding over that',
    paper.none,
    chain.overDense8,
    'x less EMA',
    'single',
    'the compressed model, one input per window, against the dense one in bytes',
  );
  add(
    'all mechanisms, formula baseline',
    paper.ema,
    batched.baseline / bytesOf(batched),
    'x less EMA',
    defaultPolicy,
    'against 16-bit weights and parameters of the same layers, without the padding of a port',
  );
  add(
    'all mechanisms, one cold window',
    paper.none,
    batched.coldWindowBaseline / batched.coldWindowBytes,
    'x less EMA',
    defaultPolicy,
    'the load of the model falls on the first window alone',
  );
}

function addCycles({ variants }: SubjectMeasurements, lines: Lines, add: Add): void {
  const { dense16, dense8, single, [defaultPolicy]: batched } = variants;
  const { summary } = batched;
  add(
    'factorization',
    paper.none,
    cyclesOf(dense8) / cyclesOf(single),
    'x fewer cycles',
    'single',
    'fewer multiplies; the same array, one input per window',
  );
  for (const { policy, throughput } of lines.filter((line) => line.policy !== 'single'))
    add(
      `dynamic batching, ${policy}`,
      paper.none,
      throughput,
      'x throughput',
      policy,
      'a window takes almost as long with many inputs as with one',
    );
  add(
    'all mechanisms',
    paper.none,
    cyclesOf(dense16) / cyclesOf(batched),
    'x fewer cycles',
    defaultPolicy,
    'over the uncompressed model on the same array',
  );
  add(
    'dynamic batching',
    paper.batching,
    summary.utilization.useful / single.summary.utilization.useful,
    'x useful utilization',
    defaultPolicy,
    'depends on how much of its window an input fills',
  );
}

function addUtilization({ params, variants }: SubjectMeasurements, lines: Lines, clockMHz: number, add: Add): void {
  const { packed, oneDirection, lateTurns } = variants;
  add(
    'two-direction register file',
    paper.registerFile,
    utilizationGain(packed, oneDirection),
    '% array utilization',
    'packed',
    `over one direction, whose tiles are turned ahead of the array by ${turnerBits(params)} flip-flops; activations are column words, so only values and token rows need both`,
  );
  add(
    'two-direction register file, turns not hidden',
    paper.registerFile,
    utilizationGain(packed, lateTurns),
    '% array utilization',
    'packed',
    'over one direction whose array waits while values are turned',
  );
  for (const { policy, arrayUtilization, usefulUtilization } of lines) {
    const why = `${policyWords[policy]}; everything included`;
    add(`array utilization, ${policy}`, paper.none, 100 * arrayUtilization, '%', policy, why);
    add(
      `useful utilization, ${policy}`,
      paper.none,
      100 * usefulUtilization,
      '%',
      policy,
      "pays for lanes without a token and for other inputs' keys too",
    );
  }
  for (const { policy, p50, p99 } of lines) {
    const why = `requests at random, at ${100 * load} % of what single could serve, ${clockMHz} MHz, by the request model`;
    if (p50 !== undefined) add(`latency of a request, median, ${policy}`, paper.none, p50, 'us', policy, why);
    if (p99 !== undefined) add(`latency of a request, 99 %, ${policy}`, paper.none, p99, 'us', policy, why);
  }
}

/** Time and energy per token. */
function addCosts({ variants }: SubjectMeasurements, clockMHz: number, add: Add): void {
  const { dense16, [defaultPolicy]: batched } = variants;
  const { summary } = batched;
  add(
    'latency',
    paper.latency,
    microsecondsPerToken(summary, clockMHz),
    'us/token',
    defaultPolicy,
    `${clockMHz} MHz, another technology and other models than the paper's`,
  );
  add(
    'energy of the chip, estimate',
    paper.energy,
    chipMicrojoulesPerToken(batched.energy, summary.tokens),
    'uJ/token',
    defaultPolicy,
    '45 nm literature values; no clock tree, wires or leakage',
  );
  for (const [kind, picojoules] of Object.entries(batched.energy.external)) {
    add(
      `energy of ${kind}, estimate`,
      paper.none,
      picojoules / summary.tokens / 1e6,
      'uJ/token',
      defaultPolicy,
      `${(dense16.energy.external[kind]! / dense16.summary.tokens / 1e6).toFixed(2)} uJ/token for the uncompressed model`,
    );
  }
}

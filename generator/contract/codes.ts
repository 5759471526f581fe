/** Numbers that units of the hardware exchange with each other, and the bench with its script. */

/** What the array works on, in the order of the numbers: attention is every mode from `scores` on. */
export const arrayModes = ['project', 'expand', 'dense', 'scores', 'values'] as const;

/** What NORM does with R before gamma and beta: LayerNorm, RMSNorm, or nothing. */
export const normKinds = ['layer', 'rms', 'plain'] as const;
export type NormKind = (typeof normKinds)[number];
export const normTitles: Readonly<Record<NormKind, string>> = { layer: 'LayerNorm', rms: 'RMSNorm', plain: 'neither' };

/** Memories that an instruction writes and reads, in the order of the codes in its word. */
export const destinations = ['X', 'H', 'Q', 'K', 'V', 'Rset', 'Radd'] as const;
export const sources = ['X', 'H'] as const;
export type Destination = (typeof destinations)[number];
export type Source = (typeof sources)[number];

/** Clients of the memory port by their numbers; when several ask, the highest number goes first. */
export const readClients = ['coldLoader', 'streamReader', 'rows', 'batcher'] as const;
export const writeClients = ['rows', 'batcher'] as const;

/** badLength, RING_LOG2 or readBeats as C and Verilog write a constant: BAD_LENGTH, RING_LOG2, READ_BEATS. */
export function constantName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** "0 rows, 1 batcher" of the names in a table. */
export function codeList(names: readonly string[]): string {
  return names.map((name, code) => `${code} ${name}`).join(', ');
}

/** How the batcher fills a window, docs/chip.md "Forming windows"; the number is that of CONTROL.policy. */
export const policies = ['single', 'uniform', 'packed', 'tokens'] as const;
export type Policy = (typeof policies)[number];

export function byPolicy<T>(of: (policy: Policy) => T): Record<Policy, T> {
  return Object.fromEntries(policies.map((policy) => [policy, of(policy)])) as Record<Policy, T>;
}

/** Policy of those who name none. */
export const defaultPolicy: Policy = 'tokens';

/** What the decoder of sections gives out, one item a cycle; only benches number them. */
export const streamItems = ['bias', 'expand', 'pair', 'dense'] as const;
export type StreamItem = (typeof streamItems)[number];

/** What the bench of the sequencer watches, in the order in which it looks at events of one cycle. */
export const sequencerEvents = [
  'normStart',
  'softmaxClear',
  'softmaxStart',
  'rowsStart',
  'done',
  'bad',
  'section',
  'bias',
  'issue',
  'end',
] as const;
export type SequencerEvent = (typeof sequencerEvents)[number];

/** Steps of a host's script, testbench/chip_tb.v. */
export const hostSteps = ['end', 'write', 'read', 'poll', 'interrupt', 'expect', 'pause'] as const;
export type HostStepName = (typeof hostSteps)[number];

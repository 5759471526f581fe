/** Order and index codes of sparse columns, docs/stream.md "Index codes". */
import { UserError } from '../../util/errors.js';
import { sparseLimit } from '../../contract/limits.js';
import type { ExpandOperation } from './fields.js';

export const maxIndexBits = 12;

/** Code of step n of output j: distance in its bank to the same column's previous entry there, minus one. */
export function indexCode(expand: Pick<ExpandOperation, 'rows' | 'outer'>, n: number, j: number, columns: number): number {
  const address = Math.floor(expand.rows[n * expand.outer + j]! / columns);
  const before = n < columns ? -1 : Math.floor(expand.rows[(n - columns) * expand.outer + j]! / columns);
  return address - before - 1;
}

/** The smallest width, at least 1, that codes every index without new fillers. */
export function chooseIndexBits(expand: Pick<ExpandOperation, 'rows' | 'outer' | 'k'>, columns: number): number {
  let largest = 1;
  for (let n = 0; n < expand.k; n++) {
    for (let j = 0; j < expand.outer; j++) largest = Math.max(largest, indexCode(expand, n, j, columns));
  }
  return 32 - Math.clz32(largest);
}

/** What breaks the contract of rows and values for this number of columns; empty when nothing does. */
export function supportProblems(expand: ExpandOperation, columns: number, where: string): string[] {
  const { rows, values, k, outer, rank, indexBits, wide } = expand;
  if (rows.length !== k * outer || values.length !== k * outer) {
    return [`${where}: has ${rows.length} rows and ${values.length} values; k * outer = ${k * outer} of each are needed`];
  }
  for (let n = 0; n < k; n++) {
    for (let j = 0; j < outer; j++) {
      const row = rows[n * outer + j]!;
      const value = values[n * outer + j]!;
      const at = `${where}.rows[${n}, ${j}] = ${row}`;
      if (row < 0 || row >= rank) return [`${at}: must be 0 .. ${rank - 1}`];
      if (row % columns !== ((j % columns) + n) % columns) {
        return [`${at}: must lie in bank ${((j % columns) + n) % columns} of ${columns}`];
      }
      const code = indexCode(expand, n, j, columns);
      if (code < 0) return [`${at}: must be above the column's previous row in the bank`];
      if (!wide && code >= 2 ** indexBits) return [`${at}: index code ${code} does not fit indexBits = ${indexBits}; raise it`];
      if (Math.abs(value) > sparseLimit) return [`${where}.values[${n}, ${j}] = ${value}: must be ${-sparseLimit} .. ${sparseLimit}`];
    }
  }
  return [];
}

/**
 * The same columns in the order for fewer banks. The bank of a step stays right because `toBanks` divides
 * `fromBanks`; only the entries that now share a bank (steps n, n + toBanks, ...) are sorted by row.
 */
export function rebalance(expand: ExpandOperation, fromBanks: number, toBanks: number): ExpandOperation {
  if (fromBanks % toBanks !== 0) {
    const fitting = Array.from({ length: 5 }, (_, log) => 2 ** (log + 1)).filter((columns) => fromBanks % columns === 0);
    throw new UserError([
      `array.columns = ${toBanks}: must divide the ${fromBanks} banks that the model is made for; make one by train or compress with --banks ${toBanks}${fitting.length > 0 ? `, or choose ${fitting.join(', ')}` : ''}`,
    ]);
  }
  if (fromBanks === toBanks) return expand;
  const { k, outer } = expand;
  const rows = new Int32Array(expand.rows.length);
  const values = new Int8Array(expand.values.length);
  for (let j = 0; j < outer; j++) {
    for (let first = 0; first < Math.min(k, toBanks); first++) {
      const steps = [];
      for (let n = first; n < k; n += toBanks) steps.push(n * outer + j);
      const sorted = [...steps].sort((a, b) => expand.rows[a]! - expand.rows[b]!);
      steps.forEach((to, i) => {
        rows[to] = expand.rows[sorted[i]!]!;
        values[to] = expand.values[sorted[i]!]!;
      });
    }
  }
  return { ...expand, rows, values, indexBits: expand.wide ? 0 : chooseIndexBits({ rows, outer, k }, toBanks) };
}

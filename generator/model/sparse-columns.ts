/**
 * Sparse columns under the bank rule of docs/numerics.md eq. 5.
 *
 * Shapes    rows int32[k * columns], values float[k * columns]: step n of column j at n * columns + j
 * Contract  rows[n, j] mod banks = (phase[j] + n) mod banks; rows rise within one (column, bank).
 *           phase[j] is j mod banks of the column's place in its own matrix. banks = 1 is the unbalanced support.
 */
export interface SparseColumns {
  readonly k: number;
  readonly columns: number;
  readonly rank: number;
  readonly banks: number;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** Multiply-accumulates of real tokens: codebook and dense layers, sparse layers, Q.K and P.V over all key pairs. */
export interface MultiplyCounts {
  dense: number;
  sparse: number;
  attention: number;
}

/** Ranges that parameters, checks of programs, compression and units share; each stands here alone. */

export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** The s of equation 2 of docs/numerics.md. */
export const requantShift: Limits = { min: 1, max: 40 };

/** The s2 of ATTEND: what values of a head are shifted by beside their reciprocal (eq. 19). */
export const valueShift: Limits = { min: 0, max: 20 };

/** Largest shift of a bias that equation 3 of docs/numerics.md allows: 2^(7 + 23) < 2^31. */
export const biasShiftMax = 23;

/** Features of a checkpoint; what hardware computes has no more than modelWidth. */
export const checkpointWidth: Limits = { min: 4, max: 4096 };

/** Most W_S matrices that a chip holds. */
export const mostMatrices = 8;

/** Features of a model, and so of a norm: at most so many that equations 11 to 13 stay exact in a double (generator/golden/layer-norm.ts). */
export const modelWidth: Limits = { min: 4, max: 2048 };

/** Ranks of a factorization. */
export const factorRank: Limits = { min: 4, max: 2048 };

/** Most slices of an array. */
export const mostSlices = 4;

/** The s of LOAD: rows are multiplied by 2^s on their way to R (eq. 10). */
export const loadShift: Limits = { min: 0, max: 8 };

/** Windows in which the queue may pass a request over. */
export const passOver: Limits = { min: 1, max: 255 };

/** Largest magnitude of a value of W_D (eq. 5 of docs/numerics.md). */
export const sparseLimit = 31;

/** Bytes of a beat that an image may be read in; hardware takes fewer (port.busBytes). */
export const imageBusBytes: Limits = { min: 4, max: 4096 };

/**
 * Constant tables of the arithmetic, derived here once; golden kernels and emitters both read them.
 *
 * Rounding  half up of the exact real value; no entry is a tie
 */
const roundHalfUp = (value: number): number => Math.floor(value + 0.5);

/** Eq. 12, index u; 1/sqrt of (u + 1/2)/512 in UQ1.11; entries below 128 never occur and are 0. */
export const rsqrtTable: Uint16Array = Uint16Array.from({ length: 512 }, (_, u) =>
  u < 128 ? 0 : roundHalfUp(2 ** 11 / Math.sqrt((u + 0.5) / 512)),
);

/** Eq. 17, index q; 127 * 2^(-q/32) in UQ7.8. */
export const expTable: Uint16Array = Uint16Array.from({ length: 32 }, (_, q) => roundHalfUp(127 * 2 ** 8 * 2 ** (-q / 32)));

/** Eq. 18, index w - 256; 1/(w + 1/2) in units of 2^-18. */
export const recipTable: Uint16Array = Uint16Array.from({ length: 256 }, (_, i) => roundHalfUp(2 ** 18 / (i + 256.5)));

/**
 * Activations between the two feed-forward layers. The hardware has one table of 256 entries per model, so that any function of
 * one number costs the same; those of this list are computed by the float model and by training, and come in from other sources.
 */
export const activationNames = ['gelu', 'relu', 'silu', 'gelu_tanh', 'quick_gelu'] as const;
export type ActivationName = (typeof activationNames)[number];

/** x / (1 + e^-(linear x + cubic x^3)) */
export interface Gate {
  readonly linear: number;
  readonly cubic: number;
}

/** 1 + tanh(u) = 2 / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3) */
const tanhScale = 2 * Math.sqrt(2 / Math.PI);

const gates: Readonly<Record<Exclude<ActivationName, 'gelu' | 'relu'>, Gate>> = {
  silu: { linear: 1, cubic: 0 },
  quick_gelu: { linear: 1.702, cubic: 0 },
  gelu_tanh: { linear: tanhScale, cubic: tanhScale * 0.044715 },
};

/** Gate of an activation that is one; undefined for those that are computed otherwise. */
export function gateOf(kind: ActivationName): Gate | undefined {
  return kind === 'gelu' || kind === 'relu' ? undefined : gates[kind];
}

/** Magnitude below whose negative the result is almost zero: more range there would be wasted. None for ReLU, which needs no negative range. */
export const negativeRange: Readonly<Record<ActivationName, number>> = { gelu: 3, relu: 0, silu: 7, gelu_tanh: 3, quick_gelu: 4 };

export function activate(kind: ActivationName, x: number): number {
  if (kind === 'relu') return Math.max(0, x);
  const gate = gateOf(kind);
  return gate === undefined ? x * normalDistribution(x) : x / (1 + Math.exp(-x * (gate.linear + gate.cubic * x * x)));
}

/** Phi(x) by Abramowitz and Stegun 7.1.26, error below 1e-6: what the training kernels compute. */
function normalDistribution(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const tail = 0.5 * p * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}

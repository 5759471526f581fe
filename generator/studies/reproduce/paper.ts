/** What the paper reports of its mechanisms: Moon et al., "T-REX", ISSCC 2025, paper 23.1, arXiv:2503.00322. */
export const paper = {
  none: 'not published here',
  /** External memory access, all mechanisms together. */
  ema: '31 - 65.9x less',
  /** Utilization with dynamic batching over that without. */
  batching: '1.2 - 3.4x',
  registerFile: '+12 - 20 %',
  latency: '68 - 567 us/token in 16 nm',
  energy: '0.41 - 3.95 uJ/token in 16 nm',
} as const;

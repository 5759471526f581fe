/** What a point is measured by. */
export interface Objective {
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** Greatest value that there can be. */
  readonly most?: number;
  readonly doc: string;
}

export const objectives = {
  accuracy: { unit: '%', better: 'higher', most: 100, doc: 'scored labels that are right, validation split' },
  ema: { unit: 'bytes an input', better: 'lower', doc: 'over the memory port, W_S and program spread over 1,000 inputs' },
  emaRatio: { unit: 'x', better: 'higher', doc: 'bytes of the 16-bit dense baseline for the same inputs over ema' },
  cycles: { unit: 'cycles', better: 'lower', doc: 'of the run, from the first request to the last completion' },
  utilization: { unit: 'share', better: 'higher', most: 1, doc: 'of the PE-cycles of occupied lanes that multiply' },
  usefulUtilization: { unit: 'share', better: 'higher', most: 1, doc: 'of all PE-cycles that multiply for a real token' },
  area: {
    unit: 'gate equivalents',
    better: 'lower',
    doc: 'logic in two-input NAND gates without memories, estimated, or counted by synthesis; for an FPGA counted in LUT',
  },
  memoryBits: { unit: 'bits', better: 'lower', doc: 'of all memories' },
} as const satisfies Record<string, Objective>;

export type ObjectiveName = keyof typeof objectives;
export const objectiveNames = Object.keys(objectives) as readonly ObjectiveName[];

/** What could be measured; a published shape has no accuracy. */
export type Objectives = { readonly [N in ObjectiveName]?: number };

/** W_S and the program are loaded once for so many inputs. */
export const inputsOfLoad = 1000;

/** The same with larger always worse; what is missing is worst. */
export function cost(name: ObjectiveName, values: Objectives): number {
  const value = values[name];
  if (value === undefined) return Infinity;
  return objectives[name].better === 'lower' ? value : -value;
}

/** Logarithm of what is better lower: a factor weighs the same everywhere, and no decade is a corner. */
export function scaledCost(name: ObjectiveName, values: Objectives): number {
  const value = cost(name, values);
  return value > 0 ? Math.log(value) : value;
}

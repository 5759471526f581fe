/** Rules that the fields of several operations keep; every problem is collected. */
import { fieldLargest, mostFeatures } from '../contract/isa.js';
import { requantShift } from '../contract/limits.js';
import type { Requant } from './types.js';

/** What an operation's fields are checked against. */
interface Surroundings {
  readonly matrices: readonly { readonly inner: number; readonly rank: number }[];
  readonly table: Int8Array | undefined;
}

export class FieldChecks {
  readonly problems: string[] = [];
  /** What is checked now; empty for the model itself. */
  path = '';
  /** Ranks that the latest projection makes. */
  projected: number | undefined;

  constructor(
    readonly model: Surroundings,
    readonly columns: number,
  ) {}

  /** A problem of a field of what `path` names, or of all of it when the field is empty. */
  report(field: string, value: number | string, rule: string): void {
    this.problems.push(`${[this.path, field].filter((part) => part !== '').join('.')} = ${value}: ${rule}`);
  }

  range(field: string, value: number, low: number, high: number): void {
    if (!Number.isInteger(value) || value < low || value > high) this.report(field, value, `must be an integer in ${low} .. ${high}`);
  }

  requant(field: string, { m, s }: Requant): void {
    this.range(`${field}.m`, m, 0, fieldLargest('m'));
    this.shift(`${field}.s`, s);
  }

  shift(field: string, s: number): void {
    this.range(field, s, requantShift.min, requantShift.max);
  }

  length(field: string, actual: number, wanted: number): void {
    if (actual !== wanted) this.report(`${field}.length`, actual, `must be ${wanted}`);
  }

  place(base: number, width: number): void {
    this.range('base', base, 0, mostFeatures);
    if (base + width > mostFeatures + 1) this.report('base', base, `base + width must stay within ${mostFeatures + 1}`);
  }

  accumulator(depth: number, biasShift: number): void {
    this.range('biasShift', biasShift, 0, fieldLargest('biasShift'));
    if (depth * 2 ** 14 + 2 ** (7 + biasShift) >= 2 ** 31) {
      this.report('biasShift', biasShift, `with ${depth} products the accumulator could overflow, eq. 3; make one smaller`);
    }
  }
}

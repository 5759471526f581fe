/** What differs between the chip and the golden model, in the order in which it was found. */

export interface Difference {
  readonly window: number;
  /** Position in the program. */
  readonly instruction: number;
  /** Plane of docs/architecture.md, or `out` for a stored output. */
  readonly plane: string;
  /** Number of the request in the run. */
  readonly request: number;
  readonly token: number;
  readonly feature: number;
  readonly got: number | string;
  readonly want: number;
  /** Cycle in which the word was stored; 0 when it is not known. */
  readonly cycle: number;
}

/** Number of differences that are kept of each kind; all are counted. */
const kept = 20;

export class Differences {
  readonly list: Difference[] = [];
  readonly problems: string[] = [];
  valuesCompared = 0;
  /** Values that differ. */
  mismatches = 0;
  /** How many problems there are, of which the first are in the list. */
  problemCount = 0;

  counted(values = 1): void {
    this.valuesCompared += values;
  }

  add(difference: Difference): void {
    this.mismatches++;
    if (this.list.length < kept) this.list.push(difference);
  }

  /** Anything else that is wrong. */
  problem(text: string): void {
    this.problemCount++;
    if (this.problems.length < kept) this.problems.push(text);
  }

  /** How often something was wrong, values and all else. */
  get count(): number {
    return this.mismatches + this.problemCount;
  }
}

/** What a report says, free of how it looks: sections of blocks, rendered by html.ts. */

/** A chart in the language of vega-lite, whose types are not named here: that package is optional, ours must compile without it. */
export type ChartSpec = object;

export type Tone = 'good' | 'bad' | 'plain';

export interface Card {
  /** SVG of our own making. */
  readonly picture?: string;
  readonly lines: readonly string[];
  readonly tone: Tone;
}

/** A vertical axis of parallel coordinates; 0 is its lower end. */
export interface ParallelAxis {
  readonly title: string;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Row of a table whose point has no line, because it was not measured or because there are too many. */
export interface PlacedRow {
  readonly row: string;
  /** Place on every axis, 0 .. 1; undefined where it has no value there. */
  readonly at: readonly (number | undefined)[];
}

export interface ParallelLine {
  /** Row of a table that shows the same. */
  readonly row: string;
  readonly at: readonly number[];
  readonly front: boolean;
}

/** Name of the row of a point in the report, which an address ends with to unfold it. */
export function rowAnchor(row: string): string {
  return `point-${row}`;
}

/** What a click on a row unfolds. */
export interface RowDetail {
  readonly row: string;
  readonly text: string;
  /** Paths from the report. */
  readonly links?: readonly string[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string; readonly tone: Tone }
  /** Figures with their names, the most important first. */
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  /** Columns after the first are aligned to the right. Sortable: a click on a head sorts by it. */
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      readonly caption?: string;
      readonly sortable?: boolean;
      /** One for each row. */
      readonly details?: readonly RowDetail[];
    }
  | {
      readonly kind: 'parallel';
      readonly axes: readonly ParallelAxis[];
      readonly lines: readonly ParallelLine[];
      readonly others: readonly PlacedRow[];
      readonly caption: string;
    }
  | { readonly kind: 'chart'; readonly spec: ChartSpec; readonly caption: string }
  | { readonly kind: 'picture'; readonly svg: string; readonly caption: string }
  | { readonly kind: 'cards'; readonly cards: readonly Card[]; readonly caption?: string }
  | { readonly kind: 'code'; readonly text: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Document {
  readonly title: string;
  /** One line below the title. */
  readonly subtitle: string;
  readonly sections: readonly Section[];
}

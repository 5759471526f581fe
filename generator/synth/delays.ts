/** Delays of the cells of a family, as longest-path.ts reads them; nanoseconds. */
import type { NetlistCell } from './netlist.js';

/** A delay, and where it is from: a document, a report of a tool, or the word "assumed". */
export interface Delay {
  readonly ns: number;
  readonly source: string;
}

/** A path through a cell without a register, from every bit of one port to every bit of another unless `bits` says which. */
export interface Arc {
  readonly from: string;
  readonly to: string;
  readonly ns: number;
  readonly bits?: (from: number, to: number) => boolean;
}

export interface CellDelays {
  readonly arcs?: readonly Arc[];
  /** Ports whose bits appear so long after the clock edge. */
  readonly launches?: Readonly<Record<string, number>>;
  /** Ports that must be stable so long before the clock edge. */
  readonly setups?: Readonly<Record<string, number>>;
  /** Ports that lie beside what drives them: no net is counted there when the driver is of one of these types. */
  readonly beside?: Readonly<Record<string, RegExp>>;
}

export interface DelayTable {
  /** Device and speed grade. */
  readonly device: string;
  /** Every entry of the table by name. */
  readonly entries: Readonly<Record<string, Delay>>;
  /** Delay of a net between cells that do not lie beside each other. */
  readonly netNs: number;
  /** Delays of a cell; undefined for one that the table does not know. */
  cell(cell: NetlistCell): CellDelays | undefined;
}

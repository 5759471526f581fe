/** What a placed and routed design takes, and how fast it is, in one form for every tool. */

export interface Resource {
  readonly used: number;
  /** Number that the device has; null where the tool does not say. */
  readonly available: number | null;
}

export const resources = ['lut', 'ff', 'dsp', 'bram'] as const;

export interface PostRouteCounts {
  /** Megahertz after routing, of the slowest clock. */
  readonly fmaxMhz: number;
  readonly lut: Resource;
  /** Flip-flops; null where a cell of the device holds look-up table and flip-flop, and is counted once. */
  readonly ff: Resource | null;
  readonly dsp: Resource;
  readonly bram: Resource;
}

/** A frequency with as many places as the tools print. */
export const hundredths = (megahertz: number): number => Math.round(megahertz * 100) / 100;

export interface PostRouteReport extends PostRouteCounts {
  /** Tool that the counts come from. */
  readonly tool: string;
  /** Version of the tool; left out of a report that was read from files. */
  readonly version?: string;
  readonly device: string;
  /** Unit that was placed, and the configuration. */
  readonly top: string;
  readonly configHash: string;
}

const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** Rows of a table: what, how much of it is used, how much there is. */
export function postRouteTable(report: PostRouteCounts): string[][] {
  const names = { lut: 'LUT', ff: 'FF', dsp: 'DSP', bram: 'BRAM' } as const;
  const row = (name: (typeof resources)[number]): string[] => {
    const resource = report[name];
    if (resource === null) return [names[name], 'in the LUT cells', ''];
    return [names[name], grouped(resource.used), resource.available === null ? '' : grouped(resource.available)];
  };
  return [['', 'used', 'of'], ['Fmax, MHz', grouped(report.fmaxMhz), ''], ...resources.map(row)];
}

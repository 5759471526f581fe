/** The compressed model alone over many windows of the default policy: what the load of the model costs, and how busy the array is. */
import { defaultPolicy } from '../../contract/codes.js';
import type { Params } from '../../params/fields.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { leastCycles } from './bound.js';
import { measureVariant, variants, type Measured, type MeasureSettings } from './measure.js';
import { paper } from './paper.js';
import type { Row } from './rows.js';
import type { SubjectByCoding } from './coded.js';

export interface FullWindows {
  readonly name: string;
  readonly params: Params;
  readonly measured: Measured;
  /** Sum over instructions of the longer of steps and bytes. */
  readonly leastCycles: number;
}

export async function measureFullWindows(subject: SubjectByCoding, settings: MeasureSettings): Promise<FullWindows> {
  const variant = variants.find(({ name }) => name === defaultPolicy)!;
  const measured = await measureVariant({ ...subject, name: `${subject.name}-full` }, variant, settings);
  return {
    name: subject.name,
    params: settings.params,
    measured,
    leastCycles: leastCycles(measured.operations, settings.params, measured.windows),
  };
}

export function fullRows({ name, measured: { summary, baseline }, leastCycles: least }: FullWindows, command: string): Row[] {
  const windows = `over ${summary.windows} windows`;
  const row = (mechanism: string, figure: string, measured: number, unit: string, why: string): Row => ({
    mechanism: `${mechanism}, ${windows}`,
    workload: name,
    paper: figure,
    measured,
    unit,
    why,
    policy: defaultPolicy,
    command,
  });
  return [
    row('all mechanisms, formula baseline', paper.ema, baseline / sumTraffic(summary.emaBytes), 'x less EMA', 'W_S included'),
    row('array utilization', paper.none, 100 * summary.utilization.array, '%', 'everything included'),
    row('useful utilization', paper.none, 100 * summary.utilization.useful, '%', 'pays for lanes without a token too'),
    row(
      'cycles',
      paper.none,
      summary.cycles / least,
      'x the bound',
      'bound: sum over instructions of the longer of steps and bytes over the port',
    ),
  ];
}

/** What limits a point, and which change of one parameter would help most; the best one is run. */
import { join } from 'node:path';
import type { Simulator } from '../../sim/build.js';
import type { Fidelity, Measuring } from '../sweep/key.js';
import { measureAnalytic } from '../sweep/measure.js';
import type { Objectives } from '../sweep/objectives.js';
import type { OpenKey } from '../sweep/open-keys.js';
import type { Detail, Outcome } from '../sweep/outcome.js';
import { measureRtl } from '../sweep/rtl.js';
import type { Point } from '../sweep/space.js';
import { bestPerArea, gainsOf, oneParameterChanges, takesUsualModel, type Change, type Changes, type SubjectOf } from './changes.js';
import { areaShares, largestLoss, limitShares, type AreaShare, type LimitShare } from './limits.js';

export interface ExplainRequest {
  readonly point: Point;
  readonly on: SubjectOf;
  /** What nobody has fixed: a model that is open is chosen for the columns of each change, as in a sweep. */
  readonly open: readonly OpenKey[];
  readonly measuring: Measuring;
  /** What a sweep has measured of the point. */
  readonly known: ReadonlyMap<Fidelity, Outcome>;
  /** Run the best change through the Verilog; its files go into the folder. */
  readonly check: { readonly simulator: Simulator; readonly folder: string } | undefined;
}

/** Figures counted by the simulated chip, every value equal to the golden model's. */
export interface Check {
  readonly simulator: Simulator;
  readonly objectives: Objectives;
}

export interface Explanation extends Changes {
  readonly point: Point;
  /** Nobody has named the model: the point and each change have the one that runs on their columns. */
  readonly usualModel: boolean;
  readonly inputs: number;
  /** Predicted; an accuracy is that of training. */
  readonly objectives: Objectives;
  readonly shares: readonly LimitShare[];
  /** Counts of a point that a sweep has simulated. */
  readonly counted: { readonly objectives: Objectives; readonly shares: readonly LimitShare[] | undefined } | undefined;
  /** Parts of the estimated logic, the largest first. */
  readonly areaParts: readonly AreaShare[];
  readonly synthesis: Detail['synthesis'];
  /** What takes most of the PE-cycles beside the work itself. */
  readonly loss: LimitShare;
  readonly fewerCycles: readonly Change[];
  readonly fewerBytes: readonly Change[];
  /** Change of `fewerCycles` with the least product of cycles and gates, where that is less than before. */
  readonly perArea: Change | undefined;
  /** Check of the first of `fewerCycles`. */
  readonly check: Check | undefined;
}

async function checkOf({ key, to, point, objectives }: Change, { on, measuring, check }: ExplainRequest): Promise<Check | undefined> {
  if (check === undefined) return undefined;
  const { simulator, folder } = check;
  const item = { number: 0, key: `${key}-${to}`, point, subject: '', lower: { state: 'measured', objectives, detail: {} } as const };
  const outcome = await measureRtl(
    on(point),
    item,
    { fidelity: 'rtl', items: [item], measuring, simulator, folder: join(folder, 'check'), keep: false },
    0,
  );
  return outcome.state === 'measured' ? { simulator, objectives: outcome.objectives } : undefined;
}

/** Errors: UserError for a point that cannot be; ToolError when the check differs from the golden model. */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { point, on, open, known } = request;
  const subject = on(point);
  const { objectives, causes } = measureAnalytic(subject, point);
  const [simulated, synthesised] = [known.get('rtl'), known.get('synthesis')];
  const changes = oneParameterChanges(point, on, open);
  const fewerCycles = gainsOf(changes.possible, 'cycles', objectives);
  const shares = limitShares(causes);
  const [best] = fewerCycles;
  return {
    ...changes,
    point,
    usualModel: takesUsualModel(point, open, on),
    inputs: subject.subject.lengths.length,
    objectives,
    shares,
    counted:
      simulated?.state === 'measured'
        ? { objectives: simulated.objectives, shares: simulated.detail.causes && limitShares(simulated.detail.causes) }
        : undefined,
    areaParts: areaShares(point.params),
    synthesis: synthesised?.state === 'measured' ? synthesised.detail.synthesis : undefined,
    loss: largestLoss(shares),
    fewerCycles,
    fewerBytes: gainsOf(changes.possible, 'ema', objectives),
    perArea: bestPerArea(changes.possible, objectives),
    check: best && (await checkOf(best, request)),
  };
}

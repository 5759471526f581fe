/**
 * Forms of a model's layers for a budget of bytes, cycles or loss. The layers of each shared matrix are factorized by themselves in every form;
 * what that loses is measured, sums of losses choose among all combinations, and the combinations on the front are measured as wholes.
 *
 * Loss     1 - mean cosine of the output rows to those of the dense float model, W_S in 4 bits and W_D in 6, activations in floats
 * Bytes    of the blocks' weights: codes and codebooks of W_S, W_D, int8 weights
 */
import type { Policy } from '../../contract/codes.js';
import { measureActivations } from '../../compress/activations.js';
import { codeShared, factorizeEncoder, quantiseValues, type Form } from '../../compress/factorize-encoder.js';
import { groupsOf, type Group } from '../../compress/groups.js';
import { pack } from '../../compress/pack.js';
import { chooseScales } from '../../compress/scales.js';
import type { Example } from '../../data/dataset.js';
import { layersOf, type Encoder } from '../../model/encoder.js';
import type { Params } from '../../params/fields.js';
import { orderFor } from '../../program/image.js';
import { coldShapes, coldTraffic, windowTraffic } from '../../program/traffic.js';
import { predict } from '../../analytic/predict.js';
import { cosineMeasure, tallyOf, valueOf, type Answers } from '../../subject/metrics.js';
import { floatAnswers } from '../../subject/tally.js';
import { UserError } from '../../util/errors.js';
import { grouped } from '../../util/table.js';
import { candidatesOf, formName, merged } from './forms.js';
import type { Budget } from './parse-budget.js';

export interface FormRequest {
  /** Dense. */
  readonly encoder: Encoder;
  readonly params: Params;
  readonly banks: number;
  readonly seed: number;
  /** What factors are fitted to. */
  readonly calibration: readonly Example[];
  /** What losses and cycles are measured on. */
  readonly inputs: readonly Example[];
  readonly policy: Policy;
  readonly budget?: Budget | undefined;
  readonly mostLoss?: number | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

export interface FormPoint {
  /** Forms by the number of the shared matrix. */
  readonly forms: readonly Form[];
  readonly bytes: number;
  /** Bytes of them that every window streams: W_D and int8 weights. */
  readonly streamed: number;
  /** Cycles of the inputs, predicted. */
  readonly cycles: number;
  readonly loss: number;
}

export interface FormCurve {
  readonly groups: readonly string[];
  /** Measured, from the cheapest; none is both dearer and worse than another. */
  readonly points: readonly FormPoint[];
  readonly chosen: FormPoint;
}

/** Points of the front that are measured. */
const shownPoints = 10;
/** How many are measured too, of those whose predicted loss is least within the budget. */
const triedPoints = 4;

/** A form of one group alone. */
interface Single {
  readonly form: Form;
  readonly encoder: Encoder;
  readonly cost: number;
  readonly loss: number;
}

interface Combination {
  readonly singles: readonly Single[];
  readonly cost: number;
  readonly loss: number;
}

export function searchForms(request: FormRequest): FormCurve {
  const { encoder, budget, mostLoss, onProgress = () => undefined } = request;
  const groups = groupsOf(encoder);
  const measured = new Meter(request, groups);
  const front = frontOf(combinations(groups.map((group) => measured.singles(group))));
  const points = new Map<Combination, FormPoint>();
  const point = (one: Combination): FormPoint => {
    const known = points.get(one) ?? measured.point(one);
    points.set(one, known);
    return known;
  };
  const costOf = ({ bytes, cycles }: FormPoint): number => (budget?.of === 'cycles' ? cycles : bytes);
  const shown = thinned(front, shownPoints);
  shown.forEach((one, i) => {
    const { bytes, loss } = point(one);
    onProgress(`combination ${i + 1} of ${shown.length}: ${grouped(bytes)} bytes, loss ${loss.toFixed(4)}`);
  });
  if (budget !== undefined)
    front
      .filter(({ cost }) => cost <= budget.most)
      .slice(-triedPoints)
      .forEach(point);
  if (mostLoss !== undefined) narrow(front, shown, (one) => point(one).loss <= mostLoss);
  const all = [...points.values()].sort((a, b) => costOf(a) - costOf(b) || a.loss - b.loss);
  const affordable = all.filter(
    (one) => (budget === undefined || costOf(one) <= budget.most) && (mostLoss === undefined || one.loss <= mostLoss),
  );
  const chosen = mostLoss === undefined ? affordable.reduce<FormPoint | undefined>(lessLoss, undefined) : affordable[0];
  if (chosen === undefined) throw new UserError([unreachable(request, all, costOf)]);
  return { groups: groups.map(({ name }) => name), points: undominated(all, costOf), chosen };
}

const lessLoss = (best: FormPoint | undefined, one: FormPoint): FormPoint => (best === undefined || one.loss < best.loss ? one : best);

class Meter {
  private readonly activations;
  private readonly reference: Answers;
  private readonly dense: FormPoint;

  constructor(
    private readonly request: FormRequest,
    private readonly groups: readonly Group[],
  ) {
    const { encoder, calibration, inputs } = request;
    this.activations = measureActivations(encoder, calibration);
    this.reference = floatAnswers(encoder, inputs);
    this.dense = this.pointOf(
      groups.map(() => 'dense'),
      encoder,
    );
  }

  /** Every form of a group, all others dense, in which no other is both cheaper and better. */
  singles(group: Group): Single[] {
    const { encoder, params, banks, seed, budget, onProgress } = this.request;
    const candidates = candidatesOf(group, { banks, mostRank: params.envelope.rank });
    const all = candidates.map((form, i): Single => {
      if (form === 'dense') return { form, encoder, loss: 0, cost: 0 };
      const forms = this.groups.map(({ number }): Form => (number === group.number ? form : 'dense'));
      const outputs = { dense: encoder, activations: this.activations };
      const factors = factorizeEncoder(encoder, { ...form, banks, seed, forms, activations: this.activations });
      const made = quantiseValues(codeShared(factors, outputs), outputs);
      const point = this.pointOf(forms, made);
      onProgress?.(`${group.name}: form ${i} of ${candidates.length - 1}, ${formName(form)}: loss ${point.loss.toFixed(4)}`);
      const of = budget?.of ?? 'bytes';
      return { form, encoder: made, loss: point.loss, cost: point[of] - this.dense[of] };
    });
    return frontOf(all).map((one) => ({ ...one, cost: one.cost + this.dense[budget?.of ?? 'bytes'] / this.groups.length }));
  }

  point({ singles }: Combination): FormPoint {
    const encoder = merged(
      this.request.encoder,
      this.groups,
      singles.map((single) => single.encoder),
    );
    return this.pointOf(
      singles.map(({ form }) => form),
      encoder,
    );
  }

  private pointOf(forms: readonly Form[], encoder: Encoder): FormPoint {
    const { params, banks, inputs, policy } = this.request;
    const model = pack(encoder, chooseScales(encoder, new Map(), params.numerics.activationBits), { banks });
    const { columns } = params.array;
    const hardware = { columns, busBytes: params.port.busBytes };
    const ordered = orderFor(model, columns);
    const pass = windowTraffic(ordered.operations, [], hardware);
    const dense = layersOf(encoder).reduce((sum, layer) => sum + (layer.kind === 'dense' ? layer.weights.length : 0), 0);
    const streamed = pass.sparseValues + pass.sparseIndices + dense;
    const { cycles } = predict({
      model: ordered,
      params,
      policy,
      lengths: inputs.map(({ length }) => length),
      memory: { latencyCycles: 1, cyclesPerBeat: 1 },
    });
    const tally = tallyOf(cosineMeasure(this.request.encoder), inputs, floatAnswers(encoder, inputs), this.reference);
    const codebooks = encoder.shared.length === 0 ? 0 : coldTraffic(coldShapes(ordered), hardware).codebooks;
    return { forms, bytes: streamed + codebooks, streamed, cycles, loss: 1 - valueOf('cosine', tally) };
  }
}

function combinations(groups: readonly (readonly Single[])[]): Combination[] {
  return groups.reduce<Combination[]>(
    (all, singles) =>
      // Those that are worse already stay worse, whatever else is added.
      frontOf(
        all.flatMap((one) =>
          singles.map((single) => ({ singles: [...one.singles, single], cost: one.cost + single.cost, loss: one.loss + single.loss })),
        ),
      ),
    [{ singles: [], cost: 0, loss: 0 }],
  );
}

/** Front from the cheapest on; none is both dearer and worse than another. */
function frontOf<T extends { readonly cost: number; readonly loss: number }>(all: readonly T[]): T[] {
  return undominated(
    [...all].sort((a, b) => a.cost - b.cost || a.loss - b.loss),
    ({ cost }) => cost,
  );
}

function undominated<T extends { readonly loss: number }>(sorted: readonly T[], costOf: (one: T) => number): T[] {
  const out: T[] = [];
  for (const one of sorted) {
    const last = out.at(-1);
    if (last === undefined || (one.loss < last.loss && costOf(one) > costOf(last))) out.push(one);
  }
  return out;
}

/** The first, the last, and others at even ratios of cost. */
function thinned(front: readonly Combination[], count: number): Combination[] {
  const [first, last] = [front[0]!, front.at(-1)!];
  const wanted = Array.from({ length: count }, (_, i) => first.cost * (last.cost / first.cost) ** (i / (count - 1)));
  const near = (cost: number): Combination =>
    front.reduce((best, one) => (Math.abs(Math.log(one.cost / cost)) < Math.abs(Math.log(best.cost / cost)) ? one : best));
  return [...new Set([first, ...wanted.map(near), last])];
}

/** Looks between the dearest that fails and the cheapest that passes, so that both are known. */
function narrow(front: readonly Combination[], shown: readonly Combination[], passes: (one: Combination) => boolean): void {
  const first = shown.findIndex(passes);
  if (first < 0) return;
  let high = front.indexOf(shown[first]!);
  let low = first === 0 ? high : front.indexOf(shown[first - 1]!);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (passes(front[middle]!)) high = middle;
    else low = middle;
  }
}

function unreachable({ budget, mostLoss }: FormRequest, all: readonly FormPoint[], costOf: (one: FormPoint) => number): string {
  const [cheapest] = all;
  const best = all.reduce((a, b) => (b.loss < a.loss ? b : a));
  const unit = budget?.of ?? 'bytes';
  const shown = (one: FormPoint): string => `${grouped(costOf(one))} ${unit} with a loss of ${one.loss.toFixed(4)}`;
  if (mostLoss === undefined) return `budget = ${grouped(budget!.most)} ${unit}: the smallest form takes ${shown(cheapest!)}; raise it`;
  if (budget === undefined) return `loss = ${mostLoss}: the best form has ${shown(best)}; raise it`;
  return `budget, loss = ${grouped(budget.most)} ${unit}, ${mostLoss}: no form keeps both; the cheapest takes ${shown(cheapest!)}, the best ${shown(best)}`;
}

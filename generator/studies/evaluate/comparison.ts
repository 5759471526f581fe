/** A task's models against its dense float model, as outputs and as the text that outputs mean, beside plain ways to make it small. */
import type { CompressResult } from '../../subject/compress-checkpoint.js';
import type { Dataset, Example } from '../../data/dataset.js';
import { layersOf, type Encoder } from '../../model/encoder.js';
import { tallyOf, valueOf, type Answers, type Measure, type Tally } from '../../subject/metrics.js';
import { floatAnswers } from '../../subject/tally.js';
import { editDistance } from '../../util/edit-distance.js';
import { pairedDifference } from './bootstrap.js';
import { opponentModels } from './opponents.js';

/** How a model answers, against the dense float model. */
export interface Likeness {
  /** Mean cosine of the output rows. */
  readonly cosine: number;
  /** The task's metric. */
  readonly value: number;
  /** Change of the text; undefined where outputs mean none. */
  readonly text: TextChange | undefined;
}

/** Edits from the text that the dense float model's outputs mean, in percent of its characters; 95 % of the draws lie between. */
export interface TextChange {
  readonly changed: number;
  readonly low: number;
  readonly high: number;
}

export interface Opponent extends Likeness {
  readonly name: string;
  /** Bytes of the weights of the blocks, with what is needed to read them. */
  readonly bytes: number;
}

/** Bytes are of the blocks' weights. */
export interface Comparison {
  readonly cosine: { readonly dense8: number; readonly factorized: number };
  readonly text: { readonly dense8: TextChange; readonly factorized: TextChange } | undefined;
  readonly bytes: {
    readonly dense16: number;
    readonly dense8: number;
    readonly factorized: number;
    /** W_D alone of the factorized ones, which every window streams. */
    readonly streamed: number;
  };
  readonly opponents: readonly Opponent[];
  /** What is to be used: factors lose where plain rounding is as good in no more bytes. */
  readonly better: 'dense8' | 'factorized';
}

export interface Comparing {
  readonly data: Dataset;
  /** How answers are measured, with what the host computes. */
  readonly measure: Measure;
  readonly test: readonly Example[];
  readonly seed: number;
  readonly reference: Answers;
  /** Trained weights of three values, where the task has such a model. */
  readonly ternary?: (() => Encoder) | undefined;
  readonly tally: (answers: Answers) => Tally;
  readonly progress: (what: string) => void;
}

export function compareModels(
  dense: Encoder,
  { pass, cold }: CompressResult['stats'],
  factorized: Answers,
  int8: Answers,
  comparing: Comparing,
): Comparison {
  const { test, progress, ternary } = comparing;
  const opponents = opponentModels(dense, ternary).map(({ name, bytes, encoder, trained }) => {
    progress(name);
    return { name, bytes, trained, answers: floatAnswers(encoder(), test) };
  });
  const [ofFactorized, ofInt8, ...others] = likenesses([factorized, int8, ...opponents.map(({ answers }) => answers)], comparing);
  const streamed = pass.sparseValues + pass.sparseIndices;
  const weights = layersOf(dense).reduce((sum, { inner, outer }) => sum + inner * outer, 0);
  const bytes = { dense16: 2 * weights, dense8: weights, factorized: streamed + cold.codebooks, streamed };
  const beaten = others.some(
    ({ cosine }, i) => !opponents[i]!.trained && opponents[i]!.bytes <= bytes.factorized && cosine >= ofFactorized!.cosine,
  );
  return {
    cosine: { dense8: ofInt8!.cosine, factorized: ofFactorized!.cosine },
    text: ofInt8!.text && ofFactorized!.text && { dense8: ofInt8!.text, factorized: ofFactorized!.text },
    bytes,
    opponents: others.map((likeness, i) => ({ name: opponents[i]!.name, bytes: opponents[i]!.bytes, ...likeness })),
    better: beaten ? 'dense8' : 'factorized',
  };
}

function likenesses(models: readonly Answers[], { data, measure, test, seed, reference, tally, progress }: Comparing): Likeness[] {
  const texts = data.readTexts === undefined ? undefined : changesOf(models, { data, test, seed, reference, progress });
  return models.map((answers, i) => ({
    cosine: valueOf('cosine', tallyOf({ ...measure, metric: 'cosine' }, test, answers, reference)),
    value: valueOf(data.metric, tally(answers)),
    text: texts?.[i],
  }));
}

/** Texts of all models are read together: the networks around the model run once an input. */
function changesOf(
  models: readonly Answers[],
  { data, test, seed, reference, progress }: Omit<Comparing, 'tally' | 'measure'>,
): TextChange[] {
  progress('texts');
  const values = ({ outputs, step = 1 }: Answers): Float32Array[] => outputs!.map((of) => Float32Array.from(of, (value) => value * step));
  const [wanted, ...read] = data.readTexts!(test, [reference, ...models].map(values));
  return read.map((texts) => textChange(wanted!, texts, seed));
}

/** Change of every input's text. */
export function textChange(wanted: readonly string[], read: readonly string[], seed: number): TextChange {
  const labels = Float64Array.from(wanted, (text) => [...text].length);
  const same: Tally = { right: new Float64Array(wanted.length), labels };
  const edits: Tally = { right: Float64Array.from(wanted, (text, i) => editDistance([...text], [...read[i]!])), labels };
  const { points: changed, low, high } = pairedDifference(same, edits, seed, 'cer');
  return { changed, low, high };
}

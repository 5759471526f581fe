/** Outputs of the source's ONNX file against those of our float model, on random inputs. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { forward } from '../compress/forward.js';
import type { Example } from '../data/dataset.js';
import { UserError } from '../util/errors.js';
import { requirePeers } from '../util/peers.js';
import { printable } from '../util/printable.js';
import { randomFrom, type Random } from '../util/random.js';
import { readBytes } from '../input/bytes.js';
import type { ModelConfig } from '../model/config.js';
import { runHostSteps } from '../model/host-steps.js';
import type { Imported, Verification } from './imported.js';

export const verifiedInputs = 8;
const mostTokens = 32;

/** Rounding of 32 bits through some dozen layers stays far below. */
const mostRelativeDifference = 1e-3;

/** Compares the output `to`, or the first of the shape of ours. */
export async function verifyOnnx(path: string, imported: Imported, to?: string, seed = 1): Promise<Verification> {
  requirePeers(['onnxruntime-web'], 'trexgen import --verify');
  const encoder = imported.encoder!;
  const bytes = readBytes({ path, advice: 'give an ONNX file', mostBytes: 2 ** 31 });
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes);
  } catch (error) {
    throw new UserError([`${path}: onnxruntime-web cannot load it (${printable(String(error)).slice(0, 500)}); export it again`]);
  }
  const names = session.outputNames.filter((name) => to === undefined || name === to);
  if (names.length === 0) {
    await session.release();
    throw new UserError([
      `verify: to = ${to}: is no output of ${path}, which has ${printable(session.outputNames.join(', '))}; leave --verify out`,
    ]);
  }
  const random = randomFrom(seed);
  const fixed = fixedTokens(session.inputMetadata);
  const differences = new Differences();
  let output = '';
  try {
    for (let i = 0; i < verifiedInputs; i++) {
      const example = randomExample(encoder.config, random, fixed);
      const feeds = feedsOf(session, ort.Tensor, encoder.config, example);
      const found = await session.run(feeds).catch(notRun(path, 'onnxruntime-web'));
      const ours = forward(encoder, example);
      const compared = comparable(names, found, ours, imported, example);
      if (compared === undefined) {
        const shapes = names.map((name) => `${printable(name)} [${found[name]!.dims.join(', ')}]`);
        throw new UserError([`${path}: no output has the ${ours.length} values of the imported model; it has ${shapes.join(', ')}`]);
      }
      output = compared.name;
      differences.add(compared.theirs, compared.ours);
    }
  } finally {
    await session.release();
  }
  return { file: path, inputs: verifiedInputs, output, ...differences.found() };
}

/**
 * Tokens that the inputs fix. Ids and masks are [inputs, tokens], features [inputs, tokens, features]; pictures have channels in that
 * place.
 */
export function fixedTokens(
  inputs: readonly { readonly isTensor: boolean; readonly shape?: readonly (number | string)[] }[],
): number | undefined {
  return inputs
    .map(({ isTensor, shape = [] }) => (isTensor && (shape.length === 2 || shape.length === 3) ? shape[1] : undefined))
    .find((size) => typeof size === 'number');
}

/** What becomes of an error with which a library ends the run of a user's model. */
export function notRun(path: string, library: string): (error: unknown) => never {
  return (error) => {
    const line = printable(String(error).split('\n')[0]!).slice(0, 500);
    throw new UserError([`${path}: cannot be run by ${library}: ${line}; export the model again, or import it without --verify`]);
  };
}

/** The largest difference of values that should be equal. */
export class Differences {
  private largestDifference = 0;
  private largestValue = 0;

  add(theirs: Compared['theirs'], ours: ArrayLike<number>): void {
    theirs.forEach((value, at) => {
      const difference = Math.abs(value - ours[at]!);
      // One that is no number stays.
      this.largestDifference = difference <= this.largestDifference ? this.largestDifference : difference;
      this.largestValue = Math.max(this.largestValue, Math.abs(value));
    });
  }

  found(): Pick<Verification, 'largestDifference' | 'largestValue' | 'equal'> {
    const { largestDifference, largestValue } = this;
    return { largestDifference, largestValue, equal: largestDifference <= mostRelativeDifference * Math.max(largestValue, 1e-3) };
  }
}

/** Input of a length that the source fixes, or a random one. */
export function randomExample({ input, vocabulary, featureCount, head, maxLength }: ModelConfig, random: Random, fixed?: number): Example {
  const most = Math.min(maxLength, mostTokens);
  const length = fixed ?? Math.min(most, 2 + Math.floor(random() * (most - 1)));
  const labels = new Int32Array(head === 'sequence' ? 1 : length);
  // The last rows may be token types.
  if (input === 'ids')
    return { length, labels, ids: Int32Array.from({ length }, () => Math.floor(random() * Math.max(1, vocabulary - 16))) };
  return { length, labels, features: Float32Array.from({ length: length * featureCount }, () => 2 * random() - 1) };
}

/** Ids and features as they are; masks of ones, types and all else of zeros. */
function feedsOf(
  session: InferenceSession,
  Made: typeof Tensor,
  { featureCount }: ModelConfig,
  { length, ids, features }: Example,
): Record<string, Tensor> {
  const perToken = (type: string, values: readonly number[]): Tensor => {
    if (type === 'float32') return new Made('float32', Float32Array.from(values), [1, length]);
    return type === 'int32'
      ? new Made('int32', Int32Array.from(values), [1, length])
      : new Made('int64', BigInt64Array.from(values.map(BigInt)), [1, length]);
  };
  const feeds: Record<string, Tensor> = {};
  let given = false;
  session.inputMetadata.forEach((metadata, i) => {
    const name = session.inputNames[i]!;
    const type = metadata.isTensor ? metadata.type : '';
    if (type === 'float32' && features !== undefined) feeds[name] = new Made('float32', features, [1, length, featureCount]);
    else if (/mask/i.test(name))
      feeds[name] = perToken(
        type,
        Array.from({ length }, () => 1),
      );
    else if (!given && ids !== undefined && !/type|segment|position/i.test(name)) {
      given = true;
      feeds[name] = perToken(type, [...ids]);
    } else
      feeds[name] = perToken(
        type,
        Array.from({ length }, (_, t) => (/position/i.test(name) ? t : 0)),
      );
  });
  return feeds;
}

interface Compared {
  readonly name: string;
  readonly theirs: ArrayLike<number> & { forEach(each: (value: number, at: number) => void): void };
  readonly ours: ArrayLike<number>;
}

/** The first output of our shape: of the chip, after the host, or the rows whose mean is ours. */
function comparable(
  names: readonly string[],
  found: Readonly<Record<string, Tensor>>,
  ours: Float32Array,
  { encoder, steps, hostTensors }: Imported,
  { length }: Example,
): Compared | undefined {
  const { classes, head } = encoder!.config;
  const after = runHostSteps(steps, ours, classes, (path) => ({
    weights: hostTensors.get(`${path}.weight`)!.values,
    bias: hostTensors.get(`${path}.bias`)!.values,
  }));
  for (const name of names) {
    const { data, type } = found[name]!;
    if (type !== 'float32') continue;
    const theirs = data as Float32Array;
    if (head === 'sequence' && theirs.length === length * classes && length > 1) return { name, theirs: meanOf(theirs, classes), ours };
    if (theirs.length === ours.length && !(steps.length > 0 && head === 'sequence')) return { name, theirs, ours };
    if (theirs.length === after.length) return { name, theirs, ours: after };
  }
  return undefined;
}

function meanOf(rows: Float32Array, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  rows.forEach((value, at) => (mean[at % columns] = mean[at % columns]! + (value * columns) / rows.length));
  return mean;
}

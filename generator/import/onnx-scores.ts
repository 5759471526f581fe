/** Scale, mask and softmax between the products of attention. */
import type { Args } from './onnx-args.js';
import { maskOf } from './onnx-attention.js';
import { scalarOf } from './onnx-constants.js';
import type { OnnxNode } from './onnx-file.js';
import { unknown, type Value } from './onnx-values.js';

/** Scale, mask and softmax between the products of attention. */
export function onScores(node: OnnxNode, args: Args, opset: number): Value | undefined {
  const [a, b, c] = args;
  const { op } = node;
  const scores = [a, b, c].find((value) => value?.kind === 'scores');
  const other = a?.kind === 'scores' ? b : a;
  if (scores?.kind !== 'scores') return undefined;
  if (op === 'Softmax') {
    const axis = Number(node.attributes.get('axis') ?? (opset >= 13 ? -1 : 1));
    return axis === -1 || axis === 3 ? { ...scores, probabilities: true } : undefined;
  }
  const constant = other?.kind === 'constant' ? other.constant : undefined;
  const number = constant && scalarOf(constant);
  if ((op === 'Mul' || (op === 'Div' && a === scores)) && number !== undefined)
    return { ...scores, scale: scores.scale * (op === 'Mul' ? number : 1 / number) };
  // A score that is hidden is no score: padding is never part of an input here.
  if (op === 'Add' && other?.kind === 'mask') return scores;
  if (op === 'Add' && constant !== undefined) {
    const mask = maskOf(constant);
    return mask === undefined
      ? unknown(node, 'adds a bias to the scores (as a relative position bias), which is not computed')
      : { ...scores, causal: scores.causal || mask === 'causal' };
  }
  if (op === 'Add' && other?.kind === 'tokens')
    return unknown(node, 'adds a bias to the scores (as a relative position bias), which is not computed');
  return op === 'Where' && (a?.kind === 'mask' || a?.kind === 'ids') ? scores : undefined;
}

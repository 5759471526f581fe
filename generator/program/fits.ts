/** Whether a model fits the hardware: every buffer that is too small, by how much, and what to raise. */
import { widths } from '../contract/widths.js';
import { refuse } from '../util/errors.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { isExpand } from '../operations/expand/fields.js';
import { fieldsOf } from '../operations/fields.js';
import type { Image } from './image.js';
import { bufferNeeds, countNeeds } from './needs.js';

/** An image, or its sizes alone. */
export type Sized = Pick<Image, 'model' | 'columns' | 'busBytes'> & Readonly<Record<'cold' | 'pass', { readonly length: number }>>;

function bufferProblems({ model }: Sized, { envelope }: Params): string[] {
  const have = { 'envelope.width': envelope.width, 'envelope.hidden': envelope.hidden, 'envelope.rank': envelope.rank } as const;
  return bufferNeeds(model.operations)
    .filter(({ parameter, features }) => features > have[parameter])
    .map(
      ({ parameter, buffer, features, index }) =>
        `${parameter} = ${have[parameter]}: instruction ${index} (${model.operations[index]!.op}) needs ${features} features of ${buffer}; raise it by ${features - have[parameter]}, to ${features}`,
    );
}

/** Eq. 3: the largest sum that an instruction can make against the accumulators. */
function accumulatorProblems({ model }: Sized, params: Params): string[] {
  const { accBits } = derive(params);
  const wrong = model.operations.flatMap((operation, index) => {
    const sums = fieldsOf(operation).sums?.(operation);
    if (sums === undefined) return [];
    const { depth, biasShift } = sums;
    return depth * 2 ** 14 + 2 ** (7 + biasShift) < 2 ** (accBits - 1)
      ? []
      : [`${index} (${operation.op}, ${depth} products, biasShift ${biasShift})`];
  });
  return wrong.length === 0
    ? []
    : [
        `accumulators = ${accBits} bits: are too narrow for instructions ${wrong.join(', ')}; raise envelope.hidden, which widens them, or lower the biases`,
      ];
}

function countProblems({ model, columns, cold, pass, busBytes }: Sized, { envelope }: Params): string[] {
  const problems: string[] = [];
  const count = (parameter: string, have: number, need: number, what: string): void => {
    if (need > have) problems.push(`${parameter} = ${have}: the model has ${need} ${what}; raise it by ${need - have}, to ${need}`);
  };
  const needs = countNeeds(model, columns);
  count('envelope.codeWords', envelope.codeWords, needs.codeWords, 'words of W_S codes');
  count('envelope.matrices', envelope.matrices, needs.matrices, 'shared matrices');
  count('envelope.instructions', envelope.instructions, needs.instructions, 'instructions, END included');
  for (const [name, bytes] of [
    ['cold', cold.length],
    ['pass', pass.length],
  ] as const) {
    if (bytes / busBytes >= 2 ** widths.SIZE.bits)
      problems.push(
        `port.busBytes = ${busBytes}: region ${name} has ${bytes / busBytes} beats, the registers hold ${2 ** widths.SIZE.bits - 1}; raise it`,
      );
  }
  return problems;
}

/** The decoder takes index codes that a row of its banks can need; a wider code is the same number behind zeros. */
function indexProblems({ model, columns }: Sized, { envelope }: Params): string[] {
  const widest = Math.max(1, Math.ceil(Math.log2(envelope.rank / columns)));
  return model.operations.flatMap((operation, index) =>
    isExpand(operation) && operation.indexBits > widest
      ? [
          `envelope.rank = ${envelope.rank}: index codes of instruction ${index} (${operation.op}) have ${operation.indexBits} bits, banks of ${envelope.rank / columns} rows take ${widest}; compress the model again for this hardware, or raise it`,
        ]
      : [],
  );
}

/** What is wrong, all of it; empty when the model runs on this hardware. */
export function fitProblems(image: Sized, params: Params): string[] {
  const { columns, busBytes } = image;
  const problems: string[] = [];
  if (columns !== params.array.columns)
    problems.push(`array.columns = ${params.array.columns}: the image was written for ${columns}; regenerate it for this hardware`);
  if (busBytes !== params.port.busBytes)
    problems.push(
      `port.busBytes = ${params.port.busBytes}: the image was written for beats of ${busBytes} bytes; regenerate it for this hardware`,
    );
  const { activationBits } = image.model;
  if (activationBits !== params.numerics.activationBits) {
    problems.push(
      `numerics.activationBits = ${params.numerics.activationBits} bits: the model is made for activations of ${activationBits}; compress it again with --activation-bits ${params.numerics.activationBits}, or run it with --set numerics.activationBits=${activationBits}`,
    );
  }
  return [
    ...problems,
    ...bufferProblems(image, params),
    ...countProblems(image, params),
    ...indexProblems(image, params),
    ...accumulatorProblems(image, params),
  ];
}

/** Inputs that the window cannot hold. */
export function lengthProblems(lengths: readonly number[], params: Params): string[] {
  const { windowTokens } = derive(params);
  const longest = Math.max(0, ...lengths);
  const many = lengths.filter((length) => length > windowTokens).length;
  return many === 0
    ? []
    : [
        `array: the window holds ${windowTokens} tokens, ${many} of ${lengths.length} inputs are longer, the longest has ${longest}; raise array.passes, array.lanesPerSlice or array.slices`,
      ];
}

/** Refuse a model or inputs that do not fit. */
export function requireFit(image: Image, params: Params, lengths: readonly number[]): void {
  refuse([...fitProblems(image, params), ...lengthProblems(lengths, params)]);
}

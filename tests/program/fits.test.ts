import { describe, expect, it } from 'vitest';
import { fitProblems, lengthProblems, requireFit } from '../../generator/program/fits.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { problemsOf } from '../support/problems.js';
import { randomModel } from '../support/random-model.js';

const image = readImage(writeImage(randomModel(1, { banks: 4, width: 16, hidden: 24, rank: 16 }), { columns: 4, busBytes: 8 }));
const roomy = presetParams('tiny');

describe('fitProblems', () => {
  it('lets a model pass that fits', () => {
    expect(fitProblems(image, roomy)).toEqual([]);
  });

  it('names every buffer that is too small, the instruction that needs it, and what to raise, all at once', () => {
    const tight = makeParams({ ...roomy, envelope: { width: 10, hidden: 20, rank: 12, codeWords: 100, matrices: 2, instructions: 8 } });
    expect(fitProblems(image, tight)).toMatchInlineSnapshot(`
      [
        "envelope.width = 10: instruction 2 (NORM) needs 16 features of X; raise it by 6, to 16",
        "envelope.width = 10: instruction 1 (DENSE) needs 16 features of R; raise it by 6, to 16",
        "envelope.rank = 12: instruction 3 (PROJECT) needs 16 features of P; raise it by 4, to 16",
        "envelope.width = 10: instruction 4 (EXPAND) needs 16 features of Q; raise it by 6, to 16",
        "envelope.width = 10: instruction 5 (EXPAND) needs 16 features of K; raise it by 6, to 16",
        "envelope.width = 10: instruction 6 (EXPAND) needs 16 features of V; raise it by 6, to 16",
        "envelope.hidden = 20: instruction 13 (EXPAND) needs 24 features of H; raise it by 4, to 24",
        "envelope.codeWords = 100: the model has 288 words of W_S codes; raise it by 188, to 288",
        "envelope.matrices = 2: the model has 4 shared matrices; raise it by 2, to 4",
        "envelope.instructions = 8: the model has 21 instructions, END included; raise it by 13, to 21",
      ]
    `);
  });

  it('refuses a model that is made for activations of another width, and says what to type', () => {
    expect(fitProblems(image, makeParams({ ...roomy, numerics: { activationBits: 6 } }))).toEqual([
      'numerics.activationBits = 6 bits: the model is made for activations of 8; compress it again with --activation-bits 6, or run it with --set numerics.activationBits=8',
    ]);
  });

  it('refuses an image that was written for other hardware', () => {
    expect(fitProblems(image, presetParams('small'))).toMatchInlineSnapshot(`
      [
        "array.columns = 8: the image was written for 4; regenerate it for this hardware",
        "port.busBytes = 16: the image was written for beats of 8 bytes; regenerate it for this hardware",
      ]
    `);
  });

  it('refuses index codes that are wider than any row of the banks needs', () => {
    const wide = {
      ...image,
      model: {
        ...image.model,
        operations: image.model.operations.map((operation, i) =>
          operation.op === 'EXPAND' ? { ...operation, indexBits: i === 5 ? 4 : 3 } : operation,
        ),
      },
    };
    expect(fitProblems(wide, roomy)).toMatchInlineSnapshot(`
      [
        "envelope.rank = 32: index codes of instruction 5 (EXPAND) have 4 bits, banks of 8 rows take 3; compress the model again for this hardware, or raise it",
      ]
    `);
  });

  it('refuses sums that the accumulators cannot hold', () => {
    const shifted = {
      ...image,
      model: {
        ...image.model,
        operations: image.model.operations.map((operation) => (operation.op === 'DENSE' ? { ...operation, biasShift: 23 } : operation)),
      },
    };
    expect(fitProblems(shifted, roomy)).toMatchInlineSnapshot(`
      [
        "accumulators = 25 bits: are too narrow for instructions 1 (DENSE, 12 products, biasShift 23), 17 (DENSE, 16 products, biasShift 23); raise envelope.hidden, which widens them, or lower the biases",
      ]
    `);
  });
});

describe('lengthProblems', () => {
  it('counts the inputs that the window cannot hold', () => {
    expect(lengthProblems([3, 17, 16, 40], roomy)).toMatchInlineSnapshot(`
      [
        "array: the window holds 16 tokens, 2 of 4 inputs are longer, the longest has 40; raise array.passes, array.lanesPerSlice or array.slices",
      ]
    `);
    expect(lengthProblems([16], roomy)).toEqual([]);
    expect(lengthProblems([], roomy)).toEqual([]);
  });

  it('is part of what requireFit refuses', async () => {
    expect(await problemsOf(() => requireFit(image, roomy, [17]))).toHaveLength(1);
    expect(await problemsOf(() => requireFit(image, roomy, [1, 16]))).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { exactProducts } from '../../../generator/subject/exact-products.js';
import { accumulateDense } from '../../../generator/golden/dense.js';
import { runGolden } from '../../../generator/golden/run-program.js';
import { between, randomBytes, randomFrom, randomModel, randomRequests } from '../../support/random-model.js';

test('products on the engine are those of the golden kernel for every depth that they take, extremes included', () => {
  const random = randomFrom(1);
  const products = exactProducts();
  for (const inner of [1, 3, 64, 127, 512, 1023, 1024, 1025, 1500]) {
    for (const extreme of [false, true]) {
      const [tokens, outer, width] = [between(random, 1, 9), between(random, 1, 40), inner + between(random, 0, 5)];
      const data = extreme ? new Int8Array(tokens * width).fill(-128) : randomBytes(random, tokens * width);
      const weights = extreme ? new Int16Array(inner * outer).fill(-128) : Int16Array.from(randomBytes(random, inner * outer));
      const start = Int32Array.from({ length: tokens * outer }, () => between(random, -(2 ** 24), 2 ** 24));
      const [slow, fast] = [start.slice(), start.slice()];
      accumulateDense(slow, { data, width }, tokens, weights, inner, outer);
      products(fast, { data, width }, tokens, weights, inner, outer);
      expect(fast, `depth ${inner}`).toEqual(slow);
    }
  }
});

test.each(['factorized', 'uncoded', 'dense', 'wide'] as const)('a whole %s model gives the same bits with them', (coding) => {
  for (let seed = 1; seed <= 5; seed++) {
    const model = randomModel(seed, { coding, width: 20, hidden: 33, layers: 2, head: 'token' });
    const requests = randomRequests(seed, model, [1, 7, 12]);
    expect(runGolden(model, requests, { denseProducts: exactProducts() })).toEqual(runGolden(model, requests));
  }
});

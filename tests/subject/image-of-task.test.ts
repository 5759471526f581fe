import { expect, it } from 'vitest';
import { modelFolder } from '../../generator/data/places.js';
import { presetParams } from '../../generator/params/presets.js';
import { readImage } from '../../generator/program/image.js';
import { compressCheckpoint } from '../../generator/subject/compress-checkpoint.js';
import { taskSubject } from '../../generator/subject/open.js';

it("an image of a task runs on columns that the task's own model has no banks for", () => {
  const small = presetParams('small');
  const params = { ...small, array: { ...small.array, columns: 16 }, envelope: { ...small.envelope, codeWords: 65_536 } };
  const options = { inputs: 2, seed: 1 };
  expect(() => taskSubject('mnist', params, options)).toThrow(
    'banks = 8, those that the model was trained for: must be a multiple of array.columns = 16',
  );
  const { image } = compressCheckpoint({
    checkpoint: modelFolder('mnist', 'dense'),
    task: 'mnist',
    params,
    validationInputs: 0,
    calibrationInputs: 16,
    steps: { factorize: false },
  });
  const subject = taskSubject('mnist', params, { ...options, image: readImage(image) });
  expect(subject.requests).toHaveLength(2);
  expect(subject.params.array.columns).toBe(16);
});

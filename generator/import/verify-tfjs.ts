/** Outputs of a graph of TensorFlow.js against those of our float model, on random inputs. */
import { createRequire } from 'node:module';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { forward } from '../compress/forward.js';
import { UserError } from '../util/errors.js';
import { peerFolder } from '../util/peers.js';
import { printable } from '../util/printable.js';
import { randomFrom } from '../util/random.js';
import { runHostSteps } from '../model/host-steps.js';
import type { Imported, Verification } from './imported.js';
import { readTfjs, tfjsName } from './tfjs-file.js';
import { Differences, notRun, randomExample, verifiedInputs } from './verify.js';

interface TfjsTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** What the package @energetic-ai/core has of TensorFlow.js. */
interface TensorFlow {
  ready(): Promise<void>;
  loadGraphModel(url: string): Promise<{ executeAsync(inputs: Readonly<Record<string, TfjsTensor>>, output: string): Promise<TfjsTensor> }>;
  tensor(values: readonly number[], shape: readonly number[], dtype: 'int32'): TfjsTensor;
}

/** TensorFlow.js, which comes with the package that reads sentences. */
function tensorFlow(): TensorFlow {
  const folder = peerFolder('@energetic-ai/embeddings', 'trexgen import --verify');
  return createRequire(join(folder, 'package.json'))('@energetic-ai/core') as TensorFlow;
}

export async function verifyTfjs(source: string, { encoder, steps }: Imported, seed = 1): Promise<Verification> {
  const path = statSync(source).isDirectory() ? join(source, tfjsName) : source;
  const graph = readTfjs(path);
  const output = graph.outputs[0]!;
  const library = tensorFlow();
  await library.ready();
  let model: Awaited<ReturnType<TensorFlow['loadGraphModel']>>;
  try {
    model = await library.loadGraphModel(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new UserError([`${path}: @energetic-ai/core cannot load it (${printable(String(error)).slice(0, 500)}); convert it again`]);
  }
  const placeholders = [...graph.nodes.values()].filter(({ op }) => op === 'Placeholder');
  const random = randomFrom(seed);
  const differences = new Differences();
  const { config } = encoder!;
  for (let i = 0; i < verifiedInputs; i++) {
    const example = randomExample(config, random);
    const feeds = Object.fromEntries(
      placeholders.map(({ name, attributes }) => {
        const shape = attributes.get('shape');
        const places = Array.isArray(shape) && shape.length === 2 && shape[1] === 2;
        const { length } = example;
        if (places)
          return [
            name,
            library.tensor(
              Array.from({ length }).flatMap((_, t) => [0, t]),
              [length, 2],
              'int32',
            ),
          ] as const;
        return [
          name,
          library.tensor([...example.ids!], Array.isArray(shape) && shape.length === 2 ? [1, length] : [length], 'int32'),
        ] as const;
      }),
    );
    const result = await model.executeAsync(feeds, output).catch(notRun(path, '@energetic-ai/core'));
    const theirs = await result.data();
    const ours = runHostSteps(steps, forward(encoder!, example), config.classes, () => {
      throw new RangeError('graphs of TensorFlow.js leave no layer to the host');
    });
    if (theirs.length !== ours.length)
      throw new UserError([`${path}: ${printable(output)} has ${theirs.length} values, the imported model ${ours.length}`]);
    differences.add(theirs, ours);
    for (const tensor of [...Object.values(feeds), result]) tensor.dispose();
  }
  return { file: path, inputs: verifiedInputs, output, ...differences.found() };
}

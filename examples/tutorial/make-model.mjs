// Writes a small model and labelled inputs, as a training script in any language would: a folder with config.json and
// model.safetensors, and inputs.jsonl. Usage: node make-model.mjs FOLDER
//
// The model names the class id mod 4 of every token. Its weights are set by hand: an embedding holds the direction of its
// class, random layers disturb it, the head asks for the direction again.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('folder: is missing; type node make-model.mjs FOLDER\n');
  process.exit(2);
}

const config = {
  task: 'modulo',
  model: {
    input: 'ids',
    vocabulary: 12,
    featureCount: 0,
    width: 16,
    layers: 1,
    heads: 4,
    hidden: 32,
    maxLength: 8,
    classes: 4,
    head: 'token',
    norm: 'pre',
    activation: 'gelu',
    causal: false,
  },
};
const { vocabulary, width, hidden, maxLength, classes } = config.model;

/** Numbers in [0, 1), the same at every run. */
let state = 1;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
const noise = (count, size) => Float32Array.from({ length: count }, () => size * (2 * random() - 1));
const all = (count, value) => new Float32Array(count).fill(value);

/** Class c points along the features c, c + 4, c + 8, c + 12. */
const direction = (label) => Float32Array.from({ length: width }, (_, feature) => (feature % classes === label ? 1 : -1 / (classes - 1)));
const embedding = noise(vocabulary * width, 0.3);
embedding.forEach((value, i) => {
  embedding[i] = value + direction(Math.floor(i / width) % classes)[i % width];
});
const head = Float32Array.from({ length: classes * width }, (_, i) => direction(Math.floor(i / width))[i % width]);

/** Tensors by name: [shape, values]; weights are [outputs, inputs], as PyTorch stores them. */
const tensors = new Map([
  ['embedding.weight', [[vocabulary, width], embedding]],
  ['positions.weight', [[maxLength, width], noise(maxLength * width, 0.1)]],
]);
function addLinear(name, outputs, inputs) {
  tensors.set(`${name}.weight`, [[outputs, inputs], noise(outputs * inputs, 0.5 / Math.sqrt(inputs))]);
  tensors.set(`${name}.bias`, [[outputs], noise(outputs, 0.05)]);
}
function addNorm(name) {
  tensors.set(`${name}.weight`, [[width], all(width, 1)]);
  tensors.set(`${name}.bias`, [[width], all(width, 0)]);
}
addNorm('layers.0.attentionNorm');
for (const role of ['query', 'key', 'value', 'out']) addLinear(`layers.0.${role}`, width, width);
addNorm('layers.0.hiddenNorm');
addLinear('layers.0.hiddenIn', hidden, width);
addLinear('layers.0.hiddenOut', width, hidden);
addNorm('finalNorm');
tensors.set('head.weight', [[classes, width], head]);
tensors.set('head.bias', [[classes], all(classes, 0)]);

/** The safetensors format: the length of a JSON header in 8 bytes, the header, then all values one after the other. */
function safetensors() {
  const header = {};
  const parts = [];
  let end = 0;
  for (const [name, [shape, values]] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    parts.push(Buffer.from(values.buffer));
    end += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

const inputs = Array.from({ length: 48 }, () => {
  const ids = Array.from({ length: 1 + Math.floor(random() * maxLength) }, () => Math.floor(random() * vocabulary));
  return JSON.stringify({ ids, labels: ids.map((id) => id % classes) });
});

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
writeFileSync(join(folder, 'model.safetensors'), safetensors());
writeFileSync(join(folder, 'inputs.jsonl'), `${inputs.join('\n')}\n`);
process.stdout.write(`${folder}: config.json, model.safetensors (${tensors.size} tensors), inputs.jsonl (${inputs.length} inputs)\n`);

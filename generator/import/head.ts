/** The last layer of an imported model, and what the host computes after it. */
import { endTensors } from '../model/graph.js';
import type { ModelConfig } from '../model/config.js';
import type { StoredTensor } from '../model/safetensors.js';
import type { HostStep } from '../model/host-steps.js';
import { classOf } from './families.js';
import type { ImportOptions } from './imported.js';
import type { Sentence } from './sentence.js';
import type { SourceConfig } from './source-config.js';
import type { SourceTensors } from './source-tensors.js';
import { identity, zeros } from './tensors.js';

export interface HeadPlan {
  readonly head: ModelConfig['head'];
  readonly classes: number;
  readonly weight: StoredTensor | undefined;
  readonly bias: StoredTensor | undefined;
  readonly steps: readonly HostStep[];
  readonly host: readonly string[];
  /** Parts whose tensors the host needs, or may want. */
  readonly hostParts: readonly string[];
  readonly unsupported: readonly string[];
  /** What contradicts the weights in config.json. */
  readonly problems: readonly string[];
}

const pooler = 'pooler.dense';
const fewestClasses = 2;

export function planHead(config: SourceConfig, sentence: Sentence, source: SourceTensors, { head = 'own' }: ImportOptions): HeadPlan {
  const { architecture, family, sizes } = config;
  const width = sizes.hidden_size;
  if (sentence.pooling !== undefined) return withoutHead(width, sentence, source);
  const { task = 'Model' } = classOf(architecture);
  if (head === 'none' || task === 'Model') return withoutHead(width, sentence, source);
  const sequence = family.sequenceHead;
  if (task === 'ForSequenceClassification' && sequence !== undefined) {
    return {
      ...ownHead(sequence.path, width, source),
      steps: [{ kind: 'row', row: 0 }, { kind: sequence.activation }, { kind: 'dense', path: sequence.classes }],
      host: [`classes: ${sequence.classes} of ${sequence.activation} of the first row of outputs`],
      hostParts: [sequence.classes],
      problems: classProblems(config, sequence.classes, source),
    };
  }
  const problems = classProblems(config, 'classifier', source);
  if (task === 'ForTokenClassification') return { ...ownHead('classifier', width, source), problems };
  if (task === 'ForQuestionAnswering') return ownHead('qa_outputs', width, source);
  if (task === 'ForImageClassification')
    return {
      ...ownHead('classifier', width, source),
      steps: [{ kind: 'row', row: 0 }],
      host: ['classes: the first row of outputs'],
      problems,
    };
  return {
    ...withoutHead(width, sentence, source),
    unsupported: [
      `architectures = ${architecture}: its head is not computed; import the encoder alone with --head none, or needs a head of sequences or tokens`,
    ],
  };
}

/** Numbers of classes in config.json that are not those of the layer that computes them. */
function classProblems({ id2label, num_labels: count }: SourceConfig, path: string, source: SourceTensors): string[] {
  const rows = source.shapeOf(`${path}.weight`)?.[0];
  if (rows === undefined) return [];
  const named = id2label === null || id2label === undefined ? undefined : Object.keys(id2label).length;
  const differs = `${path}.weight has ${rows} ${rows === 1 ? 'row' : 'rows'}, one a class; config.json and the weights are of different models`;
  return [
    ...(named === undefined || named === rows ? [] : [`id2label: names ${named} ${named === 1 ? 'class' : 'classes'}: ${differs}`]),
    ...(count === undefined || count === rows ? [] : [`num_labels = ${count}: ${differs}`]),
  ];
}

/** A layer of the source to classes or features, for every token. */
function ownHead(path: string, width: number, source: SourceTensors): HeadPlan {
  const shape = source.shapeOf(`${path}.weight`);
  const classes = shape?.[0] ?? -1;
  if (shape !== undefined && classes < fewestClasses)
    source.problems.push(
      `${path}.weight.shape = [${shape.join(', ')}]: must have ${fewestClasses} rows or more, one a class; import the encoder alone with --head none`,
    );
  return {
    head: 'token',
    // Of a head that is missing or too small nothing more is said than that.
    classes: Math.max(classes, fewestClasses),
    weight: source.take(`${path}.weight`, [classes, width], endTensors.head),
    bias: source.take(`${path}.bias`, [classes], endTensors.headBias),
    steps: [],
    host: [],
    hostParts: [],
    unsupported: [],
    problems: [],
  };
}

/** The encoder's own outputs; their mean through a layer that changes nothing, since the hardware pools what a layer makes. */
function withoutHead(width: number, { pooling, normalise }: Sentence, source: SourceTensors): HeadPlan {
  const hasPooler = source.has(`${pooler}.weight`);
  const pooled = pooling === 'mean';
  const host: string[] = [
    pooled ? 'outputs: the head is an identity of the width, whose results are pooled' : 'outputs: those of the encoder, for every token',
  ];
  const steps: HostStep[] = [];
  if (pooling === 'first') {
    host.push('pooling: the first row of outputs');
    steps.push({ kind: 'row', row: 0 });
  }
  if (normalise) {
    host.push('L2: outputs are divided by their length');
    steps.push({ kind: 'normalise' });
  }
  if (hasPooler)
    host.push(
      pooling === undefined
        ? `pooler: tanh of ${pooler} of the first row of outputs, where it is wanted`
        : `${pooler}: not used by the pipeline of modules.json`,
    );
  return {
    head: pooled ? 'sequence' : 'none',
    classes: width,
    weight: pooled ? identity(width) : undefined,
    bias: pooled ? zeros(width) : undefined,
    steps,
    host,
    hostParts: hasPooler ? [pooler] : [],
    unsupported: [],
    problems: [],
  };
}

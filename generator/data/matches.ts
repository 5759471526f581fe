import type { ModelConfig } from '../model/config.js';
import type { Encoder } from '../model/encoder.js';
import { taskNames } from './built-in.js';
import { splitNames, type Dataset } from './dataset.js';
import { lineShape, type LineShape } from './examples-file.js';

/** What keeps a model from working on a task's data; empty when nothing does. */
export function mismatches({ config, host }: Pick<Encoder, 'config' | 'host'>, data: Dataset): string[] {
  const shape: LineShape = data.host === undefined ? lineShape({ config, ...(host && { host }) }) : config;
  const problems: string[] = [];
  const isOwn = !taskNames.includes(data.task);
  const equal = (name: keyof ModelConfig, wanted: string | number, others: readonly string[] = []): void => {
    const found = name === 'classes' || name === 'head' ? shape[name] : config[name];
    if (found !== wanted && !others.includes(String(found)))
      problems.push(`model.${name} = ${found}: the task ${data.task} has ${wanted}; use a checkpoint of that task`);
  };
  equal('input', data.featureCount > 0 ? 'patches' : 'ids', data.featureCount > 0 ? ['features'] : []);
  if (isOwn && config.input === 'ids' && config.vocabulary !== data.vocabulary)
    problems.push(
      `model.vocabulary = ${config.vocabulary}: the task ${data.task} has ${data.vocabulary}; write "vocabulary": ${config.vocabulary} in its description if this is its model ` +
        '(an imported one has a row for each token type behind vocab_size)',
    );
  else equal('vocabulary', data.vocabulary);
  equal('featureCount', data.featureCount);
  if (data.labelNames.length > 0) equal('classes', data.labelNames.length);
  // Without a head there are outputs of every token, too.
  equal('head', data.head, data.head === 'token' ? ['none'] : []);
  if (config.maxLength < data.maxLength)
    problems.push(`model.maxLength = ${config.maxLength} tokens: the task ${data.task} has inputs of ${data.maxLength}`);
  const { tokens } = shape;
  const other = tokens === undefined ? undefined : splitNames.flatMap((name) => data.splits[name]).find(({ length }) => length !== tokens);
  if (other !== undefined)
    problems.push(
      `model takes inputs of ${tokens} tokens alone: the task ${data.task} has one of ${other.length}; give every input its rows`,
    );
  return problems;
}

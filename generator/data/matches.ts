import type { ModelConfig } from '../model/config.js';
import { taskNames } from './built-in.js';
import type { Dataset } from './dataset.js';

/** What keeps a model from working on a task's data; empty when nothing does. */
export function mismatches(config: ModelConfig, data: Dataset): string[] {
  const problems: string[] = [];
  const isOwn = !taskNames.includes(data.task);
  const equal = (name: keyof ModelConfig, wanted: string | number, others: readonly string[] = []): void => {
    if (config[name] !== wanted && !others.includes(String(config[name])))
      problems.push(`model.${name} = ${config[name]}: the task ${data.task} has ${wanted}; use a checkpoint of that task`);
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
  return problems;
}

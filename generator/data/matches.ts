import type { ModelConfig } from '../model/config.js';
import type { Dataset } from './dataset.js';

/** What keeps a model from working on a task's data; empty when nothing does. */
export function mismatches(config: ModelConfig, data: Dataset): string[] {
  const problems: string[] = [];
  const equal = (name: keyof ModelConfig, wanted: string | number): void => {
    if (config[name] !== wanted)
      problems.push(`model.${name} = ${config[name]}: the task ${data.task} has ${wanted}; use a checkpoint of that task`);
  };
  equal('input', data.featureCount > 0 ? 'patches' : 'ids');
  equal('vocabulary', data.vocabulary);
  equal('featureCount', data.featureCount);
  if (data.labelNames.length > 0) equal('classes', data.labelNames.length);
  equal('head', data.head);
  if (config.maxLength < data.maxLength)
    problems.push(`model.maxLength = ${config.maxLength} tokens: the task ${data.task} has inputs of ${data.maxLength}`);
  return problems;
}

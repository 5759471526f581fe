/** Inputs of a task as a person reads them, with what the chip predicts. */
import type { Dataset, Example } from '../data/dataset.js';
import type { Card } from './document.js';
import { patchPicture } from './pictures.js';

/** What is wrong of a token's prediction stands in brackets behind it. */
function tokens(words: readonly string[], { labels }: Example, predicted: readonly number[], names: readonly string[]): string {
  return words
    .map((word, t) => {
      const label = labels[t]!;
      const right = label < 0 || label === predicted[t];
      return `${word}/${names[predicted[t]!]}${right ? '' : ` [not ${names[label]}]`}`;
    })
    .join(' ');
}

/** One line for a terminal. */
export function predictionLine(dataset: Dataset, example: Example, predicted: readonly number[]): string {
  const { task, labelNames } = dataset;
  if (task === 'mnist')
    return `${labelNames[predicted[0]!]}${predicted[0] === example.labels[0] ? '' : ` [not ${labelNames[example.labels[0]!]}]`}`;
  const described = dataset.describe(example);
  if (task === 'brown')
    return tokens(
      described.split(' ').map((pair) => pair.slice(0, pair.lastIndexOf('/'))),
      example,
      predicted,
      labelNames,
    );
  const [word = '', spoken = ''] = described.split(' -> ');
  const said = predicted
    .map((label) => labelNames[label]!)
    .filter((name) => name !== '-')
    .join(' ');
  return `${word} -> ${said}${said === spoken ? '' : ` [not ${spoken}]`}`;
}

function isRight({ labels }: Example, predicted: readonly number[]): boolean {
  return labels.every((label, at) => label < 0 || label === predicted[at]);
}

export function predictionCards(dataset: Dataset, examples: readonly Example[], predictions: readonly (readonly number[])[]): Card[] {
  return examples.map((example, i): Card => {
    const predicted = predictions[i]!;
    return {
      tone: isRight(example, predicted) ? 'good' : 'bad',
      lines: [`${i}: ${predictionLine(dataset, example, predicted)}`],
      ...(example.features === undefined ? {} : { picture: patchPicture(example.features, example.length) }),
    };
  });
}

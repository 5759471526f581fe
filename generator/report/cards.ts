/** Inputs of a task as a person reads them, with what the chip predicts. */
import type { Dataset, Example } from '../data/dataset.js';
import { textOf } from '../data/spell.js';
import type { Card } from './document.js';
import { readTextLine, type ReadText } from '../subject/read-texts.js';
import { greyPicture } from './grey-png.js';
import { patchPicture } from './pictures.js';

/** What is wrong of a token's prediction stands in brackets behind it. */
function tokens(words: readonly string[], { labels }: Example, predicted: readonly number[], named: (label: number) => string): string {
  return words
    .map((word, t) => {
      const label = labels[t]!;
      const right = label < 0 || label === predicted[t];
      return `${word}/${named(predicted[t]!)}${right ? '' : ` [not ${named(label)}]`}`;
    })
    .join(' ');
}

/** One line for a terminal. */
export function predictionLine(dataset: Dataset, example: Example, predicted: readonly number[]): string {
  const { display, labelNames, title } = dataset;
  const named = (label: number): string => labelNames[label] ?? `output ${label}`;
  const described = dataset.describe(example);
  switch (display) {
    case 'class': {
      const wanted = example.labels[0]!;
      const right = wanted < 0 || predicted[0] === wanted;
      return `${title === undefined ? '' : `${title(example)} -> `}${named(predicted[0]!)}${right ? '' : ` [not ${named(wanted)}]`}`;
    }
    case 'tags':
      return tokens(
        described.split(' ').map((pair) => pair.slice(0, pair.lastIndexOf('/'))),
        example,
        predicted,
        named,
      );
    case 'text': {
      const [word = '', wanted = ''] = described.split(' -> ');
      const said = textOf(predicted, dataset);
      return `${word} -> ${said}${said === wanted || wanted === '' ? '' : ` [not ${wanted}]`}`;
    }
  }
}

function isRight({ labels }: Example, predicted: readonly number[]): boolean {
  return labels.every((label, at) => label < 0 || label === predicted[at]);
}

/** Pictures with the texts that were read of them. */
export function textCards(dataset: Dataset, examples: readonly Example[], texts: readonly ReadText[]): Card[] {
  return texts.map((text, i): Card => {
    const { picture } = dataset;
    return {
      tone: text.read === text.written ? 'good' : 'bad',
      lines: [readTextLine(text, i)],
      ...(picture && { picture: greyPicture(picture(examples[i]!)) }),
    };
  });
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

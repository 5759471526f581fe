/** Values of options, read from their text. */
import { InvalidArgumentError } from 'commander';
import { isTaskPath } from '../index.js';

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('must be a number.');
  return value;
}

export function whole(most: number, least = 0): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) > most || Number(text) < least)
      throw new InvalidArgumentError(`must be an integer in ${least} .. ${most}.`);
    return Number(text);
  };
}

/** Integers between commas. */
export function wholes(most: number, least = 0): (text: string) => number[] {
  return (text) => text.split(',').map(whole(most, least));
}

/** Names between commas, or none; `others` are taken too. */
export function listOf<T extends string>(
  known: readonly T[],
  others?: { readonly are: (name: string) => boolean; readonly what: string },
): (text: string) => string[] {
  const what = others === undefined ? '' : `, ${others.what}`;
  return (text) =>
    text === 'none'
      ? []
      : text.split(',').map((name) => {
          if (known.some((one) => one === name) || others?.are(name) === true) return name;
          throw new InvalidArgumentError(`${name} must be one of ${known.join(', ')}${what}, or the list none.`);
        });
}

/** Tasks of the user's own beside known names. */
export const ownTasks = { are: isTaskPath, what: "the path of a task's description" };

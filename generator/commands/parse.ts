/** Values of options, read from their text. */
import { InvalidArgumentError } from 'commander';

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

/** Names between commas, or none. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text === 'none'
      ? []
      : text.split(',').map((name) => {
          const found = known.find((one) => one === name);
          if (found === undefined) throw new InvalidArgumentError(`${name} must be one of ${known.join(', ')}, or the list none.`);
          return found;
        });
}

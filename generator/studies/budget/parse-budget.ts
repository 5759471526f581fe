/** What a search of forms may spend, from the text of an option: `150kB`, `1.05MB`, `400kcycles`, `58000`. */
import { UserError } from '../../util/errors.js';

export interface Budget {
  readonly of: 'bytes' | 'cycles';
  readonly most: number;
}

const sizes: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6 };

/** Bytes where no unit is given. Errors: UserError for anything else. */
export function parseBudget(text: string): Budget {
  const [, number = '', size = '', unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([kM]?)(B|cycles)?$/.exec(text.trim()) ?? [];
  const most = Number(number) * sizes[size]!;
  if (number === '' || !(most > 0))
    throw new UserError([
      `budget = ${text}: must be bytes of the blocks' weights, as in 58000, 150kB or 1.05MB, or cycles, as in 400kcycles`,
    ]);
  return { of: unit === 'B' ? 'bytes' : 'cycles', most };
}

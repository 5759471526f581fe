import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { checkAgainst, issueLines } from '../../generator/input/json.js';

const text = z.string();
const schema = z.strictObject({
  both: z.int().min(1).max(8),
  least: z.int().min(0),
  any: z.int(),
  share: z.number().gt(0).lt(1),
  open: z.int().positive().lt(9).default(1),
  most: z.number().max(2.5),
  flag: z.boolean(),
  name: text.min(1),
  kind: z.enum(['a', 'b']),
  version: z.literal(2),
  pair: z.tuple([z.int(), z.int().max(3)]),
  list: z.array(z.number().positive()).min(2).max(4),
  either: z.union([z.int().min(1), z.array(z.int()).length(1)]),
  form: z.union([z.strictObject({ file: text, share: z.int().max(9) }), z.strictObject({ share: text.max(5) })]).optional(),
  byName: z.record(text.regex(/^q/, 'must begin with q'), z.strictObject({ deep: z.int().max(0) })).default({}),
  own: z.int({ error: 'must be mine' }).optional(),
  nothing: z.null().optional(),
  odd: z.custom<1>((value) => value === 1).optional(),
});

const good = {
  both: 1,
  least: 0,
  any: -1,
  share: 0.5,
  most: 2.5,
  flag: true,
  name: 'n',
  kind: 'a',
  version: 2,
  pair: [1, 2],
  list: [1, 2],
  either: [3],
};

const linesOf = (value: unknown): string[] => issueLines(checkAgainst(schema, value).issues ?? []);

describe('what a file must hold', () => {
  it('is not said of a good one', () => {
    expect(linesOf(good)).toEqual([]);
    expect(checkAgainst(schema, good).data).toEqual({ ...good, open: 1, byName: {} });
  });

  it.each<[string, object, string]>([
    ['an integer with two bounds', { both: 9 }, 'both = 9: must be an integer in 1 .. 8'],
    ['one that is no integer', { both: 1.5 }, 'both = 1.5: must be an integer in 1 .. 8'],
    ['one bound', { least: -1 }, 'least = -1: must be an integer of at least 0'],
    ['an integer between two bounds', { open: 9 }, 'open = 9: must be an integer in 1 .. 8'],
    ['no bound', { any: '1' }, 'any = "1": must be an integer'],
    ['bounds that are not in the range', { share: 1 }, 'share = 1: must be a number above 0 and below 1'],
    ['an upper bound', { most: 3 }, 'most = 3: must be a number of at most 2.5'],
    ['a flag', { flag: 1 }, 'flag = 1: must be true or false'],
    ['a text', { name: '' }, 'name = "": must be a text of at least 1 character'],
    ['a choice', { kind: 'c' }, 'kind = "c": must be one of a, b'],
    ['one value', { version: 3 }, 'version = 3: must be 2'],
    ['an entry of a pair', { pair: [1, 4] }, 'pair.1 = 4: must be an integer of at most 3'],
    ['too long a pair', { pair: [1, 2, 3] }, 'pair = [1,2,3]: must be a list of 2 entries'],
    ['an entry of a list', { list: [1, 0] }, 'list.1 = 0: must be a number above 0'],
    ['too short a list', { list: [1] }, 'list = [1]: must be a list of 2 .. 4 entries'],
    ['one of two kinds', { either: 'x' }, 'either = "x": must be an integer of at least 1, or a list of 1 entry'],
    [
      'one of two forms',
      { form: { share: 7, other: 1 } },
      'form = {"share":7,"other":1}: must be an object with file, share, or an object with share',
    ],
    [
      'an entry of one of two forms',
      { form: { file: 'f', share: 10 } },
      'form.share = 10: must be an integer of at most 9, or a text of at most 5 characters',
    ],
    ['an entry under a name of its own', { byName: { 'q.r': { deep: 2 } } }, 'byName.q.r.deep = 2: must be an integer of at most 0'],
    ['such a name', { byName: { r: { deep: 0 } } }, 'byName.r = {"deep":0}: its name must begin with q'],
    ['unknown fields', { byName: { q: { deep: 0, x: 1 } } }, 'byName.q.x = 1: is not a known field; known are deep'],
    ['a rule of the schema itself', { own: 'x' }, 'own = "x": must be mine'],
    ['nothing', { nothing: 0 }, 'nothing = 0: must be null'],
    ['a rule that has no words', { odd: 2 }, 'odd = 2: is not legal here'],
    ['a missing field', { both: undefined }, 'both: is missing; must be an integer in 1 .. 8'],
    ['a value that hides its end', { kind: 'a\u202e' }, 'kind = "a\\u202e": must be one of a, b'],
    ['a long value', { kind: 'x'.repeat(80) }, `kind = "${'x'.repeat(59)}..: must be one of a, b`],
  ])('is said of %s', (_, changes, line) => {
    expect(linesOf({ ...good, ...changes })).toEqual([line]);
  });

  it('is said of the file as a whole, and of every field at once', () => {
    expect(linesOf([])).toEqual([
      'file = []: must be an object with both, least, any, share, most, flag, name, kind, version, pair, list, either',
    ]);
    expect(linesOf({ ...good, both: 0, extra: 1, more: 2 }).map((line) => line.split(':')[0])).toEqual([
      'both = 0',
      'extra = 1',
      'more = 2',
    ]);
  });
});

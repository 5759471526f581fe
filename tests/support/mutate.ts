/** Damaged variants of files, from a seeded generator: as discs, editors and attackers leave them. */

type Random = () => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const below = (random: Random, count: number): number => Math.floor(random() * count);

/** Texts that have surprised parsers. */
const texts = [
  '1e999',
  '-1',
  '4503599627370496',
  '9007199254740993',
  '0x10',
  'NaN',
  'null',
  '"',
  '\\',
  '/*',
  '{',
  '}',
  '(',
  ')',
  ';',
  ':',
  ',',
  '\n',
  '\r\n',
  '\0',
  '\u001b[2J',
  '\ufeff',
  '\u2028',
  '__proto__',
  'constructor',
  '..',
  '!'.repeat(3000),
  '('.repeat(3000),
  ' '.repeat(20_000),
  '{"a":'.repeat(3000),
  '['.repeat(50_000),
  '9'.repeat(400),
  'x () {'.repeat(200),
];

/** Bytes with one kind of damage. */
export function mutateBytes(bytes: Uint8Array, random: Random): Buffer {
  const all = Buffer.from(bytes);
  const at = below(random, all.length + 1);
  const end = Math.min(all.length, at + 1 + below(random, 64));
  switch (below(random, 6)) {
    case 0: {
      for (let flips = 1 + below(random, 4); flips > 0 && all.length > 0; flips--) {
        const place = below(random, all.length);
        all[place] = all[place]! ^ (1 << below(random, 8));
      }
      return all;
    }
    case 1:
      return all.subarray(0, at);
    case 2:
      return Buffer.concat([all.subarray(0, end), all.subarray(at, end), all.subarray(end)]);
    case 3:
      return Buffer.concat([all.subarray(0, at), all.subarray(end)]);
    case 4:
      return Buffer.concat([all.subarray(0, at), Buffer.from(pick(random, texts)), all.subarray(at)]);
    default:
      return Buffer.concat([all.subarray(0, at), Buffer.from(pick(random, texts)), all.subarray(end)]);
  }
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Stands for a list that no recursion survives, not even that which would write it. */
const veryDeep = 'a list 50,000 deep';

const values: readonly unknown[] = [
  null,
  true,
  [],
  {},
  '',
  'x',
  '\u001b]0;x\u0007\nforged: line',
  [1],
  { a: 1 },
  -1,
  0,
  0.5,
  1e308,
  2 ** 31,
  2 ** 52,
  2 ** 53,
  -(2 ** 53),
  '1..9999999',
  Array.from({ length: 500 }, () => 'x'),
  nested(50),
  veryDeep,
];

/** All objects and lists within a value. */
function containers(value: unknown): (Record<string, unknown> | unknown[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(containers)];
}

/** JSON in which a value, a key or an element has been replaced, removed or added. */
export function mutateJson(text: string, random: Random): string {
  const root = { value: JSON.parse(text) as unknown };
  const inside = pick(random, containers(root));
  const keys = Object.keys(inside);
  const key = pick(random, keys) ?? 'a';
  const entries = inside as Record<string, unknown>;
  switch (inside === root ? 1 : below(random, 4)) {
    case 0:
      if (Array.isArray(inside)) inside.splice(Number(key), 1);
      else delete entries[key];
      break;
    case 1:
      entries[key] = pick(random, values);
      break;
    case 2:
      if (Array.isArray(inside)) inside.push(pick(random, values));
      else
        Object.defineProperty(entries, pick(random, ['__proto__', 'constructor', 'more', '', 'a.b', '\u001b[1m']), {
          value: pick(random, values),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      break;
    default:
      entries[key] = pick(random, containers(root)) === inside ? 7 : structuredClone(pick(random, Object.values(entries)));
  }
  return (JSON.stringify(root.value) ?? 'null').replaceAll(JSON.stringify(veryDeep), `${'['.repeat(50_000)}${']'.repeat(50_000)}`);
}

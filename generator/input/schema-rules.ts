/** What a schema demands at a place, in words, so that an error in a file can name the legal range beside the field and its value. */
import { z } from 'zod';

export type Node = z.core.JSONSchema.JSONSchema;

/** The node of one entry of an object or a list; undefined where the schema names none. */
function inside(node: Node, key: PropertyKey): Node | undefined {
  const at = String(key);
  const named = node.properties?.[at] ?? node.prefixItems?.[Number(at)] ?? node.items ?? node.additionalProperties;
  if (typeof named === 'object' && !Array.isArray(named)) return named;
  const forms = (node.anyOf ?? []).map((one) => inside(one as Node, key)).filter((one) => one !== undefined);
  return forms.length > 1 ? { anyOf: forms } : forms[0];
}

/** A schema as data; made once for all that is wrong with a value. */
export function nodeOf(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node;
}

function nodeAt(root: Node, path: readonly PropertyKey[]): Node | undefined {
  return path.reduce<Node | undefined>((node, key) => (node === undefined ? undefined : inside(node, key)), root);
}

/** Bounds that every safe integer keeps say nothing. */
const bound = (value: number | undefined): number | undefined =>
  Number.isSafeInteger(value) && Math.abs(value!) === Number.MAX_SAFE_INTEGER ? undefined : value;

const next = (value: number | boolean | undefined, step: number): number | undefined =>
  typeof value === 'number' ? value + step : undefined;

/** ` in 1 .. 8`, ` of at least 1`, ` above 0 and below 1`; empty without bounds. */
function rangeOf(node: Node): string {
  // The next integer behind a bound is in the range.
  const whole = node.type === 'integer';
  const { minimum = whole ? next(node.exclusiveMinimum, 1) : undefined, maximum = whole ? next(node.exclusiveMaximum, -1) : undefined } =
    node;
  const { exclusiveMinimum, exclusiveMaximum } = whole ? {} : node;
  const [least, most] = [bound(minimum), bound(maximum)];
  if (least !== undefined && most !== undefined) return ` in ${least} .. ${most}`;
  const parts = [
    least !== undefined && `of at least ${least}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    most !== undefined && `of at most ${most}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}

/** ` of 2 entries`, ` of at least 2 entries`; empty where any number may stand. */
function countOf(least: number | undefined, most: number | undefined, [one, many]: readonly [string, string]): string {
  if (least === undefined && most === undefined) return '';
  const words = (count: number): string => `${count} ${count === 1 ? one : many}`;
  if (least === most) return ` of ${words(least!)}`;
  if (least !== undefined && most !== undefined) return ` of ${least} .. ${words(most)}`;
  return least === undefined ? ` of at most ${words(most!)}` : ` of at least ${words(least)}`;
}

/** What a value must be: `an integer in 1 .. 8`; undefined where anything may stand. */
function kindOf(node: Node): string | undefined {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  if (node.anyOf !== undefined) {
    const kinds = node.anyOf.map((one) => kindOf(one as Node));
    return kinds.includes(undefined) ? undefined : [...new Set(kinds)].join(', or ');
  }
  switch (node.type) {
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'integer':
      return `an integer${rangeOf(node)}`;
    case 'number':
      return `a number${rangeOf(node)}`;
    case 'string':
      return `a text${countOf(node.minLength, node.maxLength, ['character', 'characters'])}`;
    case 'array':
      return `a list${countOf(node.minItems, node.maxItems, ['entry', 'entries'])}`;
    case 'object':
      return node.required === undefined ? 'an object' : `an object with ${node.required.join(', ')}`;
    default:
      return undefined;
  }
}

/** `must be an integer in 1 .. 8`. */
export function ruleAt(root: Node, path: readonly PropertyKey[]): string {
  const node = nodeAt(root, path);
  const kind = node === undefined ? undefined : kindOf(node);
  return kind === undefined ? 'is not legal here' : `must be ${kind}`;
}

/** Keys that an object may have; of a union those of all its forms. */
export function keysAt(root: Node, path: readonly PropertyKey[]): string[] {
  const keysOf = (node: Node): string[] => [
    ...Object.keys(node.properties ?? {}),
    ...(node.anyOf ?? []).flatMap((one) => keysOf(one as Node)),
  ];
  const node = nodeAt(root, path);
  return node === undefined ? [] : [...new Set(keysOf(node))];
}

/**
 * A Liberty file as nested groups, in one pass over its text: time grows with its length alone.
 *
 *   kind (name) { attribute : value; complex (values); kind (name) { .. } }
 *
 * Source   Liberty User Guide, "Syntax": groups, simple attributes; complex attributes are passed over
 */

export interface Group {
  readonly kind: string;
  /** Name without its quotation marks. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly groups: readonly Group[];
}

interface OpenGroup extends Group {
  readonly attributes: Map<string, string>;
  readonly groups: Group[];
}

const mostDepth = 64;
const word = /[\w.[\]$-]+/y;

class Scanner {
  private at = 0;
  constructor(private readonly text: string) {}

  /** Skips to what is neither space, comment nor continued line; false at the end. */
  skipSpace(): boolean {
    for (; this.at < this.text.length; this.at++) {
      if (this.text.startsWith('/*', this.at)) this.at = this.after('*/', this.at + 2) - 1;
      else if (!/[\s\\]/.test(this.text[this.at]!)) return true;
    }
    return false;
  }

  take(character: string): boolean {
    const found = this.skipSpace() && this.text[this.at] === character;
    if (found) this.at++;
    return found;
  }

  /** A word, or '' after one character of anything else. */
  word(): string {
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0];
    if (found === undefined) this.at = this.text[this.at] === '"' ? this.after('"', this.at + 1) : this.at + 1;
    else this.at += found.length;
    return found ?? '';
  }

  /** What stands before one of `ends`, without quotation marks, which hide it; the end is not taken. */
  until(ends: string): string {
    const begin = this.at;
    while (this.at < this.text.length && !ends.includes(this.text[this.at]!))
      this.at = this.text[this.at] === '"' ? this.after('"', this.at + 1) : this.at + 1;
    return this.text.slice(begin, this.at).replaceAll('\\\n', ' ').replaceAll('"', '').trim();
  }

  private after(end: string, from: number): number {
    const found = this.text.indexOf(end, from);
    return found < 0 ? this.text.length : found + end.length;
  }
}

function begin(kind: string, name: string): OpenGroup {
  return { kind, name, attributes: new Map(), groups: [] };
}

/** Groups of the outermost level. Errors: Error when one does not end. */
export function parseGroups(text: string): readonly Group[] {
  const from = new Scanner(text);
  const stack: OpenGroup[] = [begin('', '')];
  while (from.skipSpace()) {
    const inside = stack.at(-1)!;
    if (stack.length > 1 && from.take('}')) {
      stack.pop();
      continue;
    }
    const kind = from.word();
    if (kind === '') continue;
    if (from.take(':')) {
      const value = from.until(';}\n');
      // Of two the first counts, as in the tools that read these files.
      if (!inside.attributes.has(kind)) inside.attributes.set(kind, value);
    } else if (from.take('(')) {
      const name = from.until(')');
      from.take(')');
      if (!from.take('{')) continue;
      if (stack.length > mostDepth) throw new Error(`${kind} (${name}) lies more than ${mostDepth} groups deep`);
      const group = begin(kind, name);
      inside.groups.push(group);
      stack.push(group);
    }
  }
  const [root, ...rest] = stack;
  const last = rest.at(-1);
  if (last !== undefined) throw new Error(`${last.kind} (${last.name}) does not end`);
  return root!.groups;
}

/** Groups of a kind at any depth below, in the order of the text; those inside of one another count once. */
export function groupsOf({ groups }: Pick<Group, 'groups'>, kind: string): Group[] {
  return groups.flatMap((group) => (group.kind === kind ? [group] : groupsOf(group, kind)));
}

/**
 * Truth tables of the functions of Liberty.
 *
 * Source   Liberty User Guide, "function": ' and ! invert, then & * or nothing between, then ^, then + |
 */

/** Value of a name; undefined where there is none of that name. */
type Values = (name: string) => boolean | undefined;

class Reader {
  private at = 0;
  constructor(
    private readonly tokens: readonly string[],
    private readonly values: Values,
  ) {}

  private take(...tokens: readonly string[]): boolean {
    const found = tokens.includes(this.tokens[this.at] ?? '');
    if (found) this.at++;
    return found;
  }

  all(): boolean {
    const value = this.either();
    if (this.at < this.tokens.length) throw new SyntaxError('something follows the function');
    return value;
  }

  private either(): boolean {
    let value = this.odd();
    while (this.take('|', '+')) value = this.odd() || value;
    return value;
  }

  private odd(): boolean {
    let value = this.both();
    while (this.take('^')) value = this.both() !== value;
    return value;
  }

  private both(): boolean {
    let value = this.one();
    while (this.take('&', '*') || /^[\w(!]/.test(this.tokens[this.at] ?? '')) value = this.one() && value;
    return value;
  }

  private one(): boolean {
    if (this.take('!')) return !this.one();
    let value: boolean | undefined;
    if (this.take('(')) {
      value = this.either();
      if (!this.take(')')) throw new SyntaxError('a bracket does not end');
    } else {
      const name = this.tokens[this.at++] ?? '';
      value = name === '0' ? false : name === '1' ? true : this.values(name);
    }
    if (value === undefined) throw new SyntaxError('a name that is no input');
    while (this.take("'")) value = !value;
    return value;
  }
}

/** Longest function that is read: its brackets are read by recursion. */
const mostTokens = 500;

/** Entry i has input k at bit k of i; undefined for what is not a function of these inputs. */
export function truthTable(text: string, inputs: readonly string[]): boolean[] | undefined {
  const tokens: readonly string[] = text.match(/[A-Za-z_][\w.[\]]*|[01]|\S/g) ?? [];
  if (tokens.length > mostTokens) return undefined;
  try {
    return Array.from({ length: 2 ** inputs.length }, (_, i) =>
      new Reader(tokens, (name) => {
        const k = inputs.indexOf(name);
        return k < 0 ? undefined : (i >> k) % 2 === 1;
      }).all(),
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

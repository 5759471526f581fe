/** Small changes of one line of Verilog, each of which a test should notice. */

export interface Mutation {
  /** Kind of the change. */
  readonly kind: string;
  /** Number of the line, from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** What stands on a line in place of a pattern; `$1` as in String.replace. */
type Rule = readonly [kind: string, pattern: RegExp, put: string];

const rules: readonly Rule[] = [
  ['operator', / && /g, ' || '],
  ['operator', / \|\| /g, ' && '],
  ['operator', / == /g, ' != '],
  ['operator', / != /g, ' == '],
  ['operator', / < /g, ' <= '],
  ['operator', / < /g, ' >= '],
  ['operator', / > /g, ' >= '],
  ['operator', / >= /g, ' > '],
  ['operator', / \+ /g, ' - '],
  ['operator', / - /g, ' + '],
  ['operator', / & /g, ' | '],
  ['operator', / \| /g, ' & '],
  ['operator', / \^ /g, ' | '],
  ['operator', / << /g, ' >> '],
  ['operator', / >> /g, ' << '],
  ['operator', / >>> /g, ' >> '],
  ['constant', /\b1'b0\b/g, "1'b1"],
  ['constant', /\b1'b1\b/g, "1'b0"],
  ['constant', /\b(\d+)'d0\b/g, "$1'd1"],
  ['constant', /\b(\d+)'d1\b/g, "$1'd0"],
  ['constant', /\b(\d+)'d([2-9]\d*)\b/g, "$1'd1"],
  ['condition', /\bif \((.*)\) (?=begin$|\w.* <= )/g, 'if (!($1)) '],
  ['condition', /!(?=[\w(])/g, ''],
  ['choice', / \? ([\w'[\]]+) : ([\w'[\]]+)(?=[;,) ])/g, ' ? $2 : $1'],
  ['handshake', /\b(\w+)_valid(_i|_o|_q)?\b/g, '$1_ready$2'],
  ['handshake', /\b(\w+)_ready(_i|_o|_q)?\b/g, '$1_valid$2'],
  ['assignment', /^(\s*)[\w[\]:$ +*{},-]+ <= [^;]*;$/g, '$1begin end'],
  ['assignment', / <= [^;]*;$/g, ' <= 0;'],
];

/**
 * Lines whose change is no fault of behaviour: declarations, names, headers, and entries of
 * tables, which tests/golden/tables.test.ts proves and tests/rtl/tables.test.ts finds again in the Verilog. */
const quiet =
  /^\s*(\d+'d\d+: \w+ = |\/\/|`|module|endmodule|end\b|begin$|input |output |parameter |localparam |genvar |integer |reg |generate|endgenerate|default:? begin|\)|wire +(\[[^\]]*\] +)?unused|for )/;

/** What is assigned is zero before and after. */
const nothing = /<= ((\d+'[dhb])?0+|IDLE|FREE|NONE|\{ *\w+\{1'b0\} *\});$/;

/** Lines of a block that begins with a reset, by number; `if (rst_i || clear)` is one, too. */
function resetLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  lines.forEach((line, at) => {
    if (!/\bif \(.*\brst_i\b.*\) begin$/.test(line)) return;
    const indent = line.search(/\S/);
    for (let inside = at + 1; inside < lines.length && lines[inside]!.search(/\S/) !== indent; inside++) found.add(inside);
  });
  return found;
}

/** Every change of every rule at every place, line by line. */
export function mutationsOf(text: string): Mutation[] {
  const lines = text.split('\n');
  const resets = resetLines(lines);
  return lines.flatMap((whole, at) => {
    const comment = whole.indexOf('//');
    const line = (comment < 0 ? whole : whole.slice(0, comment)).trimEnd();
    if (line === '' || quiet.test(line)) return [];
    return rules.flatMap(([kind, pattern, put]) =>
      [...line.matchAll(pattern)].flatMap((match): Mutation[] => {
        const changed = put.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
        const after = `${line.slice(0, match.index)}${changed}${line.slice(match.index + match[0].length)}`;
        // A name that the file does not know would not compile.
        if (kind === 'handshake' && !new RegExp(`\\b${changed}\\b`).test(text)) return [];
        if (after === line || (put === ' <= 0;' && (resets.has(at) || nothing.test(match[0])))) return [];
        const dropped =
          kind === 'assignment' && resets.has(at) ? 'reset' : /\brst_i\b/.test(line) && kind !== 'assignment' ? 'reset' : kind;
        return [{ kind: dropped, line: at + 1, before: whole, after }];
      }),
    );
  });
}

/** The text with the change, or undefined where the line stands nowhere: another configuration has no such line. */
export function applyMutation(text: string, { line, before, after }: Mutation): string | undefined {
  const lines = text.split('\n');
  const places = lines.flatMap((content, at) => (content === before ? [at] : []));
  if (places.length === 0) return undefined;
  // Of equal lines the one that lies nearest.
  const nearest = places.reduce((best, at) => (Math.abs(at - line) < Math.abs(best - line) ? at : best));
  return lines.map((content, at) => (at === nearest ? after : content)).join('\n');
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { widthLocalparams, widthParameters, widths } from '../../generator/contract/widths.js';
import { presets } from '../../generator/params/presets.js';
import { makeParams } from '../../generator/params/params.js';
import { designUnits } from '../../generator/rtl/design.js';
import { renderTemplate, templatesFolder, type Context, type ContextValue } from '../../generator/rtl/render.js';
import { packageRoot } from '../../generator/util/package.js';
import { randomParams } from '../support/random-params.js';

type Names = Map<string, Names>;

/** Names that a template uses; the names inside a list stand below the list's name. */
function usedNames(program: hbs.AST.Program, names: Names = new Map()): Names {
  const use = (node: hbs.AST.Node): Names => {
    if (node.type !== 'PathExpression') throw new Error(`line ${node.loc.start.line}: only names may be used`);
    const path = node as hbs.AST.PathExpression;
    if (path.data || path.original === 'this') return new Map();
    if (path.depth > 0) throw new Error(`line ${path.loc.start.line}: ${path.original} looks outside its list`);
    let level = names;
    for (const part of path.parts as string[]) {
      if (!level.has(part)) level.set(part, new Map());
      level = level.get(part)!;
    }
    return level;
  };
  for (const node of program.body) {
    // Arguments of these are names of codes and widths, not of the context.
    if (
      node.type === 'MustacheStatement' &&
      ['localparams', 'widths', 'localWidths'].includes(((node as hbs.AST.MustacheStatement).path as hbs.AST.PathExpression).original)
    )
      continue;
    if (node.type === 'MustacheStatement') use((node as hbs.AST.MustacheStatement).path);
    else if (node.type === 'BlockStatement') {
      const { path, params, program: then, inverse } = node as hbs.AST.BlockStatement;
      const inner = use(params[0]!);
      const below = (path as hbs.AST.PathExpression).original === 'each' ? inner : names;
      usedNames(then, below);
      if (inverse) usedNames(inverse, below);
    } else if (node.type !== 'ContentStatement' && node.type !== 'CommentStatement')
      throw new Error(`${node.type} is not used in templates`);
  }
  return names;
}

function isContext(value: ContextValue | undefined): value is Context {
  return typeof value === 'object' && !Array.isArray(value);
}

/** What the names of a template and the keys of a context do not share. */
function differences(names: Names, context: Context, at = ''): string[] {
  const missing = [...names.keys()].filter((name) => !Object.hasOwn(context, name)).map((name) => `${at}${name} is used and not given`);
  const surplus = Object.keys(context)
    .filter((key) => !names.has(key))
    .map((key) => `${at}${key} is given and not used`);
  const inner = [...names].flatMap(([name, below]) => {
    const value = context[name];
    const first = Array.isArray(value) ? (value as readonly ContextValue[])[0] : value;
    return isContext(first) ? differences(below, first, `${at}${name}.`) : [];
  });
  return [...missing, ...surplus, ...inner];
}

function templateNames(unit: string): Names {
  return usedNames(Handlebars.parse(readFileSync(join(templatesFolder(), `${unit}.v.hbs`), 'utf8')));
}

const configurations = [
  ...Object.entries(presets).map(([name, input]) => ({ name, params: makeParams(input) })),
  ...(['block', 'distributed', 'macro', 'latch'] as const).map((kind) => ({
    name: `memory ${kind}`,
    params: makeParams({ memory: { kind } }),
  })),
  ...(['async', 'sync', 'grid'] as const).map((kind) => ({
    name: `register file ${kind}`,
    params: makeParams({ registerFile: { kind } }),
  })),
  ...Array.from({ length: 20 }, (_, i) => ({ name: `seed ${i}`, params: randomParams(i) })),
];

describe('memories', () => {
  it('are instances of the wrapper: no other unit has an array of registers, but for the cells of a grid', () => {
    const arrays = readdirSync(templatesFolder()).filter(
      (name) =>
        name.endsWith('.v.hbs') &&
        /\breg\b[^;(]*\[[^\];]*\]\s*\w+\s*\[[^\];]*\]\s*;/.test(readFileSync(join(templatesFolder(), name), 'utf8')),
    );
    expect(arrays.sort()).toEqual(['ram_1r1w.v.hbs', 'ram_macro.v.hbs', 'trf.v.hbs']);
  });
});

/** Verilog by its path: templates before names are filled in, benches, the sample. */
const texts = [templatesFolder(), join(packageRoot(), 'testbench'), join(packageRoot(), 'rtl-out')].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.v') || name.endsWith('.v.hbs'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
);

describe('lines of templates, benches and the sample', () => {
  it('fit the length that .editorconfig gives, helpers apart', () => {
    const most = Number(
      /^\[\*\.\{v,v\.hbs\}\]\nmax_line_length = (\d+)$/m.exec(readFileSync(join(packageRoot(), '.editorconfig'), 'utf8'))?.[1],
    );
    expect(most).toBeGreaterThan(79);
    expect(texts.length).toBeGreaterThan(80);
    const long = texts.flatMap(({ name, text }) =>
      text.split('\n').flatMap((line, index) => (line.replace(/\{\{[^}]*\}\}/g, '').length > most ? [`${name}:${index + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });
});

describe('templates', () => {
  it.each(configurations)('use every name they are given, and are given every name they use: $name', ({ params }) => {
    for (const unit of designUnits(params)) {
      const context = { prefix: params.prefix, ...unit.context() };
      expect({ unit: unit.name, differences: differences(templateNames(unit.name), context) }).toEqual({
        unit: unit.name,
        differences: [],
      });
    }
  });

  it('are refused with a name left out, and with a condition or a list of the wrong kind', () => {
    const [params] = configurations.map((configuration) => configuration.params);
    const trf = designUnits(params!)
      .find(({ name }) => name === 'trf')!
      .context();
    expect(() => renderTemplate('trf', trf)).toThrow('"prefix" not defined');
    expect(() => renderTemplate('trf', { prefix: 'trex', ...trf, grid: 1 })).toThrow('{{#if}} needs a boolean, got number');
    const softmaxContext = designUnits(params!)
      .find(({ name }) => name === 'softmax')!
      .context();
    expect(() => renderTemplate('softmax', { prefix: 'trex', ...softmaxContext, exp: 'e' })).toThrow(
      '{{#each}} needs an array, got string',
    );
  });

  it('are found wanting when a name is missing or too many', () => {
    const names = usedNames(Handlebars.parse('{{a}} {{#each list}}{{b}}{{c}}{{/each}} {{#if d}}{{e}}{{else}}{{f}}{{/if}}'));
    expect(differences(names, { a: 1, list: [{ b: 1, x: 2 }], d: true, e: 1, y: 0 })).toEqual([
      'f is used and not given',
      'y is given and not used',
      'list.c is used and not given',
      'list.x is given and not used',
    ]);
  });
});

describe('widths that units share', () => {
  /** Ranges, parts, paddings, sums and literals of 11, 12, 24, 16 + 32, 20 = 32 - 12 or 23 = 24 - 1 bits. */
  const bareWidths = [
    /\[(?:1[01]|(?:1[12]|24) ?\* ?\w+ ?- ?1|\w+ ?\* ?(?:1[12]|24) ?- ?1):[^\]]*\]|\[23:0\]/,
    /[-+]: ?(?:1[12]|24)\b/,
    /\(\w+-(?:1[12]|24)\)|\((?:1[12]|2[34])-\w+\)/,
    /\b(?:1[12]|20|2[34]|48)'[sS]?[dhb]\w+/,
    /\((?:1[12]|24|48)\)/,
    /[-+*] *(?:1[12]|24)\b(?!')|\b(?:1[12]|24) *[-+*](?!:)/,
  ];
  const otherWidths = [
    // Eight bits of an error or of an AXI length, to 32 or 64.
    /\{ 24'd0, (?:error_q|[rw]_beat_q|error_code, error_tag) \}/g,
    // Fields of the stream with index codes of five and six bits.
    /\bitem\[1[12]\*c \+: 16\]/g,
    // AxLOCK, AxCACHE, AxPROT and AxQOS of reads and of writes.
    /wire \[23:0\] +attributes;|\battributes\[[\d:]+\]/g,
    /\brandom_q\[[\d:]+\]/g,
  ];
  const named = (text: string): string[] => {
    const code = otherWidths.reduce((rest, other) => rest.replaceAll(other, ''), text.replace(/\/\/.*$/gm, ''));
    return code.match(new RegExp(bareWidths.map(({ source }) => source).join('|'), 'g')) ?? [];
  };
  const testbenches = join(templatesFolder(), '..', 'testbench');

  it.each([
    { place: 'template', folder: templatesFolder(), ending: '.v.hbs' },
    { place: 'bench', folder: testbenches, ending: '.v' },
  ])('stand in the table of widths: no $place has a bare 11, 12, 24 or 48', ({ folder, ending }) => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
    expect(files.length).toBeGreaterThan(40);
    const bare = files.flatMap((name) => named(readFileSync(join(folder, name), 'utf8')).map((part) => `${name}: ${part}`));
    expect(bare).toEqual([]);
  });

  /**
   * Widths too small for a number to tell them: declarations of signals that the units name alike. A bit of a mask or a part of a
   * shift register has no range before its name.
   */
  const namedAlike: readonly (readonly [range: string, name: string, width: keyof typeof widths])[] = [
    ['2:0', '(?:\\w+_)?mode\\d?(?:_\\w+)?', 'MODE'],
    ['2:0', '(?:\\w+_)?dst(?:_\\w+)?', 'DESTINATION'],
    ['2:0', '(?:\\w+_)?groups(?:_\\w+)?', 'GROUPS'],
    ['2:0', 'kind(?:_\\w+)?', 'KIND'],
    ['7:0', '(?:\\w+_)?code(?:_\\w+)?', 'COMPLETION'],
    ['5:0', '(?:\\w+_)?shift(?:_\\w+)?', 'SHIFT'],
    ['4:0', 'bias_shift(?:_\\w+)?', 'BIAS_SHIFT'],
    ['1:0', '(?:\\w+_)?policy(?:_\\w+)?', 'POLICY'],
    ['4:0', '(?:\\w+_)?log2(?:_\\w+)?', 'RING_LOG2'],
    ['127:0', '(?:\\w+_)?instruction(?:_\\w+)?|program_wr_data\\w*|word_q', 'INSTRUCTION'],
    ['127:0', 'book\\w*|entries_q', 'BOOK'],
  ];
  const declaredBare = (text: string): string[] =>
    namedAlike.flatMap(([range, name]) =>
      [
        ...text
          .replace(/\/\/.*$/gm, '')
          .matchAll(new RegExp(`\\b(?:wire|reg|localparam)(?: signed)? +(\\[${range}\\]) +(${name}) *[;,=\\n]`, 'g')),
      ].map(([, bits, signal]) => `${bits} ${signal}`),
    );

  it.each([
    { place: 'template', folder: templatesFolder(), ending: '.v.hbs' },
    { place: 'bench', folder: testbenches, ending: '.v' },
  ])('are declared by their names in every $place: modes, destinations, codes, shifts, instructions', ({ folder, ending }) => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
    const bare = files.flatMap((name) => declaredBare(readFileSync(join(folder, name), 'utf8')).map((part) => `${name}: ${part}`));
    expect(bare).toEqual([]);
  });

  it('have the bits that their ranges had, and are found where a declaration has a number', () => {
    for (const [range, , width] of namedAlike) expect(`${widths[width].bits - 1}:0`).toBe(range);
    const text =
      '  input  wire [2:0]  out_mode_i,\n  reg [2:0] state_q;\n  output reg  [7:0] error_code_o,\n  reg [5:0] x_shift_q;\n' +
      '  wire [127:0] book;\n  reg [127:0] word_q; // wire [4:0] bias_shift;\n  wire [MODE_BITS-1:0] mode = mode_q[2:0];\n  wire [1:0] policy = 2;\n';
    expect(declaredBare(text)).toEqual([
      '[2:0] out_mode_i',
      '[7:0] error_code_o',
      '[5:0] x_shift_q',
      '[1:0] policy',
      '[127:0] word_q',
      '[127:0] book',
    ]);
  });

  it('are found where one is bare', () => {
    expect(named("reg [11:0] a; wire [12*S-1:0] b = c[12*s +: 12] | { {(12-W){1'b0}}, d[L*12-1:0], e[11:2], {(A-12){1'b0}} };")).toEqual([
      '[11:0]',
      '[12*S-1:0]',
      '12*',
      '+: 12',
      '(12-W)',
      '[L*12-1:0]',
      '[11:2]',
      '(A-12)',
    ]);
    const more =
      "localparam T = S_BITS + 12 + 2; parameter P = V_BITS + 11, Q = 12 + P_BITS; wire [10:0] m = a[N -: 11]; q <= n ? 12'd0 : { 20'd0, q };\n" +
      "  wire [23:0] b = { {(24-A_BITS){1'b0}}, c[64 +: 24] } - 24'd1 + { 23'd0, d }; reg [8*24-1:0] e = random_q[11:8] + attributes[10:7];\n" +
      "  m #(.B_BITS(12), .WORD_BITS(48)) u (.a({ 1'b0, b }), .c({ 24'd0, error_q }), .d(item[11*c +: 16])); // 12'd1 of [11:0]";
    expect(named(more)).toEqual([
      '+ 12',
      '+ 11',
      '12 +',
      '[10:0]',
      '-: 11',
      "12'd0",
      "20'd0",
      '[23:0]',
      '(24-A_BITS)',
      '+: 24',
      "24'd1",
      "23'd0",
      '[8*24-1:0]',
      '(12)',
      '(48)',
    ]);
  });

  it('are parameters with a comment, or localparams; an unknown one is a fault of the template', () => {
    expect(widthParameters('FEATURE POSITION', ',')).toBe(
      'parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are\n' +
        '  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are',
    );
    expect(widthParameters('FEATURE', '')).toMatch(/^parameter FEATURE_BITS = 12 {2}\/\/ /);
    expect(widthLocalparams('FEATURE SCORE')).toBe('localparam FEATURE_BITS = 12, SCORE_BITS = 12;');
    expect(() => widthLocalparams('LENGTH')).toThrow(
      'width LENGTH: no such width; known are FEATURE, POSITION, SCORE, MULTIPLIER, SLOT, REG_ADDR, SIZE, SQUARES, MODE, DESTINATION, ',
    );
  });
});

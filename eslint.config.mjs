import tseslint from 'typescript-eslint';

/** Rooms of generator/, and the rooms that each may import: only those above it, so that data flows one way. */
const rooms = {
  util: [],
  tools: ['util'],
  input: ['util'],
  contract: ['util'],
  params: ['contract', 'input', 'util'],
  program: ['contract', 'input', 'params', 'util'],
  model: ['contract', 'input', 'program', 'util'],
  data: ['input', 'model', 'util'],
  batch: ['contract', 'params'],
  // Integers only, and nothing of the hardware: else the agreement of both would prove nothing.
  golden: ['contract', 'program', 'util'],
  rtl: ['contract', 'params', 'program'],
  output: ['contract', 'input', 'params', 'rtl', 'util'],
  host: ['batch', 'contract', 'params', 'program', 'util'],
  analytic: ['batch', 'contract', 'input', 'params', 'program', 'util'],
  compress: ['contract', 'data', 'golden', 'model', 'params', 'program', 'util'],
  // Models of others, and their outputs against those of our float model.
  import: ['compress', 'data', 'input', 'model', 'util'],
  train: ['compress', 'data', 'import', 'input', 'model', 'params', 'util'],
  sim: ['batch', 'contract', 'golden', 'host', 'input', 'params', 'program', 'rtl', 'tools', 'util'],
  subject: ['batch', 'compress', 'contract', 'data', 'golden', 'host', 'import', 'model', 'params', 'program', 'sim', 'train', 'util'],
  synth: ['input', 'output', 'params', 'rtl', 'tools', 'util'],
  report: ['batch', 'contract', 'data', 'host', 'params', 'program', 'rtl', 'sim', 'subject', 'util'],
  studies: [
    'analytic',
    'batch',
    'compress',
    'contract',
    'data',
    'golden',
    'host',
    'import',
    'input',
    'model',
    'params',
    'program',
    'report',
    'rtl',
    'sim',
    'subject',
    'synth',
    'tools',
    'util',
  ],
};

/**
 * Books of an operation: each file of generator/operations/ belongs to one, and no book reads another that counts the same,
 * else the agreement of both would prove nothing.
 */
export const books = {
  fields: {
    files: ['codes', 'field-checks', 'fields', 'linear', 'opcodes', 'types', '*/fields', 'expand/supports'],
    rooms: ['contract', 'util'],
  },
  bytes: { files: ['baseline', 'bytes', 'section-tiles', '*/bytes'], rooms: ['contract', 'util'] },
  golden: { files: ['golden', '*/golden'], rooms: ['contract', 'golden'] },
  cycles: { files: ['cycles', '*/cycles'], rooms: ['analytic', 'params'] },
  text: { files: ['text', 'words', '*/text'], rooms: [] },
};
const bookNames = ['bytes', 'golden', 'cycles', 'text'];

const closedRoom = (room) => ({
  group: [`**/${room}/**`],
  message: `this book may not import ${room}; books and their rooms stand in eslint.config.mjs.`,
});
/** `from` leads to the operations, and is empty among them. */
const closedBook = (book, from) => ({
  group: [...new Set(books[book].files.map((file) => `**/${from}${file.split('/').at(-1)}.js`))],
  message: `may not import the book of ${book} of operations; books stand in eslint.config.mjs.`,
});

/**
 * Books are rooms of their own, each in its place of the order: fields behind contract, bytes and text behind fields, golden and
 * cycles between the lower and the upper files of the room that they work with. Rooms that are not named here import no operation;
 * those that are may import fields, and the books named.
 */
const booksOfRooms = {
  program: ['bytes', 'text'],
  rtl: [],
  golden: ['golden'],
  analytic: ['cycles'],
  compress: [],
  host: [],
  sim: [],
  subject: ['golden'],
  studies: ['bytes', 'text'],
};

/**
 * Two books lie inside a room: the files named here stand above the book and run its table; all others of the room stand below
 * it, are what its operations are made of, and import neither it nor the files above.
 */
export const aboveBooks = {
  golden: ['ledger', 'run-program', 'trace'],
  analytic: ['plan', 'predict', 'run-cycles', 'window', 'energy/activity', 'energy/estimate', 'energy/table'],
};
const upperFiles = (room) => ({
  group: aboveBooks[room].flatMap((file) => [`**/${room}/${file}.js`, `./${file}.js`, `../${file}.js`]),
  message: `stands above the book of ${room} of operations; the order stands in eslint.config.mjs.`,
});
const closedOperations = { group: ['**/operations/**'], message: 'imports no operation; who may stands in eslint.config.mjs.' };

const closedBooks = (open, from) => bookNames.filter((book) => !open.includes(book)).map((book) => closedBook(book, from));
/** The golden model counts bytes by walking the image; what shapes predict stands beside it. */
const prediction = { group: ['**/program/traffic.js'], message: 'the golden model may not read the prediction of bytes.' };

/** The API works with all rooms; commands parse and print, so that whatever they do the API can do: they import generator/index.ts. */
const aboveRooms = { api: Object.keys(rooms), commands: ['util'] };
const closedTop = {
  group: ['**/../index.js', '**/../cli.js'],
  message: 'stands above all rooms; only commands import generator/index.ts.',
};
/** What commands print with. */
const notForPrinting = {
  group: ['**/util/**', '!**/util/aligned.js', '!**/util/printable.js'],
  message: 'commands take what they need from generator/index.ts.',
};

function patternsOf(room, allowed) {
  return [
    ...[...Object.keys(rooms), ...Object.keys(aboveRooms)]
      .filter((other) => other !== room && !allowed.includes(other))
      .map((other) => ({
        group: [`**/${other}/**`],
        message: `${room} may not import ${other}; the rooms and their order stand in eslint.config.mjs.`,
      })),
    ...(room in booksOfRooms ? closedBooks(booksOfRooms[room], 'operations/**/') : [closedOperations]),
    ...(room === 'golden' ? [prediction] : []),
    room === 'commands' ? notForPrinting : closedTop,
  ];
}
const restrict = (files, patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } });
const roomRules = Object.entries({ ...rooms, ...aboveRooms }).map(([room, allowed]) =>
  restrict([`generator/${room}/**/*.ts`], patternsOf(room, allowed)),
);
const lowerRules = Object.entries(aboveBooks).map(([room, files]) => ({
  ...restrict(
    [`generator/${room}/**/*.ts`],
    [...patternsOf(room, rooms[room]), upperFiles(room), ...booksOfRooms[room].map((book) => closedBook(book, 'operations/**/'))],
  ),
  ignores: files.map((file) => `generator/${room}/${file}.ts`),
}));

/** A file of operations that is in no book imports no room. */
const noBook = { files: ['**/*'], rooms: [] };
const bookRules = Object.entries({ none: noBook, ...books }).map(([book, { files, rooms: open }]) =>
  restrict(
    files.map((file) => `generator/operations/${file}.ts`),
    [
      ...[...Object.keys(rooms), ...Object.keys(aboveRooms)].filter((room) => !open.includes(room)).map(closedRoom),
      ...closedBooks([book], ''),
      ...open.filter((room) => room in aboveBooks).map(upperFiles),
      closedTop,
    ],
  ),
);

const prepositions = 'Of|In|From|By|With|For|To|At|On|As|After|Before|Over|Under|Behind|Between|Without|Against|Beside|Until|Since|Among';
const adverbs = 'Where|When|While|Once|Only|Not|So|However|Because|If|Up|Either|Exactly|Somewhere|Mostly|Again|Also|Just|Even|Still|Then';
const adjectives =
  'Undefined|Null|Absent|Empty|Such|Too|Able|Alike|Said|Called|Raised|Drawn|Joined|Being|Equal|Wider|Longer|Smaller|Larger|Built|Applied|Kept';
const pronouns = 'It|Its|They|Those|These|That|Has|Is|Does';
const otherBeginnings = 'About|Above|Around|Below|Beyond|Past|Per|Enough|Far|Whoever';
const wrongFirst = new RegExp(String.raw`^\*\s*(?:\*\s*)?(${prepositions}|${adverbs}|${adjectives}|${pronouns}|${otherBeginnings})\b`);

/** Docstrings begin with a noun or a verb: "Bytes of all windows", not "Of all windows"; "What", "How" and "Whether" begin clauses that are nouns. */
const docstrings = {
  create: ({ sourceCode, report }) => ({
    Program() {
      for (const { loc, value } of sourceCode.getAllComments()) {
        const first = wrongFirst.exec(value)?.[1];
        if (first === undefined) continue;
        report({ loc, message: `A docstring begins with a noun or a verb, not with "${first}": say what it is, or what it does.` });
      }
    },
  }),
};

/** The callback of describe(...), or of describe.each(...)(...): it holds tests, and each of them is a function of its own. */
const isDescribe = ({ parent }) => {
  if (parent?.type !== 'CallExpression') return false;
  let called = parent.callee;
  while (called.type === 'CallExpression' || called.type === 'MemberExpression') called = called.callee ?? called.object;
  return called.name === 'describe';
};

/** Functions have at most 60 lines without blank ones and comments. ESLint's own rule has no exception for describe(...). */
const functionLines = {
  create: ({ sourceCode, report }) => {
    const comments = new Set();
    for (const { loc } of sourceCode.getAllComments()) {
      for (let line = loc.start.line; line <= loc.end.line; line++) {
        const text = sourceCode.lines[line - 1];
        const before = line === loc.start.line ? text.slice(0, loc.start.column) : '';
        const behind = line === loc.end.line ? text.slice(loc.end.column) : '';
        if ((before + behind).trim() === '') comments.add(line);
      }
    }
    const check = (node) => {
      if (isDescribe(node)) return;
      let lines = 0;
      for (let line = node.loc.start.line; line <= node.loc.end.line; line++)
        if (!comments.has(line) && sourceCode.lines[line - 1].trim() !== '') lines++;
      if (lines > 60) report({ node, message: `This function has ${lines} lines, 60 are the most: split it into parts with names.` });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

export default tseslint.config(
  { ignores: ['dist/**', 'generator/train/kernels/**'] },
  ...tseslint.configs.recommended,
  { plugins: { trexgen: { rules: { docstrings, 'function-lines': functionLines } } }, rules: { 'trexgen/docstrings': 'error' } },
  { rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error' } },
  {
    // Locks compare with the times of files, which are those of the clock.
    ignores: ['generator/util/lock.ts', 'generator/sim/cache-limit.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'It jumps when the clock is set; performance.now() measures durations.' },
      ],
    },
  },
  { files: ['generator/**/*.ts', 'tests/**', 'bench/**', 'scripts/**', 'examples/**'], rules: { 'trexgen/function-lines': 'error' } },
  {
    // A switch without a default names every case; the rule needs types, so it is the only one that reads them.
    files: ['generator/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }] },
  },
  ...roomRules,
  ...lowerRules,
  ...bookRules,
);

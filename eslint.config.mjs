import tseslint from 'typescript-eslint';

/** Rooms of generator/, and the rooms that each may import: only those above it, so that data flows one way. */
const rooms = {
  util: [],
  tools: ['util'],
  input: ['util'],
  contract: ['util'],
  params: ['contract', 'input', 'util'],
  program: ['contract', 'input', 'params', 'util'],
  model: ['input', 'program', 'util'],
  data: ['input', 'model', 'util'],
  batch: ['contract', 'params'],
  // Integers only, and nothing of the hardware: else the agreement of both would prove nothing.
  golden: ['contract', 'program', 'util'],
  rtl: ['contract', 'params', 'program'],
  output: ['contract', 'input', 'params', 'rtl', 'util'],
  host: ['batch', 'contract', 'params', 'program', 'util'],
  analytic: ['batch', 'contract', 'input', 'params', 'program', 'util'],
  compress: ['contract', 'data', 'golden', 'model', 'params', 'program', 'util'],
  train: ['compress', 'data', 'input', 'model', 'params', 'util'],
  sim: ['batch', 'contract', 'golden', 'host', 'input', 'params', 'program', 'rtl', 'tools', 'util'],
  subject: ['batch', 'compress', 'contract', 'data', 'golden', 'host', 'model', 'params', 'program', 'sim', 'train', 'util'],
  synth: ['input', 'output', 'params', 'rtl', 'tools', 'util'],
  report: ['batch', 'contract', 'data', 'host', 'params', 'program', 'rtl', 'sim', 'subject', 'util'],
  studies: [
    'analytic', 'batch', 'compress', 'contract', 'data', 'golden', 'host', 'input', 'model', 'params', 'program', 'report', 'rtl', 'sim', 'subject', 'synth',
    'tools', 'util',
  ],
};

const roomRules = Object.entries({ ...rooms, commands: Object.keys(rooms) }).map(([room, allowed]) => ({
  files: [`generator/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: [...Object.keys(rooms), 'commands'].filter((other) => other !== room && !allowed.includes(other))
        .map((other) => ({ group: [`**/${other}/**`], message: `${room} may not import ${other}; the rooms and their order stand in eslint.config.mjs.` })),
    }],
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'generator/train/kernels/**'] },
  ...tseslint.configs.recommended,
  { rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error' } },
  {
    // Locks compare with the times of files, which are those of the clock.
    ignores: ['generator/util/lock.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'It jumps when the clock is set; performance.now() measures durations.' }] },
  },
  ...roomRules,
);

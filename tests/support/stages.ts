/**
 * The stages of the tests, one vitest project each: a file belongs to the first stage that names it or its folder, and to `fast`
 * when none does.
 *
 * fast    no simulator, no synthesis, no training: under a minute
 * model   training, compression, sweeps, studies of trained models, command lines as processes of their own
 * rtl     unit benches, lint, synthesis, proofs, files for other tools
 * chip    whole chips against the golden model
 */
export const slowStages = {
  model: [
    'tests/commands/cli.test.ts',
    'tests/commands/compress.test.ts',
    'tests/commands/evaluate.test.ts',
    'tests/commands/out.test.ts',
    'tests/compress/factorize.test.ts',
    'tests/compress/more-nonzeros.test.ts',
    'tests/compress/pack.test.ts',
    'tests/data/built-in.test.ts',
    'tests/data/pretrained.test.ts',
    'tests/import/tfjs.test.ts',
    'tests/pack/',
    'tests/program/image.test.ts',
    'tests/studies/evaluate/committed.test.ts',
    'tests/studies/budget/search-forms.test.ts',
    'tests/studies/requests/',
    'tests/studies/sweep/derived.test.ts',
    'tests/studies/sweep/results.test.ts',
    'tests/studies/sweep/search.test.ts',
    'tests/studies/sweep/slurm.test.ts',
    'tests/studies/sweep/sweep.test.ts',
    'tests/studies/sweep/watch.test.ts',
    'tests/subject/',
    'tests/tools/find.test.ts',
    'tests/train/',
  ],
  rtl: ['tests/rtl/', 'tests/synth/', 'tests/formal/', 'tests/output/', 'tests/host/register-files.test.ts', 'tests/params/sizes.test.ts'],
  chip: [
    'tests/sim/',
    'tests/analytic/against-chip.test.ts',
    'tests/host/driver.test.ts',
    'tests/commands/odd-folder.test.ts',
    'tests/commands/own-task.test.ts',
    'tests/commands/run.test.ts',
    'tests/commands/simulate.test.ts',
    'tests/docs/examples.test.ts',
    'tests/docs/tutorial.test.ts',
    'tests/studies/explain/',
    'tests/studies/reproduce/',
    'tests/tools/bad-tools.test.ts',
  ],
} as const;

const globOf = (place: string): string => (place.endsWith('/') ? `${place}**/*.test.ts` : place);

export const stages = [
  { name: 'fast', include: ['tests/**/*.test.ts'], exclude: Object.values(slowStages).flat().map(globOf) },
  ...Object.entries(slowStages).map(([name, places], at, all) => ({
    name,
    include: places.map(globOf),
    exclude: all.slice(0, at).flatMap(([, earlier]) => earlier.map(globOf)),
  })),
];

/** The longest files, longest first: begun last they would leave a processor without work. */
export const longest: readonly string[] = [
  'tests/sim/matrix-verilator.test.ts',
  'tests/sim/recovery.test.ts',
  'tests/sim/matrix-icarus.test.ts',
  'tests/studies/reproduce/reproduce.test.ts',
  'tests/rtl/core-mutants.test.ts',
  'tests/rtl/core.test.ts',
  'tests/rtl/registers.test.ts',
  'tests/rtl/batcher.test.ts',
  'tests/rtl/lint.test.ts',
  'tests/rtl/sequencer.test.ts',
  'tests/studies/sweep/sweep.test.ts',
];

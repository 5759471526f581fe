import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'generator/train/kernels/**'] },
  ...tseslint.configs.recommended,
  { rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error' } },
  {
    // Locks compare with the times of files, which are those of the clock.
    ignores: ['generator/util/lock.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'It jumps when the clock is set; performance.now() measures durations.' }] },
  },
);

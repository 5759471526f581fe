import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'generator/train/kernels/**'] },
  ...tseslint.configs.recommended,
  { rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error' } },
);

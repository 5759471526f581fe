import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests keep what they build out of the user's cache, and find it again at the next run. */
const { TREXGEN_CACHE = resolve('build', 'sim-cache') } = process.env;

export default defineConfig({
  test: { include: ['tests/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 300_000, maxWorkers: 2, env: { TREXGEN_CACHE } },
});

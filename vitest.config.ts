import { delimiter, relative, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { longest, stages } from './tests/support/stages.js';

/** Tests keep what they build out of the user's cache, and find it again at the next run. */
const { TREXGEN_CACHE = resolve('build', 'sim-cache'), PATH = '' } = process.env;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.indexOf(relative(import.meta.dirname, moduleId));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    env: { TREXGEN_CACHE },
    sequence: { sequencer: LongestFirst },
    projects: stages.map(({ name, include, exclude }) => ({
      extends: true as const,
      test: {
        name,
        include,
        exclude,
        // In front of the real tools stand some that refuse, so that no slow test gets among the fast ones.
        ...(name === 'fast' && { env: { TREXGEN_CACHE, PATH: [resolve('tests', 'support', 'no-tools'), PATH].join(delimiter) } }),
      },
    })),
  },
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import type { AnySuite } from '../../tests/support/unit-bench.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const tests = join(here, '..', '..', 'tests');

/** The unit benches of tests/rtl. */
export async function unitSuites(): Promise<readonly AnySuite[]> {
  const jiti = createJiti(import.meta.url, { alias: { vitest: join(here, 'no-vitest.ts') } });
  const { suites } = await jiti.import<typeof import('../../tests/support/unit-bench.js')>(join(tests, 'support', 'unit-bench.ts'));
  const folder = join(tests, 'rtl');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.test.ts')).sort()) {
    if (/\bdescribe(Unit|Ram)\w*\b/.test(readFileSync(join(folder, name), 'utf8'))) await jiti.import(join(folder, name));
  }
  return suites;
}

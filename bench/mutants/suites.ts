import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suites, type AnySuite } from '../../tests/support/unit-bench.js';

const folder = fileURLToPath(new URL('../../tests/rtl/', import.meta.url));

/** The unit benches of tests/rtl, which tell of themselves when they are read. */
export async function unitSuites(): Promise<readonly AnySuite[]> {
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()) {
    if (/\bdescribeUnit\b/.test(readFileSync(join(folder, name), 'utf8'))) await import(join(folder, name));
  }
  return suites;
}

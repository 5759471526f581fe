import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { lineFeatures } from '../../generator/data/ocr/recognize.js';
import { ToolError } from '../../generator/util/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-recognize-'));
const { execPath } = process;
afterAll(() => {
  process.execPath = execPath;
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('says that something else has ended the process that recognizes lines, and keeps nothing', () => {
  vi.stubEnv('TREXGEN_CACHE', join(folder, 'cache'));
  // In the place of Node, as if the system had no memory left.
  process.execPath = join(folder, 'killed');
  writeFileSync(process.execPath, '#!/bin/sh\nkill -9 $$\n');
  chmodSync(process.execPath, 0o755);
  const recognize = (): unknown => lineFeatures('test', [1, 5]);
  expect(recognize).toThrow(ToolError);
  expect(recognize).toThrow('was ended by SIGKILL; run the command again');
  expect(readdirSync(join(folder, 'cache-inputs'))).toEqual([]);
});

/** `unit-N.json`: the result of a unit that had a good end, with a digest, so that a damaged file is run again instead of believed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { JsonError, parseJson } from '../input/json.js';
import type { UnitResult } from './unit.js';

interface StoredUnit {
  /** Hash of everything that the result depends on. */
  readonly key: string;
  /** SHA-256 of the result as JSON. */
  readonly digest: string;
  readonly result: UnitResult;
}

function digestOf(result: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(result) ?? '')
    .digest('hex');
}

export function storedUnitText(key: string, result: UnitResult): string {
  return JSON.stringify({ key, digest: digestOf(result), result } satisfies StoredUnit);
}

/** Result of this key; undefined where there is no whole one. */
export function readStoredUnit(path: string, key: string): UnitResult | undefined {
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return undefined;
  }
  const stored = value as Partial<StoredUnit> | null;
  return stored?.key === key && stored.digest === digestOf(stored.result) ? stored.result : undefined;
}

/** The table of a sweep in Parquet: the columns of results.csv with their types. */
import { renameSync, rmSync } from 'node:fs';
import { fieldOf } from './fields.js';
import { objectiveNames } from './objectives.js';
import type { Sweep } from './run-sweep.js';
import { allKeys, csvHead } from './table.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function typeOf(column: string, keys: readonly string[]): string {
  if (column === 'front' || column === 'feasible') return 'BOOLEAN';
  if (objectiveNames.some((name) => name === column)) return 'DOUBLE';
  const field = keys.includes(column) ? fieldOf(column) : undefined;
  return field !== undefined && !('choices' in field) ? 'BIGINT' : 'VARCHAR';
}

/** Writes it from a results.csv that is there, whole or not at all. */
export async function writeParquet(sweep: Sweep, csv: string, path: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const keys = allKeys(sweep);
  const columns = csvHead(sweep).map((name) => `${quoted(name)}: ${quoted(typeOf(name, keys))}`);
  const part = `${path}.part`;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (SELECT * FROM read_csv(${quoted(csv)}, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns.join(', ')}})) TO ${quoted(part)} (FORMAT PARQUET)`,
    );
    renameSync(part, path);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(part, { force: true });
  }
}

/** The points that have been measured, in one DuckDB file: what has been appended survives the end of this process, however it ends. */
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import type { Policy } from '../../contract/codes.js';
import type { Params } from '../../params/fields.js';
import { UserError } from '../../util/errors.js';
import { packageVersion } from '../../util/package.js';
import { requirePeers } from '../../util/peers.js';
import type { Fidelity } from './key.js';
import type { Incident } from './launch/launcher.js';
import { objectiveNames, type ObjectiveName } from './objectives.js';
import type { Detail, Outcome } from './outcome.js';
import type { Point } from './space.js';

/** Version of the tables, raised when they change. */
const schemaVersion = 1;

export interface Row {
  readonly key: string;
  readonly fidelity: Fidelity;
  readonly point: Point;
  readonly outcome: Outcome;
}

const tables = `
CREATE TABLE IF NOT EXISTS about (schema_version INTEGER, trexgen VARCHAR);
CREATE TABLE IF NOT EXISTS points (
  key VARCHAR PRIMARY KEY, trexgen VARCHAR, fidelity VARCHAR, task VARCHAR, model VARCHAR, policy VARCHAR, latency INTEGER, bytes_per_cycle INTEGER,
  params VARCHAR, ${objectiveNames.map((name) => `${name} DOUBLE`).join(', ')}, detail VARCHAR, reason VARCHAR
);
CREATE TABLE IF NOT EXISTS incidents (job VARCHAR, node VARCHAR, state VARCHAR, key VARCHAR, log VARCHAR);`;

/** What stands in the way of a file, from what DuckDB says. */
export function openProblem(path: string, error: unknown): UserError {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const mend = /(set|conflicting) lock/i.test(text)
    ? 'is in use by another sweep; wait for it, or give another --out'
    : /version number|newer version/i.test(text)
      ? `was written by a newer DuckDB (${text}); update trexgen, or give another --out`
      : `cannot be opened as a database (${text}); give another --out, or remove the file`;
  return new UserError([`out = ${path}: ${mend}`]);
}

/** Reason, detail, then the objectives. */
function outcomeOf([reason, detail, ...values]: readonly DuckDBValue[]): Outcome {
  if (reason !== null) return { state: 'failed', reason: String(reason) };
  const objectives = Object.fromEntries(
    objectiveNames.flatMap((name, i): [ObjectiveName, number][] => (values[i] === null ? [] : [[name, Number(values[i])]])),
  );
  return { state: 'measured', objectives, detail: JSON.parse(String(detail)) as Detail };
}

export class SweepDatabase {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /**
   * Open or make a file; `:memory:` keeps all in memory.
   *
   * Errors   UserError when DuckDB is not installed, or the file is no database, is in use, or was written by a newer version
   */
  static async open(path: string): Promise<SweepDatabase> {
    requirePeers(['@duckdb/node-api'], 'trexgen sweep');
    // Loaded here: it is optional, and commands without a database do not wait for it.
    const duckdb = await import('@duckdb/node-api');
    let instance: DuckDBInstance;
    try {
      // One writer and few columns: more threads only take time from the helpers.
      instance = await duckdb.DuckDBInstance.create(path, { threads: '1' });
    } catch (error) {
      throw openProblem(path, error);
    }
    const connection = await instance.connect();
    const database = new SweepDatabase(instance, connection);
    try {
      await database.prepare(path);
    } catch (error) {
      database.close();
      throw error instanceof UserError ? error : openProblem(path, error);
    }
    return database;
  }

  private async prepare(path: string): Promise<void> {
    const found = await this.connection.runAndReadAll("SELECT count(*) FROM information_schema.tables WHERE table_name = 'about'");
    if (Number(found.getRows()[0]?.[0]) > 0) {
      const [row] = (await this.connection.runAndReadAll('SELECT max(schema_version), max(trexgen) FROM about')).getRows();
      if (Number(row?.[0]) > schemaVersion) {
        throw new UserError([
          `out = ${path}: was written by trexgen ${String(row?.[1])} with tables of version ${String(row?.[0])}, this trexgen knows ${schemaVersion}; update trexgen, or give another --out`,
        ]);
      }
    }
    await this.connection.run(tables);
    await this.connection.run('INSERT INTO about SELECT $1, $2 WHERE NOT EXISTS (SELECT * FROM about)', [schemaVersion, packageVersion()]);
  }

  /** All points of all sweeps that this file has seen. */
  async outcomes(): Promise<Map<string, Outcome>> {
    const reader = await this.connection.runAndReadAll(`SELECT key, reason, detail, ${objectiveNames.join(', ')} FROM points`);
    return new Map(reader.getRows().map(([key, ...outcome]): [string, Outcome] => [String(key), outcomeOf(outcome)]));
  }

  /** Points whose key begins so. */
  async find(key: string): Promise<Row[]> {
    const reader = await this.connection.runAndReadAll(
      `SELECT key, fidelity, params, task, model, policy, latency, bytes_per_cycle, reason, detail, ${objectiveNames.join(', ')} FROM points WHERE starts_with(key, $1)`,
      [key],
    );
    return reader
      .getRows()
      .map(([found, fidelity, params, task, model, policy, latency, bytesPerCycle, ...outcome]) => ({
        key: String(found),
        fidelity: fidelity as Fidelity,
        point: {
          params: JSON.parse(String(params)) as Params,
          run: {
            task: String(task),
            model: String(model),
            policy: policy as Policy,
            latency: Number(latency),
            bytesPerCycle: Number(bytesPerCycle),
          },
        },
        outcome: outcomeOf(outcome),
      }));
  }

  /** Durable when it returns. */
  async append(rows: readonly Row[]): Promise<void> {
    const appender = await this.connection.createAppender('points');
    const version = packageVersion();
    for (const {
      key,
      fidelity,
      point: { params, run },
      outcome,
    } of rows) {
      for (const text of [key, version, fidelity, run.task, run.model, run.policy]) appender.appendVarchar(text);
      appender.appendInteger(run.latency);
      appender.appendInteger(run.bytesPerCycle);
      appender.appendVarchar(JSON.stringify(params));
      for (const name of objectiveNames) {
        const value = outcome.state === 'measured' ? outcome.objectives[name] : undefined;
        if (value === undefined) appender.appendNull();
        else appender.appendDouble(value);
      }
      if (outcome.state === 'measured') appender.appendVarchar(JSON.stringify(outcome.detail));
      else appender.appendNull();
      if (outcome.state === 'failed') appender.appendVarchar(outcome.reason);
      else appender.appendNull();
      appender.endRow();
    }
    appender.closeSync();
  }

  /** Keeps what has happened to a job of a cluster. */
  async record({ job, node, state, key, log }: Incident): Promise<void> {
    await this.connection.run('INSERT INTO incidents VALUES ($1, $2, $3, $4, $5)', [job, node, state, key ?? null, log]);
  }

  /** Forgets failures before their points are measured again. */
  async forgetFailed(): Promise<void> {
    await this.connection.run('DELETE FROM points WHERE reason IS NOT NULL');
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** Results of a long run, a line each, so that a run that was stopped goes on. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeptResults<R> {
  readonly before: readonly R[];
  keep(result: R): void;
}

/** Results of results.jsonl in a folder, which is made. A last line cut short by a kill is a result that is not there. */
export function keptResults<R>(folder: string): KeptResults<R> {
  const file = join(folder, 'results.jsonl');
  mkdirSync(folder, { recursive: true });
  const read = (line: string): R[] => {
    try {
      return [JSON.parse(line) as R];
    } catch {
      return [];
    }
  };
  return {
    before: existsSync(file) ? readFileSync(file, 'utf8').split('\n').flatMap(read) : [],
    keep: (result) => appendFileSync(file, `\n${JSON.stringify(result)}`),
  };
}

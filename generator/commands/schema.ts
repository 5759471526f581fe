import type { Command } from 'commander';
import { paramsSchema } from '../index.js';
import { print } from './print.js';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of a configuration file, for editors')
    .action(() => {
      print(`${JSON.stringify(paramsSchema(), null, 2)}\n`);
    });
}

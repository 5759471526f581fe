import type { Command } from 'commander';
import { paramsSchema } from '../params/schema.js';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of a configuration file, for editors')
    .action(() => {
      process.stdout.write(`${JSON.stringify(paramsSchema(), null, 2)}\n`);
    });
}

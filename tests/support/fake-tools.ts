/** Programs that stand before the real ones in PATH while a test runs. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Scripts for sh, by the name of the program. */
export async function withTools<T>(folder: string, scripts: Readonly<Record<string, string>>, use: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return withEnvironment({ PATH: [folder, process.env['PATH'] ?? ''].join(delimiter) }, use);
}

/** Variables of the environment, as they were before afterwards. */
export async function withEnvironment<T>(variables: Readonly<Record<string, string | undefined>>, use: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(variables)) set(name, value);
  try {
    return await use();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

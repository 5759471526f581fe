/** Programs of this package that run as processes of their own: compiled beside the compiled module, in a clone from their source. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Arguments of Node that run TypeScript of a clone; the package has none. */
export function sourceArguments(file: string): readonly string[] {
  return ['--import', import.meta.resolve('tsx'), file];
}

/** Arguments of Node that run a program, given its path without the ending. */
export function programArguments(module: URL): readonly string[] {
  const path = fileURLToPath(module);
  return existsSync(`${path}.js`) ? [`${path}.js`] : sourceArguments(`${path}.ts`);
}

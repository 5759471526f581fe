/** Programs of this package that run as processes of their own: the source beside source, the compiled one beside compiled ones. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Arguments of Node that run such a program.
 *
 * @param name  its path from the module, without the ending
 * @param from  `import.meta.url` of the module
 */
export function programArguments(name: string, from: string): readonly string[] {
  const kind = extname(fileURLToPath(from));
  const loader = kind === '.ts' ? ['--import', import.meta.resolve('jiti/register')] : [];
  return [...loader, fileURLToPath(new URL(`${name}${kind}`, from))];
}

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What a package's script or JSON file exports. */
export function loadFrom<T>(path: string): T {
  return require(path) as T;
}

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from './errors.js';

/** TREXGEN_CACHE, else trexgen/ in the cache folder of the user by the XDG specification, which wants absolute paths. */
export function cacheFolder(): string {
  const { TREXGEN_CACHE: own = '', XDG_CACHE_HOME: xdg = '' } = process.env;
  return own !== '' ? resolve(own) : join(isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'trexgen');
}

/** Use another folder, in this process and in those that it starts. */
export function useCacheFolder(folder: string): void {
  if (folder === '') throw new UserError(['cache = "": must be a folder; leave it out for the cache folder of the user']);
  process.env['TREXGEN_CACHE'] = resolve(folder);
}

/**
 * One writer of a folder, or of a file, at a time.
 *
 * Each writer leaves a marker with its process in the name, then looks for markers of others. Whoever finds a living one takes
 * its own back and tries again a little later. So two never hold the same lock, and a marker is removed only by its owner or
 * when its owner is dead, whatever the order of their steps. No marker has
 * the name of an earlier one, so that what is removed is what was looked at.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from './errors.js';
import { createFolders, draftPattern, replaceFile } from './write-file.js';

export const markerPattern = /^\.trexgen-(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.lock$/;
/** How often an owner shows that it lives, and when one on another machine, which nobody can ask, counts as dead. */
const beatMs = 60_000;
const silenceMs = 30 * 60_000;
const attempts = 6;

const ownerSchema = z.object({ machine: z.string(), started: z.string(), command: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Host and process namespace: within one, numbers of processes mean the same. */
export function machine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Time at which a process was started, where the system says so: a number that is used again is not the same process. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Whether a process of this machine lives. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

interface Marker {
  readonly path: string;
  readonly pid: number;
  readonly owner: Owner;
}

/** The owner of a marker while it lives; a marker that cannot be read is the wreck of one. */
function livingOwner(path: string, pid: number): Marker | undefined {
  try {
    const owner = ownerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const lives =
      owner.machine === machine() ? runs(pid) && startOf(pid) === owner.started : Date.now() - statSync(path).mtimeMs < silenceMs;
    return lives ? { path, pid, owner } : undefined;
  } catch {
    return undefined;
  }
}

/** Living markers of others; those of the dead are removed. */
function others(folder: string, id: string, own: string): Marker[] {
  return readdirSync(folder).flatMap((name) => {
    const [, pid, of] = markerPattern.exec(name) ?? [];
    const path = join(folder, name);
    if (of !== id || path === own) return [];
    const living = livingOwner(path, Number(pid));
    if (living === undefined) rmSync(path, { force: true });
    return living ?? [];
  });
}

/** Drafts of writers that were killed. */
function removeOldDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = draftPattern.exec(name)?.[1];
    const path = join(folder, name);
    if (
      pid !== undefined &&
      !runs(Number(pid)) &&
      Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > silenceMs
    )
      rmSync(path, { force: true });
  }
}

const held = new Map<string, { readonly owner: Owner; readonly release: Release }>();
process.on('exit', () => held.forEach(({ release }) => release()));

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 + 80 * Math.random());
}

/** What is locked, for messages: the path as the user gave it, by which command and option. */
interface Place {
  readonly path: string;
  readonly command: string;
  readonly field: string;
}

function inUse({ path, field }: Place, { path: marker, pid, owner }: Pick<Marker, 'path' | 'pid' | 'owner'>): UserError {
  const elsewhere = owner.machine !== machine();
  const way = elsewhere
    ? `wait for it, give another --${field}, or delete ${marker} if that run has ended`
    : `wait for it, or give another --${field}`;
  return new UserError([
    `${field} = ${path}: is in use by trexgen ${owner.command}, process ${pid}${elsewhere ? ` on ${owner.machine.split(' ')[0]}` : ''}; ${way}`,
  ]);
}

/** Releases the lock; the second time nothing happens. */
export type Release = () => void;

function lock(place: Place, folder: string, name: string): Release {
  const id = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const key = join(folder, id);
  const own = (): string => join(folder, `.trexgen-${process.pid}-${id}-${randomBytes(4).toString('hex')}.lock`);
  const owner: Owner = { machine: machine(), started: startOf(process.pid), command: place.command };
  const mine = held.get(key);
  if (mine !== undefined) throw inUse(place, { path: folder, pid: process.pid, owner: mine.owner });
  let found: Marker | undefined;
  let marker = own();
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) pause();
    [found] = others(folder, id, marker);
    if (found !== undefined) continue;
    marker = own();
    replaceFile(marker, JSON.stringify(owner));
    [found] = others(folder, id, marker);
    if (found === undefined) break;
    rmSync(marker, { force: true });
  }
  if (found !== undefined) throw inUse(place, found);
  const beat = setInterval(() => {
    try {
      utimesSync(marker, new Date(), new Date());
    } catch {
      // Somebody has removed the folder: nothing is left to be guarded.
      clearInterval(beat);
    }
  }, beatMs).unref();
  const release = (): void => {
    clearInterval(beat);
    if (held.delete(key)) rmSync(marker, { force: true });
  };
  held.set(key, { owner, release });
  return release;
}

function cannotWrite({ path, field }: Place, error: unknown): unknown {
  const cause = error instanceof UserError ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code === undefined ? error : new UserError([`${field} = ${path}: cannot be written (${code}); give another path`]);
}

/** Folders that were made for a lock and that nothing was written to. */
function removeEmpty(folder: string, first: string | undefined): void {
  if (first === undefined) return;
  try {
    for (let at = folder; at.length >= first.length; at = dirname(at)) rmdirSync(at);
  } catch {
    // Something lies there.
  }
}

/** Make a folder for a lock; it goes with the lock when nothing has been written to it. */
function inFolder(place: Place, folder: string, take: (folder: string) => Release): Release {
  let first: string | undefined;
  try {
    first = createFolders(folder);
    const release = take(folder);
    return () => {
      release();
      removeEmpty(folder, first);
    };
  } catch (error) {
    removeEmpty(folder, first);
    throw cannotWrite(place, error);
  }
}

/**
 * Make a folder and lock it, until released or the process ends; an owner that was killed does not count.
 *
 * Errors   UserError when the folder cannot be written, or another process has it
 */
export function lockFolder(path: string, command: string, field = 'out'): Release {
  const place: Place = { path, command, field };
  return inFolder(place, resolve(path), (folder) => {
    const release = lock(place, folder, '');
    removeOldDrafts(folder);
    return release;
  });
}

/** Lock a file, or a folder that is going to be replaced, by a marker beside it; its folder is made. */
export function lockBeside(path: string, command: string, field = 'out'): Release {
  const place: Place = { path, command, field };
  const full = resolve(path);
  return inFolder(place, dirname(full), (folder) => lock(place, folder, basename(full)));
}

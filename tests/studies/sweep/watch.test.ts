import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sweep } from '../../../generator/api/sweep.js';
import { WatchServer } from '../../../generator/studies/sweep/watch/server.js';
import { watchSweep } from '../../../generator/studies/sweep/watch/watch.js';
import { Interrupted } from '../../../generator/util/errors.js';
import { trexgen } from '../../support/cli.js';
import { problemsOf } from '../../support/problems.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-watch-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a browser would take from the stream of events. */
async function follow(url: string): Promise<{ readonly pages: string[]; readonly word: string | undefined }> {
  const text = await (await fetch(`${url}events`)).text();
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name, data = '']) => ({
    name,
    text: JSON.parse(data) as string,
  }));
  return {
    pages: events.filter(({ name }) => name === 'page').map(({ text: page }) => page),
    word: events.find(({ name }) => name === 'end')?.text,
  };
}

function statusOf(url: string, options: { readonly host?: string; readonly method?: string; readonly path?: string }): Promise<number> {
  const { host, method = 'GET', path = '/' } = options;
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { method, ...(host !== undefined && { headers: { host } }) }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

const refused = (url: string): Promise<string> =>
  fetch(url).then(
    () => 'answered',
    (error: { readonly cause?: { readonly code?: string } }) => error.cause?.code ?? 'failed',
  );

describe('the page that follows a sweep', () => {
  it('answers on the loopback address alone, and only who names it', async () => {
    const server = await WatchServer.listen(0, async () => 'page');
    const { port, hostname } = new URL(server.url);
    expect(hostname).toBe('127.0.0.1');
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LocalHost:${port}`])
      expect([host, await statusOf(server.url, { host })]).toEqual([host, 200]);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${Number(port) + 1}`,
      `localhost.evil.example:${port}`,
    ])
      for (const path of ['/', '/events']) expect([host, path, await statusOf(server.url, { host, path })]).toEqual([host, path, 403]);
    expect(await statusOf(server.url, { method: 'POST' })).toBe(405);
    expect(await statusOf(server.url, { path: '/../package.json' })).toBe(404);
    await server.end('over');
    expect(await refused(server.url)).toBe('ECONNREFUSED');
  });

  it('is sent again when it has changed, and at last that it has ended', async () => {
    let value = 1;
    const server = await WatchServer.listen(0, async () => `page ${value}`);
    const followed = follow(server.url);
    expect(await (await fetch(server.url)).text()).toBe('page 1');
    await new Promise((resolve) => setTimeout(resolve, 100));
    value = 2;
    server.changed();
    value = 3;
    await server.end('over');
    const { pages, word } = await followed;
    expect([pages[0], pages.at(-1), word]).toEqual(['page 1', 'page 3', 'over']);
  });

  it('costs nothing while nobody looks, and survives a page that cannot be made', async () => {
    let made = 0;
    const server = await WatchServer.listen(0, async () => {
      made++;
      throw new Error('no ink');
    });
    for (let i = 0; i < 1000; i++) server.changed();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(made).toBe(0);
    expect(await (await fetch(server.url)).text()).toBe('the page cannot be made: no ink');
    await server.end('over');
  });

  it('ends though somebody does not read', async () => {
    const server = await WatchServer.listen(0, async () => 'x'.repeat(20e6));
    await new Promise<void>((resolve) => {
      const asked = request(new URL('/events', server.url), (response) => {
        response.pause();
        resolve();
      });
      asked.on('error', () => undefined).end();
    });
    await server.end('over');
    expect(await refused(server.url)).toBe('ECONNREFUSED');
  });

  it('refuses a port that is in use, and numbers that are none', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    const out = join(folder, 'in-use');
    const { exitCode, stdout, stderr } = await trexgen('sweep', '--set', 'array.columns=4', '--out', out, '--watch', String(port));
    other.close();
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `watch = ${port}: this port is in use; give another, or --watch alone for a free one\n`,
    });
    expect(existsSync(out)).toBe(false);
    expect(await problemsOf(() => watchSweep(0))).toEqual(['watch = 0: must be a port in 1 .. 65535; --watch alone takes a free one']);
    const eaten = await trexgen('sweep', '--watch', 'sweep.json');
    expect([eaten.exitCode, eaten.stderr.split('\n')[0]]).toEqual([
      2,
      "error: option '--watch [port]' argument 'sweep.json' is invalid. must be a port in 1 .. 65535; a sweep file stands before --watch.",
    ]);
  });
});

describe('a watched sweep', () => {
  const set = ['array.lanesPerSlice=1..8', 'array.passes=4..20', 'run.latency=10..60:2'];

  it('shows its points as they come, with the hypervolume of the search, and says where its report is', async () => {
    const out = join(folder, 'out');
    let url = '';
    let followed: ReturnType<typeof follow> | undefined;
    const { points, generations } = await sweep({
      set,
      search: 'nsga2',
      budget: 40,
      jobs: 1,
      out,
      watch: true,
      onNote: (text) => {
        url = /http:\S+/.exec(text)?.[0] ?? '';
        followed = follow(url);
      },
    });
    const { pages, word } = await followed!;
    expect(word).toBe(`The sweep has ended. Its report is ${join(out, 'report.html')}.`);
    const rows = pages.map((page) => page.match(/<tr [^>]*data-row=/g)?.length ?? 0);
    expect(rows[0]).toBeLessThan(points.length);
    expect(rows.at(-1)).toBe(points.length);
    expect(pages.at(-1)).toContain(`after each of ${generations!.length} generations`);
    expect(pages.at(-1)).toContain('class="parallel"');
    expect(await refused(url)).toBe('ECONNREFUSED');
  });

  it('prints one JSON document, with the address on the other stream, and is continued', async () => {
    const out = join(folder, 'json');
    const argv = ['--out', out, '--json', '--jobs', '1', '--watch'];
    const first = await trexgen('sweep', ...set.flatMap((one) => ['--set', one]), '--search', 'lhs', '--budget', '12', ...argv);
    const again = await trexgen('sweep', '--resume', ...argv);
    for (const { exitCode, stdout, stderr } of [first, again]) {
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(/^watch: http:\/\/127\.0\.0\.1:\d+\/ follows the sweep until it ends$/m);
      expect(JSON.parse(stdout)).toMatchObject({ space: { points: 12 } });
    }
  });

  it('that is interrupted leaves nothing that listens', async () => {
    const interruption = new AbortController();
    let url = '';
    let followed: ReturnType<typeof follow> | undefined;
    const swept = sweep({
      set,
      jobs: 1,
      watch: true,
      signal: interruption.signal,
      onNote: (text) => {
        url = /http:\S+/.exec(text)?.[0] ?? '';
        followed = follow(url);
      },
      onLevel: () => interruption.abort(),
    });
    await expect(swept).rejects.toThrow(Interrupted);
    expect((await followed!).word).toMatch(/^The sweep has ended before its last point;/);
    expect(await refused(url)).toBe('ECONNREFUSED');
  });
});

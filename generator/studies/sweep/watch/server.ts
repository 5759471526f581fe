/**
 * A page on the loopback address that follows something as it changes: `/` is the page, `/events` a stream of server-sent events
 * that carries it again when it has changed, and at last the word that it has ended.
 *
 * Only who names this machine is answered: a page of another site whose name leads here (DNS rebinding) sends its own name.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UserError } from '../../../util/errors.js';

const address = '127.0.0.1';
/** Least time between two pages, and how much longer than it takes to make one. */
const pauseMs = 1000;
const pauseFactor = 9;
/** How long a browser that does not read may keep the end waiting. */
const farewellMs = 2000;

const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;

function portProblem(port: number, error: NodeJS.ErrnoException): UserError | undefined {
  const found = { EADDRINUSE: 'is in use', EACCES: 'is not allowed to this user' }[error.code ?? ''];
  return found === undefined
    ? undefined
    : new UserError([`watch = ${port}: this port ${found}; give another, or --watch alone for a free one`]);
}

function eventText(name: string, data: string): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export class WatchServer {
  private readonly server: Server;
  private readonly listeners = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | undefined;
  private revision = 0;
  private made: { readonly revision: number; readonly page: Promise<string> } | undefined;
  private shown = 0;
  private pauseUntil = 0;
  private ended = false;

  /** `render` makes the page; its errors are shown in place of it. */
  private constructor(private readonly render: () => Promise<string>) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Port 0 is any that is free. Errors: UserError when the port cannot be had. */
  static async listen(port: number, render: () => Promise<string>): Promise<WatchServer> {
    const watch = new WatchServer(render);
    await new Promise<void>((resolve, reject) => {
      watch.server.once('error', (error) => reject(portProblem(port, error) ?? error));
      watch.server.listen({ host: address, port, exclusive: true }, resolve);
    });
    return watch;
  }

  private get port(): number {
    const found = this.server.address();
    return typeof found === 'object' && found !== null ? found.port : 0;
  }

  get url(): string {
    return `http://${address}:${this.port}/`;
  }

  /** The page is no longer what was shown. */
  changed(): void {
    this.revision++;
    this.schedule();
  }

  /** Sends the last page and that word to whoever looks, and listens no more. */
  async end(word: string): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    this.revision++;
    const last = this.listeners.size > 0 ? eventText('page', await this.page()) : '';
    const gone = [...this.listeners].map((listener) => new Promise((resolve) => listener.once('close', resolve)));
    for (const listener of this.listeners) listener.end(`${last}${eventText('end', word)}`);
    const closed = new Promise((resolve) => this.server.close(resolve));
    let patience: NodeJS.Timeout | undefined;
    await Promise.race([Promise.all(gone), new Promise((resolve) => (patience = setTimeout(resolve, farewellMs)))]);
    clearTimeout(patience);
    this.server.closeAllConnections();
    await closed;
  }

  private page(): Promise<string> {
    if (this.made?.revision !== this.revision) {
      const page = this.render().catch(
        (error: unknown) => `the page cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.made = { revision: this.revision, page };
    }
    return this.made.page;
  }

  private schedule(): void {
    if (this.ended || this.timer !== undefined || this.listeners.size === 0 || this.shown === this.revision) return;
    this.timer = setTimeout(() => void this.push(), Math.max(0, this.pauseUntil - performance.now()));
  }

  private async push(): Promise<void> {
    const [started, revision] = [performance.now(), this.revision];
    const text = eventText('page', await this.page());
    // A browser that has not read the page before gets the one after this.
    for (const listener of this.listeners) if (!listener.writableNeedDrain && !listener.writableEnded) listener.write(text);
    this.shown = revision;
    // Making pages shall take a tenth of the time at most.
    this.pauseUntil = performance.now() + Math.max(pauseMs, pauseFactor * (performance.now() - started));
    this.timer = undefined;
    this.schedule();
  }

  private async answer({ method = '', url = '', headers: { host = '' } }: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, text: string): void =>
      void response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    if (![address, 'localhost'].some((name) => host.toLowerCase() === `${name}:${this.port}`))
      return refuse(403, `this page answers to ${this.url} alone`);
    if (method !== 'GET') return refuse(405, 'this page can only be read');
    if (url === '/events') return this.follow(response);
    if (url !== '/') return refuse(404, `there is nothing but ${this.url}`);
    const page = await this.page();
    response.writeHead(200, { ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  }

  /** Gives the page to whoever begins to look as it is now: what came since it was loaded is in it. */
  private follow(response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
    response.write('retry: 2000\n\n');
    this.listeners.add(response);
    response.once('close', () => this.listeners.delete(response));
    this.shown = -1;
    this.schedule();
  }
}

/** The page of a sweep that runs: the report as far as it goes, and the program that renews it in the browser. */
import type { Document, Section } from '../../../report/document.js';
import { renderHtml } from '../../../report/html.js';
import { grouped } from '../../../util/table.js';
import { minutes } from '../progress.js';
import type { Sweep } from '../run-sweep.js';
import { reportTitle, runningSections } from '../sweep-report.js';

/** How far the level is that is being measured. */
export interface LevelState {
  readonly level: string;
  readonly done: number;
  readonly of: number;
  readonly failed: number;
}

/**
 * Replaces `main` by that of the page that came, and runs its scripts on it. While a range is drawn, a table sorted or a row
 * unfolded, the page is in use and waits.
 */
const script = `
  (() => {
    const status = document.querySelector('#live');
    let waiting;
    const inUse = () => document.querySelector('tr.detail, th[aria-sort], .parallel path.off') !== null;
    const say = (text) => status.replaceChildren(text);
    const show = (text) => {
      waiting = undefined;
      const next = new DOMParser().parseFromString(text, 'text/html');
      document.querySelector('main').replaceWith(next.querySelector('main'));
      for (const script of document.querySelectorAll('body > script:not([data-stays])')) script.remove();
      for (const { textContent } of next.querySelectorAll('body > script:not([data-stays])')) {
        const script = document.createElement('script');
        script.textContent = textContent;
        document.body.append(script);
      }
      say(next.querySelector('#live').textContent);
    };
    const hold = (words) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'renew';
      button.addEventListener('click', () => { const text = waiting; show(text); if (words !== '') say(words); });
      status.replaceChildren((words === '' ? '' : words + ' ') + 'There are newer points; the page waits while it is in use. ', button);
    };
    const take = (text, words) => {
      if (text !== undefined) waiting = text;
      if (waiting === undefined) say(words);
      else if (inUse()) hold(words);
      else { show(waiting); if (words !== '') say(words); }
    };
    document.addEventListener('DOMContentLoaded', () => {
      const events = new EventSource('events');
      events.addEventListener('page', ({ data }) => take(JSON.parse(data), ''));
      events.addEventListener('end', ({ data }) => { events.close(); take(undefined, JSON.parse(data)); });
      events.addEventListener('error', () => say('The sweep does not answer: it was ended. Once it runs again on this port, the page goes on.'));
    });
  })();
`;

function documentOf(sweep: Sweep | undefined): Document {
  const none: Section = { title: 'Result', blocks: [{ kind: 'text', text: 'No point is known yet.' }] };
  if (sweep === undefined || sweep.points.length === 0)
    return { title: 'Sweep', subtitle: 'models and tools are made ready', sections: [none] };
  return { ...reportTitle(sweep), sections: runningSections(sweep) };
}

function statusOf(sweep: Sweep | undefined, { level, done, of, failed }: LevelState): string {
  if (sweep === undefined) return 'Begins.';
  return `Measuring: ${level}, ${grouped(done)} of ${grouped(of)} points, ${grouped(failed)} failed; ${grouped(sweep.measured)} measured and ${grouped(sweep.known)} known before, for ${minutes(sweep.seconds)}.`;
}

export function livePage(sweep: Sweep | undefined, state: LevelState): Promise<string> {
  return renderHtml(documentOf(sweep), { status: statusOf(sweep, state), script });
}

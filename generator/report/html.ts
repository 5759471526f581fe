/** A document as one HTML file that needs no other file. */
import type { TopLevelSpec } from 'vega-lite';
import { chartPeers, requirePeers } from '../util/peers.js';
import { rowAnchor, type Block, type Card, type ChartSpec, type Document, type RowDetail, type Section } from './document.js';
import { escapeText } from './html-text.js';
import { parallelHtml, parallelScript, parallelStyle } from './parallel.js';

const style = `
  :root { --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --good: #1a7f4b; --bad: #b3261e; --ground: #f6f7f9; }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: #fff; font: 15px/1.5 system-ui, sans-serif; }
  h1 { font-size: 1.7rem; margin: 0; }
  h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
  .subtitle, figcaption, caption { color: var(--soft); }
  figure { margin: 1rem 0; overflow-x: auto; }
  figcaption, caption { font-size: .875rem; text-align: left; caption-side: bottom; padding-top: .4rem; }
  table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
  th, td { padding: .25rem .8rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
  th:first-child, td:first-child { text-align: left; padding-left: 0; }
  th { font-weight: 600; }
  td { white-space: nowrap; }
  dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
  dl > div { background: var(--ground); border-radius: .4rem; padding: .6rem .9rem; }
  dt { color: var(--soft); font-size: .8rem; }
  dd { margin: 0; font-size: 1.15rem; font-weight: 600; }
  table.sortable { display: block; overflow-x: auto; } table.sortable th { cursor: pointer; } table.sortable th[aria-sort=ascending]::after { content: " \\2191"; } table.sortable th[aria-sort=descending]::after { content: " \\2193"; }
  .note { border-left: 4px solid var(--line); background: var(--ground); padding: .6rem .9rem; margin: 1rem 0; }
  .note.good { border-color: var(--good); } .note.bad { border-color: var(--bad); }
  .cards { display: flex; flex-wrap: wrap; gap: .6rem; }
  .card { border: 1px solid var(--line); border-left-width: 4px; border-radius: .3rem; padding: .45rem .7rem; font-size: .85rem; max-width: 100%; overflow-wrap: anywhere; }
  .card.good { border-left-color: var(--good); } .card.bad { border-left-color: var(--bad); }
  .card svg { display: block; margin-bottom: .25rem; }
  pre { background: var(--ground); padding: .8rem; overflow-x: auto; font-size: .8rem; }
  svg { max-width: 100%; height: auto; }
  tr[data-detail] { cursor: pointer; } tr.detail td { white-space: normal; text-align: left; }
${parallelStyle}`;

/** Unfolds what a row has to say below it, and folds it again. */
const detailScript = `
  for (const row of document.querySelectorAll('tr[data-detail]')) row.addEventListener('click', () => {
    if (row.nextElementSibling?.classList.contains('detail')) return row.nextElementSibling.remove();
    const below = document.createElement('tr');
    below.className = 'detail';
    const cell = below.insertCell();
    cell.colSpan = row.cells.length;
    const text = cell.appendChild(document.createElement('pre'));
    text.textContent = row.dataset.detail;
    for (const path of row.dataset.links?.split('\\n') ?? []) {
      const link = cell.appendChild(document.createElement('p')).appendChild(document.createElement('a'));
      link.href = path;
      link.textContent = path;
    }
    row.after(below);
  });
  // The address of a row, as dots and first cells link it, unfolds it.
  const unfold = () => {
    const row = document.getElementById(location.hash.slice(1));
    if (row?.dataset.detail === undefined || row.nextElementSibling?.classList.contains('detail')) return;
    row.click();
    row.scrollIntoView({ block: 'center' });
  };
  if (window.onhashchange === null) {
    window.onhashchange = unfold;
    unfold();
  }
`;

/** Sorts a table by the head that is clicked, numbers as numbers; the second click turns the order round. */
const sortScript = `
  for (const table of document.querySelectorAll('table.sortable')) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      for (const one of heads) one.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const valueOf = (row) => row.cells[column].textContent;
      const number = (text) => parseFloat(text.replaceAll(',', ''));
      const body = table.tBodies[0];
      for (const below of body.querySelectorAll('tr.detail')) below.remove();
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [number(valueOf(a)), number(valueOf(b))];
        const order = Number.isNaN(x) || Number.isNaN(y) ? Number.isNaN(x) - Number.isNaN(y) || valueOf(a).localeCompare(valueOf(b)) : x - y;
        return up ? order : -order;
      });
      body.append(...rows);
    }));
  }
`;

/** Vega measures text without a browser by its own estimate; labels get room enough by it. */
export async function chartSvg(chart: ChartSpec): Promise<string> {
  const config = {
    font: 'system-ui, sans-serif',
    axis: { labelFontSize: 12, titleFontSize: 12, labelLimit: 260 },
    legend: { labelFontSize: 12, labelLimit: 260 },
    view: { stroke: null },
  };
  const spec = chart as TopLevelSpec;
  requirePeers(chartPeers, 'a chart');
  // Loaded here: they are optional, and commands that draw nothing do not wait for them.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = compile({ ...spec, config: { ...config, ...spec.config } });
  return new vega.View(vega.parse(compiled.spec), { renderer: 'none' }).toSVG();
}

function table({ head, rows, caption, sortable = false, details }: Extract<Block, { kind: 'table' }>): string {
  const attributes = ({ row, text, links = [] }: RowDetail): string =>
    ` id="${rowAnchor(row)}" data-row="${escapeText(row)}" data-detail="${escapeText(text)}"${links.length === 0 ? '' : ` data-links="${escapeText(links.join('\n'))}"`}`;
  const line = (cells: readonly string[], tag: string, detail?: RowDetail): string =>
    `<tr${detail === undefined ? '' : attributes(detail)}>${cells.map((cell, i) => `<${tag}>${detail !== undefined && i === 0 ? `<a href="#${rowAnchor(detail.row)}">${escapeText(cell)}</a>` : escapeText(cell)}</${tag}>`).join('')}</tr>`;
  const below = caption === undefined ? '' : `<caption>${escapeText(caption)}</caption>`;
  return `<table${sortable ? ' class="sortable"' : ''}>${below}<thead>${line(head, 'th')}</thead><tbody>${rows.map((row, i) => line(row, 'td', details?.[i])).join('\n')}</tbody></table>`;
}

function card({ picture = '', lines, tone }: Card): string {
  return `<div class="card ${tone}">${picture}${lines.map((line) => `<div>${escapeText(line)}</div>`).join('')}</div>`;
}

const figure = (content: string, caption: string | undefined): string =>
  `<figure>${content}${caption === undefined ? '' : `<figcaption>${escapeText(caption)}</figcaption>`}</figure>`;

async function blockHtml(block: Block): Promise<string> {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeText(block.text)}</p>`;
    case 'note':
      return `<p class="note ${block.tone}">${escapeText(block.text)}</p>`;
    case 'facts':
      return `<dl>${block.facts.map(([name, value]) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd></div>`).join('')}</dl>`;
    case 'table':
      return table(block);
    case 'parallel':
      return figure(parallelHtml(block.axes, block.lines, block.others), block.caption);
    case 'chart':
      return figure(await chartSvg(block.spec), block.caption);
    case 'picture':
      return figure(block.svg, block.caption);
    case 'cards':
      return figure(`<div class="cards">${block.cards.map(card).join('\n')}</div>`, block.caption);
    case 'code':
      return `<pre>${escapeText(block.text)}</pre>`;
  }
}

async function sectionHtml({ title, blocks }: Section): Promise<string> {
  const content: string[] = [];
  for (const block of blocks) content.push(await blockHtml(block));
  return `<section><h2>${escapeText(title)}</h2>\n${content.join('\n')}\n</section>`;
}

/** What makes a report a page that is renewed while somebody looks at it. */
export interface LivePage {
  /** One line, until the script has more to say. */
  readonly status: string;
  /** Program that stays while `main` and the other scripts are replaced. */
  readonly script: string;
}

export async function renderHtml({ title, subtitle, sections }: Document, live?: LivePage): Promise<string> {
  const content: string[] = [];
  for (const section of sections) content.push(await sectionHtml(section));
  const has = (wanted: (block: Block) => boolean): boolean => sections.some(({ blocks }) => blocks.some(wanted));
  const scripts = [
    ...(has((block) => block.kind === 'table' && block.sortable === true) ? [sortScript] : []),
    ...(has((block) => block.kind === 'table' && block.details !== undefined) ? [detailScript] : []),
    ...(has(({ kind }) => kind === 'parallel') ? [parallelScript] : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
${live === undefined ? '' : `<p class="note" id="live" role="status">${escapeText(live.status)}</p>\n<script data-stays>${live.script}</script>\n`}<main>
<header><h1>${escapeText(title)}</h1><p class="subtitle">${escapeText(subtitle)}</p></header>
${content.join('\n')}
</main>
${scripts.map((script) => `<script>${script}</script>\n`).join('')}</body>
</html>
`;
}

/** Windows with their slices, and the requests that lie in them place by place. */
import type { Placement, Window } from '../batch/form-windows.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { grouped } from '../util/table.js';
import { svg } from './pictures.js';

export interface WindowGroup {
  /** Title above its windows; none when left out. */
  readonly title?: string;
  readonly windows: readonly Window[];
}

/** Neighbours in a slice come one or four behind each other, and so differ. */
const colours = ['#85a3cb', '#ecb381', '#94c2a6', '#d190a5', '#b9a5d6'];

const cell = { width: 64, height: 20, gap: 6 };
const left = 46;
const perLine = 12;

const padding =
  '<defs><pattern id="padding" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<rect width="5" height="5" fill="#f3f5f8"/><rect width="1.4" height="5" fill="#c3cad4"/></pattern></defs>';

/** The parts of a segment, slice by slice. */
function partsOf({ first, position, length, count }: Placement, sliceTokens: number): { slice: number; from: number; tokens: number }[] {
  return Array.from({ length: count }, (_, part) => ({
    slice: first + part,
    from: position,
    tokens: Math.min(length - part * sliceTokens, sliceTokens),
  }));
}

function drawWindow(
  window: Window,
  number: number,
  x: number,
  y: number,
  { slices, sliceTokens }: { slices: number; sliceTokens: number },
): string {
  const scale = cell.width / sliceTokens;
  const frame = Array.from(
    { length: slices },
    (_, s) => `<rect x="${x}" y="${y + s * cell.height}" width="${cell.width}" height="${cell.height - 2}" fill="url(#padding)"/>`,
  );
  const segments = window.flatMap((placed, at) =>
    partsOf(placed, sliceTokens).map(({ slice, from, tokens }, part) => {
      const [begin, width, top] = [x + from * scale, tokens * scale, y + slice * cell.height];
      const name = String(placed.index);
      const label =
        part === 0 && width > 6 * name.length + 3
          ? `<text x="${(begin + 3).toFixed(1)}" y="${top + 13}" font-size="10" fill="#1c2430">${name}</text>`
          : '';
      return `<rect x="${begin.toFixed(1)}" y="${top}" width="${Math.max(width - 0.8, 0.8).toFixed(1)}" height="${cell.height - 2}" fill="${colours[at % colours.length]}"/>${label}`;
    }),
  );
  const name = `<text x="${x + cell.width / 2}" y="${y - 5}" font-size="10" fill="#5b6675" text-anchor="middle">${number}</text>`;
  return [name, ...frame, ...segments].join('');
}

/** Groups of windows from top to bottom; in each, windows from left to right, their slices as rows of token places. What holds no token is hatched. */
export function windowPicture(groups: readonly WindowGroup[], params: Params, most = 24): string {
  const { slices } = params.array;
  const { sliceTokens } = derive(params);
  const lineHeight = slices * cell.height + 22;
  let y = 0;
  const parts: string[] = [];
  for (const { title, windows } of groups) {
    if (title !== undefined) {
      parts.push(`<text x="0" y="${y + 14}" font-size="13" font-weight="600" fill="#1c2430">${title}</text>`);
      y += 22;
    }
    const shown = windows.slice(0, most);
    for (let at = 0; at < shown.length; at += perLine) {
      const top = y + 16;
      for (let s = 0; s < slices; s++)
        parts.push(`<text x="0" y="${top + s * cell.height + 13}" font-size="11" fill="#5b6675">slice ${s}</text>`);
      shown
        .slice(at, at + perLine)
        .forEach((window, w) => parts.push(drawWindow(window, at + w, left + w * (cell.width + cell.gap), top, { slices, sliceTokens })));
      y += lineHeight;
    }
  }
  const columns = Math.min(perLine, Math.max(1, ...groups.map(({ windows }) => Math.min(most, windows.length))));
  return svg(left + columns * (cell.width + cell.gap), y, padding + parts.join(''));
}

/** Share of the token places of windows that hold a token. */
export function filledShare(windows: readonly Window[], params: Params): number {
  const tokens = windows.flat().reduce((sum, { length }) => sum + length, 0);
  return tokens / (windows.length * derive(params).windowTokens);
}

/** "tokens: 12 windows, 93 % of their places hold a token". */
export function windowTitle(name: string, windows: readonly Window[], params: Params): string {
  return `${name}: ${grouped(windows.length)} windows, ${(100 * filledShare(windows, params)).toFixed(0)} % of their places hold a token`;
}

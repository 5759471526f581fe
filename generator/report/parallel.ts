/** Parallel coordinates: a vertical axis for every parameter and objective, a line for every point, ranges drawn with the pointer. */
import type { ParallelAxis, ParallelLine, PlacedRow } from './document.js';
import { escapeText } from './html-text.js';

const gap = 108;
const [left, right, top, height, bottom] = [56, 84, 34, 300, 14];

const yOf = (at: number): number => Math.round(10 * (top + height * (1 - at))) / 10;

function axisSvg({ title, ticks }: ParallelAxis, axis: number): string {
  const x = left + gap * axis;
  // Every other title stands higher, so that long names do not meet.
  const marks = ticks.map(
    ({ at, label }) =>
      `<line x1="${x - 4}" x2="${x}" y1="${yOf(at)}" y2="${yOf(at)}"/><text x="${x + 6}" y="${yOf(at) + 4}">${escapeText(label)}</text>`,
  );
  return (
    `<g class="axis"><text class="title" x="${x}" y="${axis % 2 === 0 ? 12 : 25}" text-anchor="middle">${escapeText(title)}</text>` +
    `<line x1="${x}" x2="${x}" y1="${top}" y2="${top + height}"/>${marks.join('')}` +
    `<rect class="range" x="${x - 9}" width="18" y="${top}" height="0"/>` +
    `<rect class="grip" data-axis="${axis}" x="${x - 14}" width="28" y="${top}" height="${height}"/></g>`
  );
}

function lineSvg({ row, at, front }: ParallelLine): string {
  const ys = at.map(yOf);
  const path = ys.map((y, axis) => `${axis === 0 ? 'M' : 'L'}${left + gap * axis} ${y}`).join('');
  return `<path data-row="${escapeText(row)}"${front ? ' class="front"' : ''} data-y="${ys.join(' ')}" d="${path}"/>`;
}

/** Places as the script reads them: `-`, which is no number, where there is none. */
function placesOf({ row, at }: PlacedRow): string {
  return `${row}:${at.map((one) => (one === undefined ? '-' : yOf(one))).join(' ')}`;
}

export function parallelHtml(axes: readonly ParallelAxis[], lines: readonly ParallelLine[], others: readonly PlacedRow[] = []): string {
  const width = left + gap * (axes.length - 1) + right;
  const below = top + height + bottom;
  // What is drawn last lies above.
  const sorted = [...lines.filter(({ front }) => !front), ...lines.filter(({ front }) => front)];
  return (
    `<div class="parallel" data-others="${escapeText(others.map(placesOf).join(';'))}"><svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${below}" viewBox="0 0 ${width} ${below}" font-family="system-ui, sans-serif" font-size="11">` +
    `<g class="lines">${sorted.map(lineSvg).join('')}</g>${axes.map(axisSvg).join('')}</svg>` +
    `<p><output>${lines.length} of ${lines.length}</output> <button type="button">clear</button></p></div>`
  );
}

export const parallelStyle = `
  .parallel { overflow-x: auto; } .parallel svg { max-width: none; touch-action: none; }
  .parallel path { fill: none; stroke: #8a94a3; stroke-opacity: .35; } .parallel path.front { stroke: #3366a8; stroke-opacity: .85; stroke-width: 1.6; }
  .parallel path.off { stroke-opacity: .05; } .parallel .axis line { stroke: #1c2430; }
  .parallel .axis text { fill: #1c2430; paint-order: stroke; stroke: #fff; stroke-width: 3px; } .parallel .axis .title { font-weight: 600; }
  .parallel .grip { fill: transparent; cursor: ns-resize; } .parallel .range { fill: #e0822d; fill-opacity: .35; }
  tr.off { display: none; }
`;

/**
 * A drag along an axis keeps the lines that cross it there, a click on the axis all. Rows of tables follow their lines; rows without
 * one go by their places, and are not kept where they have none.
 */
export const parallelScript = `
  for (const chart of document.querySelectorAll('.parallel')) {
    const svg = chart.querySelector('svg');
    const lines = [...chart.querySelectorAll('path')].map((path) => ({ path, ys: path.dataset.y.split(' ').map(Number) }));
    const others = chart.dataset.others.split(';').filter(Boolean).map((one) => {
      const [row, places] = one.split(':');
      return { row, ys: places.split(' ').map(Number) };
    });
    const rowsOf = new Map();
    for (const row of document.querySelectorAll('tr[data-row]')) rowsOf.set(row.dataset.row, row);
    const ranges = new Map();
    const show = () => {
      let kept = 0;
      const holds = (ys) => [...ranges].every(([axis, [from, to]]) => ys[axis] >= from && ys[axis] <= to);
      for (const { row, ys } of others) rowsOf.get(row)?.classList.toggle('off', !holds(ys));
      for (const { path, ys } of lines) {
        const on = holds(ys);
        path.classList.toggle('off', !on);
        rowsOf.get(path.dataset.row)?.classList.toggle('off', !on);
        if (on) kept++;
      }
      chart.querySelector('output').textContent = kept + ' of ' + lines.length;
    };
    const draw = (grip, from, to) => {
      const range = grip.parentNode.querySelector('.range');
      range.setAttribute('y', from);
      range.setAttribute('height', to - from);
    };
    for (const grip of chart.querySelectorAll('.grip')) {
      const axis = Number(grip.dataset.axis);
      const top = Number(grip.getAttribute('y'));
      const end = top + Number(grip.getAttribute('height'));
      const at = (event) => {
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        return Math.min(end, Math.max(top, point.y));
      };
      let began;
      grip.addEventListener('pointerdown', (event) => { began = at(event); grip.setPointerCapture(event.pointerId); });
      grip.addEventListener('pointermove', (event) => {
        if (began === undefined) return;
        const now = at(event);
        const range = [Math.min(began, now), Math.max(began, now)];
        if (range[1] - range[0] < 3) ranges.delete(axis); else ranges.set(axis, range);
        draw(grip, ...(ranges.get(axis) ?? [top, top]));
        show();
      });
      grip.addEventListener('pointerup', (event) => {
        if (Math.abs(at(event) - began) < 3) { ranges.delete(axis); draw(grip, top, top); show(); }
        began = undefined;
      });
    }
    chart.querySelector('button').addEventListener('click', () => {
      ranges.clear();
      for (const grip of chart.querySelectorAll('.grip')) draw(grip, 0, 0);
      show();
    });
  }
`;

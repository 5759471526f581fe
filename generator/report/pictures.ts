/** Pictures that no chart library draws: digits, the blocks of the design. */
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';

export const svg = (width: number, height: number, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">${content}</svg>`;

const shades = 8;

/**
 * A picture that came as square patches, row by row, dark on white.
 *
 * Shapes   features float32[patches * pixels of a patch], values in [0, 1]
 */
export function patchPicture(features: Float32Array, patches: number, scale = 2): string {
  const inRow = Math.sqrt(patches);
  const patchSide = Math.sqrt(features.length / patches);
  const side = inRow * patchSide;
  const shadeAt = (x: number, y: number): number => {
    const patch = Math.floor(y / patchSide) * inRow + Math.floor(x / patchSide);
    return Math.round((shades - 1) * features[patch * patchSide ** 2 + (y % patchSide) * patchSide + (x % patchSide)]!);
  };
  const paths = Array.from({ length: shades }, () => '');
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side;) {
      const shade = shadeAt(x, y);
      let run = 1;
      while (x + run < side && shadeAt(x + run, y) === shade) run++;
      if (shade > 0) paths[shade] += `M${x} ${y}h${run}v1h-${run}z`;
      x += run;
    }
  }
  const content = paths
    .map((path, shade) => (path === '' ? '' : `<path fill-opacity="${(shade / (shades - 1)).toFixed(2)}" d="${path}"/>`))
    .join('');
  return svg(side * scale, side * scale, `<rect width="100%" height="100%" fill="#fff"/><g transform="scale(${scale})">${content}</g>`);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly title: string;
  readonly text: string;
}

const boxHeight = 44;

const centre = ({ x, width }: Box): number => x + width / 2;

/** A vertical arrow between two boxes. */
function arrow(from: Box, to: Box, at = Math.max(from.x, to.x) + Math.min(from.width, to.width) / 2): string {
  const down = from.y < to.y;
  return `<line x1="${at}" y1="${down ? from.y + boxHeight : from.y}" x2="${at}" y2="${down ? to.y - 2 : to.y + boxHeight + 2}" stroke="#5b6675" marker-end="url(#head)"/>`;
}

/** A line with its bends, and a head where it ends in a box. */
const line = (path: string): string =>
  `<path d="${path}" fill="none" stroke="#5b6675"${path.endsWith('V478') ? '' : ' marker-end="url(#head)"'}/>`;

/** The units of the chip, with the sizes of this configuration. */
function unitBoxes(params: Params) {
  const { columns, slices, lanesPerSlice, passes } = params.array;
  const { busBytes, prefetchBeats, burstBeats, outstandingReads } = params.port;
  const { width, hidden, rank, codeWords } = params.envelope;
  const { lanes, windowTokens, multipliers } = derive(params);
  const box = (x: number, y: number, boxWidth: number, title: string, text: string): Box => ({ x, y, width: boxWidth, title, text });
  const memory = box(0, 0, 860, 'external memory', 'image, ring of descriptors, rows of tokens');
  const read = box(0, 84, 420, 'AXI4 reads', `${8 * busBytes} bits, bursts of ${burstBeats}, ${outstandingReads} in flight`);
  const write = box(440, 84, 200, 'AXI4 writes', 'rows, completions');
  const registers = box(660, 84, 200, 'AXI4-Lite', 'registers, counters, interrupt');
  const stream = box(0, 168, 130, 'weight stream', `${prefetchBeats} beats ahead`);
  const cold = box(145, 168, 130, 'cold load', `${codeWords} code words`);
  const rows = box(290, 168, 350, 'rows in and out', `${lanesPerSlice} x ${Math.max(lanesPerSlice, busBytes)} register file`);
  const batcher = box(660, 168, 200, 'batcher', `${params.batcher.lookahead} requests seen ahead`);
  const decoder = box(0, 252, 130, 'decoder', 'values, indices');
  const codes = box(145, 252, 130, 'W_S codes', `${columns} x 4 bits per word`);
  const activations = box(290, 252, 350, 'activations X, H, Q, R, K, V', `${width} / ${hidden} features of ${windowTokens} tokens`);
  const sequencer = box(660, 252, 200, 'sequencer', `${params.envelope.instructions} instructions`);
  const array = box(
    0,
    336,
    420,
    'PE array',
    `${slices} slices x ${lanesPerSlice} lanes x ${columns} columns = ${multipliers} multipliers, ${passes} passes`,
  );
  const banks = box(440, 336, 200, 'P banks', `${columns} banks of ${rank / columns} ranks`);
  const epilogue = box(0, 420, 420, 'epilogue', `${lanes} lanes: bias, requantise, table, residual`);
  const vector = box(440, 420, 200, 'norm and softmax', `${lanes} lanes`);
  return {
    memory,
    read,
    write,
    registers,
    stream,
    cold,
    rows,
    batcher,
    decoder,
    codes,
    activations,
    sequencer,
    array,
    banks,
    epilogue,
    vector,
  };
}

/** What flows between the units. */
function flows(boxes: ReturnType<typeof unitBoxes>): string[] {
  const { memory, read, write, registers, stream, cold, rows, batcher, decoder, codes, activations, sequencer, array, epilogue } = boxes;
  return [
    arrow(memory, read, centre(read)),
    arrow(write, memory, centre(write)),
    arrow(read, stream, centre(stream)),
    arrow(read, cold, centre(cold)),
    arrow(read, rows, 350),
    arrow(rows, write, 560),
    arrow(registers, batcher),
    arrow(stream, decoder),
    arrow(cold, codes),
    arrow(rows, activations, 400),
    arrow(activations, rows, 530),
    arrow(batcher, sequencer),
    arrow(decoder, array, centre(decoder)),
    arrow(codes, array, centre(codes)),
    arrow(activations, array, 355),
    arrow(array, epilogue, 210),
    line('M440 358H422'),
    line('M420 442H438'),
    line('M210 464V478H650V274H642'),
    line('M540 464V478'),
    line('M650 358H642'),
  ];
}

const drawBox = ({ x, y, width, title, text }: Box): string =>
  `<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${boxHeight - 1}" rx="4" fill="#f6f7f9" stroke="#8a94a3"/>` +
  `<text x="${x + width / 2}" y="${y + 18}" font-size="13" font-weight="600" text-anchor="middle" fill="#1c2430">${title}</text>` +
  `<text x="${x + width / 2}" y="${y + 34}" font-size="11" text-anchor="middle" fill="#5b6675">${text}</text>`;

/** The units of the chip and what flows between them, with the sizes of this configuration. */
export function blockPicture(params: Params): string {
  const boxes = unitBoxes(params);
  const head =
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#5b6675"/></marker></defs>';
  return svg(860, 484, head + flows(boxes).join('') + Object.values(boxes).map(drawBox).join(''));
}

/** A line of text as a picture. */
import { createRequire } from 'node:module';
import { requirePeers } from '../../util/peers.js';
import { randomFrom } from '../../util/random.js';
import type { Picture } from '../dataset.js';
import type { TextLine } from './lines.js';

const require = createRequire(import.meta.url);

/** What the recognition model takes. */
export const pictureHeight = 48;
/** Columns of the picture for a token: the network halves the width three times. */
export const columnsPerToken = 8;

const rightMargin = 8;
/** Width of what lines are measured on, wider than any line. */
const measuredWidth = 2048;

type Drawing = InstanceType<typeof import('@resvg/resvg-js').Resvg>;

function drawing({ text, look }: TextLine, width: number): Drawing {
  requirePeers(['@resvg/resvg-js', 'dejavu-fonts-ttf'], 'task ocr');
  const { Resvg } = require('@resvg/resvg-js') as typeof import('@resvg/resvg-js');
  const fontFiles = [require.resolve(`dejavu-fonts-ttf/ttf/${look.font}.ttf`)];
  return new Resvg(svgOf(text, look, width), { font: { loadSystemFonts: false, fontFiles } });
}

/** Width in pixels, whole tokens. */
export function lineWidth(line: TextLine): number {
  const box = drawing(line, measuredWidth).getBBox()!;
  return Math.ceil((box.x + box.width + rightMargin) / columnsPerToken) * columnsPerToken;
}

export function drawLine(line: TextLine): Picture {
  const { look } = line;
  const width = lineWidth(line);
  const { pixels } = drawing(line, width).render();
  const random = randomFrom(look.noiseSeed);
  const span = look.paper - look.ink;
  const grey = Uint8Array.from({ length: width * pictureHeight }, (_, i) => {
    // Ink is what is not transparent, so that the measured box is that of the text alone.
    const level = look.paper - (span * pixels[4 * i + 3]!) / 255 + look.noise * (2 * random() - 1);
    return Math.min(Math.max(Math.round(level), 0), 255);
  });
  return { width, height: pictureHeight, grey };
}

function svgOf(text: string, { size, spacing, skewDegrees, left, baseline }: TextLine['look'], width: number): string {
  const escaped = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const slant = `transform="translate(0 ${baseline}) skewX(${skewDegrees.toFixed(3)})"`;
  const style = `font-size="${size.toFixed(3)}" letter-spacing="${spacing.toFixed(3)}" xml:space="preserve"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${pictureHeight}"><text x="${left.toFixed(3)}" y="0" ${style} ${slant}>${escaped}</text></svg>`;
}

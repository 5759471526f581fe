/** A line of text as a picture. */
import { createRequire } from 'node:module';
import { randomFrom } from '../../util/random.js';
import type { TextLine } from './lines.js';

const require = createRequire(import.meta.url);

/** Grey levels 0 .. 255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** What the recognition model takes. */
export const pictureHeight = 48;
/** Its network halves the width three times: as many columns are one token. */
export const columnsPerToken = 8;

const rightMargin = 8;

export async function drawLine({ text, look }: TextLine): Promise<Picture> {
  const { Resvg } = await import('@resvg/resvg-js');
  const fontFiles = [require.resolve(`dejavu-fonts-ttf/ttf/${look.font}.ttf`)];
  const render = (width: number): InstanceType<typeof Resvg> =>
    new Resvg(svgOf(text, look, width), { font: { loadSystemFonts: false, fontFiles } });
  const box = render(2 ** 14).getBBox()!;
  const width = Math.ceil((box.x + box.width + rightMargin) / columnsPerToken) * columnsPerToken;
  const { pixels } = render(width).render();
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

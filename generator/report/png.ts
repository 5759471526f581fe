/** Pictures as pixels, for papers and slides that take no SVG. */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** Comes with trexgen, so that a picture looks the same on every machine, also on one without fonts. */
const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf');

/**
 * A PNG of an SVG picture on white.
 *
 * @param zoom  pixels for each unit of the picture
 */
export function pngOf(svg: string, zoom = 2): Uint8Array {
  const picture = new Resvg(svg, { background: '#fff', fitTo: { mode: 'zoom', value: zoom }, font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'DejaVu Sans Condensed', sansSerifFamily: 'DejaVu Sans Condensed' } });
  return picture.render().asPng();
}

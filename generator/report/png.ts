/** Pictures as pixels, for papers and slides that take no SVG. */
import { createRequire } from 'node:module';
import { picturePeers, requirePeers } from '../util/peers.js';

const require = createRequire(import.meta.url);

/** Font of a package instead of the system's, so that a picture looks the same on every machine, also on one without fonts. */
const font = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf';

/**
 * A PNG of an SVG picture on white.
 *
 * @param zoom  pixels for each unit of the picture
 *
 * Errors   UserError when the packages that draw are not installed
 */
export async function pngOf(svg: string, zoom = 2): Promise<Uint8Array> {
  requirePeers(picturePeers, 'a picture as PNG');
  // Loaded here: the package is optional.
  const { Resvg } = await import('@resvg/resvg-js');
  const picture = new Resvg(svg, {
    background: '#fff',
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: [require.resolve(font)],
      defaultFontFamily: 'DejaVu Sans Condensed',
      sansSerifFamily: 'DejaVu Sans Condensed',
    },
  });
  return picture.render().asPng();
}

import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { pngOf } from '../../generator/report/png.js';

const picture = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" font-family="system-ui, sans-serif">${content}</svg>`;

/** Reads a PNG back by drawing it: the bytes RGBA of each pixel. */
function pixels(png: Uint8Array, width: number, height: number): Uint8Array {
  const image = `<image width="${width}" height="${height}" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`;
  return new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`).render().pixels;
}

const dark = (bytes: Uint8Array): number => bytes.filter((value, i) => i % 4 === 0 && value < 128).length;

describe('pngOf', () => {
  it('draws on white, two pixels for a unit', async () => {
    const png = await pngOf(picture('<rect width="10" height="20"/>'));
    const header = new DataView(png.buffer, png.byteOffset);
    expect([header.getUint32(16), header.getUint32(20)]).toEqual([80, 40]);
    const drawn = pixels(png, 80, 40);
    expect(dark(drawn)).toBe(20 * 40);
    expect([...drawn.slice(-4)]).toEqual([255, 255, 255, 255]);
  });

  it('writes text whatever fonts the machine has', async () => {
    expect(dark(pixels(await pngOf(picture('<text x="2" y="15" font-size="14">mmm</text>')), 80, 40))).toBeGreaterThan(100);
    expect(dark(pixels(await pngOf(picture('<text x="2" y="15" font-size="14"> </text>')), 80, 40))).toBe(0);
  });
});

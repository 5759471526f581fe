import { describe, expect, it } from 'vitest';
import { presetParams } from '../../generator/params/presets.js';
import { filledShare, windowPicture, windowTitle } from '../../generator/report/window-picture.js';

/** Four slices of four places. */
const params = presetParams('tiny');
const windows = [
  [
    { index: 0, first: 0, position: 0, length: 6, count: 2 },
    { index: 2, first: 1, position: 2, length: 1, count: 1 },
    { index: 3, first: 2, position: 0, length: 4, count: 1 },
  ],
  [{ index: 1, first: 0, position: 0, length: 3, count: 1 }],
];
const rectangles = (picture: string, fill: RegExp): string[] =>
  [...picture.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="18" fill="([^"]*)"/g)]
    .filter(([, , , , colour]) => fill.test(colour!))
    .map(([, x, y, width]) => `${x},${y},${width}`);

describe('the picture of windows', () => {
  const picture = windowPicture([{ windows }], params);

  it('shows every segment at its places, a long one in each of its slices', () => {
    expect(rectangles(picture, /^#/)).toEqual(['46.0,16,63.2', '46.0,36,31.2', '78.0,36,15.2', '46.0,56,63.2', '116.0,16,47.2']);
  });

  it('hatches what holds no token: a pattern lies under every slice', () => {
    expect(rectangles(picture, /^url\(#padding\)$/)).toHaveLength(2 * 4);
    expect(picture).toContain('<pattern id="padding"');
  });

  it('names inputs where there is room, and windows by their numbers', () => {
    expect([...picture.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual([
      'slice 0',
      'slice 1',
      'slice 2',
      'slice 3',
      '0',
      '0',
      '2',
      '3',
      '1',
      '1',
    ]);
  });

  it('lays groups under each other, each with its title, and breaks long lines', () => {
    const two = windowPicture(
      [
        { title: windowTitle('before', windows, params), windows },
        { title: 'after', windows: Array.from({ length: 13 }, () => windows[1]!) },
      ],
      params,
    );
    expect(two).toContain('before: 2 windows, 44 % of their places hold a token');
    expect(two).toMatch(/width="886" height="350"/);
    expect(filledShare(windows, params)).toBeCloseTo(14 / 32, 10);
  });
});

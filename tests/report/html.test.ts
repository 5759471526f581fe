import { describe, expect, it } from 'vitest';
import { stackedBars, waterfall } from '../../generator/report/charts.js';
import type { Document } from '../../generator/report/document.js';
import { renderHtml } from '../../generator/report/html.js';
import { blockPicture, patchPicture } from '../../generator/report/pictures.js';
import { presetParams } from '../../generator/params/presets.js';

const document: Document = {
  title: 'A & B',
  subtitle: 'one <line>',
  sections: [
    {
      title: 'Everything',
      blocks: [
        { kind: 'text', text: 'x < y' },
        { kind: 'note', text: 'all good', tone: 'good' },
        { kind: 'facts', facts: [['inputs', '32']] },
        {
          kind: 'table',
          head: ['name', 'value'],
          rows: [
            ['a', '1'],
            ['b"', '2'],
          ],
          caption: 'below',
        },
        {
          kind: 'chart',
          spec: stackedBars(
            [
              { label: 'chip', value: 3, series: 'weights' },
              { label: 'chip', value: 4, series: 'rows' },
            ],
            'bytes',
          ),
          caption: 'bars',
        },
        {
          kind: 'chart',
          spec: waterfall(
            [
              { label: 'dense', share: 0.75, kind: 'work' },
              { label: 'drain', share: 0.25, kind: 'waiting' },
            ],
            'share',
          ),
          caption: 'parts',
        },
        { kind: 'picture', svg: blockPicture(presetParams('small')), caption: 'blocks' },
        { kind: 'cards', cards: [{ lines: ['<3'], tone: 'bad', picture: patchPicture(Float32Array.of(0, 1, 0.5, 0), 1) }] },
        { kind: 'code', text: 'trexgen simulate --only 3' },
      ],
    },
  ],
};

describe('renderHtml', () => {
  it('makes one file that loads nothing and runs nothing', async () => {
    const html = await renderHtml(document);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(["']?(?!#)|src=|href="(?!#)/);
    expect(html.match(/<svg/g)).toHaveLength(4);
    expect(html).toContain('waiting');
  });

  it('escapes every text', async () => {
    const html = await renderHtml(document);
    expect(html).toContain('<h1>A &amp; B</h1>');
    expect(html).toContain('one &lt;line&gt;');
    expect(html).toContain('<td>b&quot;</td>');
    expect(html).toContain('<div>&lt;3</div>');
  });

  it('gives the same bytes for the same document', async () => {
    expect(await renderHtml(document)).toBe(await renderHtml(document));
  });
});

describe('pictures', () => {
  it('draw runs of one shade, patch by patch', () => {
    expect(patchPicture(Float32Array.of(1, 1, 0, 0, 0, 0, 1, 1, 0.5, 0, 0, 0, 0, 0, 0, 0), 4, 1)).toMatchInlineSnapshot(
      `"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4" viewBox="0 0 4 4" font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#fff"/><g transform="scale(1)"><path fill-opacity="0.57" d="M0 2h1v1h-1z"/><path fill-opacity="1.00" d="M0 0h2v1h-2zM2 1h2v1h-2z"/></g></svg>"`,
    );
  });
});

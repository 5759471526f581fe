/** A matrix of cosines as squares, darker where inputs are more alike. */
import { shortTitle, type Similarities } from '../subject/similarities.js';
import { escapeText } from './html-text.js';
import { svg } from './pictures.js';

const cell = 28;
/** Width of about 40 characters. */
const titleWidth = 300;
const titleCharacters = 40;

export function similarityPicture({ titles, matrix }: Similarities): string {
  const text = (x: number, y: number, anchor: string, fill: string, content: string): string =>
    `<text x="${x}" y="${y}" font-size="11" text-anchor="${anchor}" fill="${fill}">${escapeText(content)}</text>`;
  const heads = titles.map((_, i) => text(titleWidth + (i + 0.5) * cell, 12, 'middle', '#5b6675', String(i)));
  const rows = titles.map((title, i) => {
    const y = 18 + i * cell;
    const squares = matrix[i]!.map((value, j) => {
      const share = Math.max(0, Math.min(1, value));
      const x = titleWidth + j * cell;
      const ink = share > 0.55 ? '#fff' : '#1c2430';
      return (
        `<rect x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" fill="#1f5fa8" fill-opacity="${share.toFixed(2)}"/>` +
        text(x + cell / 2, y + cell / 2 + 4, 'middle', ink, value.toFixed(2).replace(/^(-?)0\./, '$1.'))
      );
    });
    return text(titleWidth - 8, y + cell / 2 + 4, 'end', '#1c2430', `${i}: ${shortTitle(title, titleCharacters)}`) + squares.join('');
  });
  return svg(titleWidth + titles.length * cell, 18 + titles.length * cell, heads.join('') + rows.join(''));
}

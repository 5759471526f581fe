/** A picture of grey levels inside a report: as PNG, since pixels of noise as SVG would take a hundred times the bytes. */
import { deflateSync } from 'node:zlib';
import crc32 from 'crc-32';
import type { Picture } from '../data/dataset.js';
import { svg } from './pictures.js';

/** Length, type, data, and CRC-32 of the last two. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeInt32BE(crc32.buf(body), body.length + 4);
  return out;
}

/** PNG of 8-bit grey levels. Source: ISO/IEC 15948. */
export function greyPng({ width, height, grey }: Picture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  // Every row begins with its filter: 0, none.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(grey.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())]);
}

export function greyPicture(picture: Picture): string {
  const { width, height } = picture;
  const data = Buffer.from(greyPng(picture)).toString('base64');
  return svg(width, height, `<image width="${width}" height="${height}" href="data:image/png;base64,${data}"/>`);
}

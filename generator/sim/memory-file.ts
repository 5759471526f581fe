/** Memory of beats as text: one beat a line in hexadecimal, the highest byte first. */

const digits = '0123456789abcdef';
const newline = 0x0a;
const textOf = Uint8Array.from(digits, (digit) => digit.charCodeAt(0));
/** 0 .. 15; 16 for what is no digit, X above all. */
const valueOf = Uint8Array.from({ length: 256 }, (_, code) => {
  const at = digits.indexOf(String.fromCharCode(code).toLowerCase());
  return at < 0 ? 16 : at;
});

export function memoryText(bytes: Uint8Array, busBytes: number): Buffer {
  const line = 2 * busBytes + 1;
  const text = Buffer.alloc((bytes.length / busBytes) * line);
  for (let at = 0, out = 0; at < bytes.length; at += busBytes, out += line) {
    for (let b = 0; b < busBytes; b++) {
      const byte = bytes[at + b]!;
      text[out + 2 * (busBytes - 1 - b)] = textOf[byte >> 4]!;
      text[out + 2 * (busBytes - 1 - b) + 1] = textOf[byte & 15]!;
    }
    text[out + line - 1] = newline;
  }
  return text;
}

export interface MemoryDump {
  readonly bytes: Uint8Array;
  /** Places of bytes that are X in part. */
  readonly unknown: ReadonlySet<number>;
}

/** What `$writememh` wrote; lines of comments and addresses are left out. */
export function parseMemory(text: Buffer, busBytes: number, beats: number): MemoryDump {
  const bytes = new Uint8Array(beats * busBytes);
  const unknown = new Set<number>();
  let beat = 0;
  for (let at = 0; at < text.length && beat < beats;) {
    const found = text.indexOf(newline, at);
    const end = found < 0 ? text.length : found;
    const first = text[at]!;
    if (end > at && first !== 0x2f && first !== 0x40) {
      for (let b = 0; b < busBytes; b++) {
        const place = end - 2 * (b + 1);
        const high = place < at ? 0 : valueOf[text[place]!]!;
        const low = place + 1 < at ? 0 : valueOf[text[place + 1]!]!;
        if ((high | low) > 15) unknown.add(beat * busBytes + b);
        bytes[beat * busBytes + b] = (high << 4) | low;
      }
      beat++;
    }
    at = end + 1;
  }
  return { bytes, unknown };
}

/** The descriptor of a request in memory, described once: hardware, hosts, benches and docs/stream.md follow these tables. */

export interface DescriptorField {
  /** Byte of the descriptor. */
  readonly at: number;
  readonly bytes: number;
  readonly doc: string;
}

/** Little-endian. The CRC covers all that stands before the status word. */
export const descriptorFields = {
  input: { at: 0, bytes: 8, doc: 'input address' },
  output: { at: 8, bytes: 8, doc: 'output address' },
  tokens: { at: 16, bytes: 4, doc: 'length in tokens' },
  tag: { at: 20, bytes: 4, doc: 'tag' },
  status: { at: 24, bytes: 4, doc: 'status and cause, written by the hardware' },
  crc: { at: 28, bytes: 4, doc: 'CRC-32 of bytes 0 .. 23, checked before any of them is used; the status word is not covered' },
} as const satisfies Record<string, DescriptorField>;

export const descriptorBytes = 32;

/** Binary logarithm of the descriptors of the longest ring. */
export const ringLog2Max = 16;

/** Bytes under the CRC. */
export const coveredBytes = descriptorFields.status.at;

/** How a request ended: what the status word holds. */
export interface Status {
  /** One of completionCodes. */
  readonly code: number;
  /** The request itself is at fault, not another one of its window. */
  readonly cause: boolean;
  /** Number of the window, mod 2^16. */
  readonly window: number;
}

export function encodeStatus({ code, cause, window }: Status): number {
  return code + (cause ? 256 : 0) + (window % 65536) * 65536;
}

export function decodeStatus(word: number): Status {
  return { code: word & 0xff, cause: ((word >> 8) & 1) === 1, window: word >>> 16 };
}

/** The descriptor of a request in memory, described once: hardware, hosts, benches and docs/stream.md follow these tables. */

import type { BitField } from './bits.js';

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

export interface StatusField extends BitField {
  readonly doc: string;
}

/** Fields of the status word; its other bits are 0. */
export const statusFields = {
  code: { low: 0, bits: 8, doc: 'code: 0 not done (host), 1 good, else a cause of the table below' },
  cause: { low: 8, bits: 1, doc: 'this request is the cause (else: it shared the window)' },
  window: { low: 16, bits: 16, doc: 'number of the window since reset, low 16 bits; refused descriptors: number of the next window' },
} as const satisfies Record<string, StatusField>;

/** How a request ended: what the status word holds. */
export interface Status {
  /** One of completionCodes. */
  readonly code: number;
  /** The request itself is at fault, not another one of its window. */
  readonly cause: boolean;
  /** Number of the window; the word holds its low bits. */
  readonly window: number;
}

export function encodeStatus({ code, cause, window }: Status): number {
  const put = (value: number, { low, bits }: StatusField): number => (value % 2 ** bits) * 2 ** low;
  return put(code, statusFields.code) + put(cause ? 1 : 0, statusFields.cause) + put(window, statusFields.window);
}

export function decodeStatus(word: number): Status {
  const take = ({ low, bits }: StatusField): number => Math.floor((word >>> 0) / 2 ** low) % 2 ** bits;
  return { code: take(statusFields.code), cause: take(statusFields.cause) === 1, window: take(statusFields.window) };
}

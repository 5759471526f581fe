/** Bit strings, least significant bit first: the first field takes the low bits of byte 0. */
import { UserError } from '../util/errors.js';

/** Place of a number in a word. */
export interface BitField {
  readonly low: number;
  readonly bits: number;
}

/** Bits of a field as documents and Verilog name them: 5:4, or 0 for a single bit. */
export function bitRange({ low, bits }: BitField): string {
  return bits === 1 ? `${low}` : `${low + bits - 1}:${low}`;
}

export class BitWriter {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;
  private pending = 0;
  private pendingBits = 0;

  /** The low `bits` (0 .. 16) of a two's-complement number. */
  put(value: number, bits: number): void {
    this.pending |= (value & ((1 << bits) - 1)) << this.pendingBits;
    this.pendingBits += bits;
    for (; this.pendingBits >= 8; this.pendingBits -= 8) {
      if (this.length === this.bytes.length) this.grow();
      this.bytes[this.length++] = this.pending & 0xff;
      this.pending >>>= 8;
    }
  }

  /** Fill with zero bits up to a multiple of `bytes`. */
  align(bytes: number): void {
    if (this.pendingBits > 0) this.put(0, 8 - this.pendingBits);
    while (this.length % bytes !== 0) this.put(0, 8);
  }

  finish(): Uint8Array {
    this.align(1);
    return this.bytes.slice(0, this.length);
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

export class BitReader {
  private bit = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly where: string,
  ) {}

  /** An unsigned field of 0 .. 16 bits. */
  take(bits: number): number {
    if (this.bit + bits > 8 * this.bytes.length) {
      throw new UserError([`${this.where}: ends at byte ${this.bytes.length}, before its program does; regenerate the image`]);
    }
    const at = this.bit >>> 3;
    const three = (this.bytes[at] ?? 0) | ((this.bytes[at + 1] ?? 0) << 8) | ((this.bytes[at + 2] ?? 0) << 16);
    const value = (three >>> (this.bit & 7)) & ((1 << bits) - 1);
    this.bit += bits;
    return value;
  }

  /** A two's-complement field. */
  takeSigned(bits: number): number {
    const value = this.take(bits);
    return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  /** Skip to a multiple of `bytes`; what is skipped must be zero. */
  align(bytes: number): void {
    const end = Math.ceil(this.bit / (8 * bytes)) * 8 * bytes;
    while (this.bit < end) {
      if (this.take(Math.min(8 - (this.bit & 7), end - this.bit)) !== 0) {
        throw new UserError([`${this.where}: padding before byte ${end / 8} is not zero; regenerate the image`]);
      }
    }
  }

  get byteOffset(): number {
    return Math.ceil(this.bit / 8);
  }

  get finished(): boolean {
    return this.byteOffset === this.bytes.length;
  }
}

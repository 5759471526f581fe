/** 16-bit floats as checkpoints store them. Rounding: to nearest, ties to even, as PyTorch casts. */
const scratch = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // One unit of the last place; below 2^-14 the step stays that of the subnormals.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const step = roundToEven(size / 2 ** (exponent - 10));
  // A step of 2048 carries into the exponent by itself.
  return sign | (size < 2 ** -14 ? step : step + ((exponent + 14) << 10));
}

/** The upper half of an IEEE 754 binary32. */
export function fromBfloat(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

export function toBfloat(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) / 0x10000) & 0xffff;
}

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const over = value - low;
  return over > 0.5 || (over === 0.5 && low % 2 === 1) ? low + 1 : low;
}

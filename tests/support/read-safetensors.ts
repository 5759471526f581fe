import { dtypeBytes, elementCount, readTensors, type Tensor } from '../../generator/model/safetensors.js';

/** All tensors of a file that is in memory. */
export function readSafetensors(bytes: Uint8Array, path: string): Map<string, Tensor> {
  const stored = readTensors({ size: bytes.length, read: (begin, end) => bytes.subarray(begin, end) }, path);
  return new Map(
    [...stored].map(([name, { dtype, shape, read }]) => [name, { dtype, shape, bytes: read(0, elementCount(shape) * dtypeBytes[dtype]) }]),
  );
}

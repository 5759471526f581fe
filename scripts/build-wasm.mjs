// Compiles generator/train/kernels to dist/generator/train/kernels.wasm with AssemblyScript and 128-bit SIMD.
// Relaxed SIMD (fused multiply-add) stays off: Node 20 refuses it, and its rounding differs between processors.
import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist', 'generator', 'train', 'kernels.wasm');
const draft = `${out}.${process.pid}`;
mkdirSync(dirname(out), { recursive: true });
process.chdir(root);
const { error, stderr } = await asc.main([
  'generator/train/kernels/index.ts',
  '-O3',
  '--noAssert',
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
  '--outFile',
  relative(root, draft),
]);
if (error) {
  console.error(String(stderr));
  console.error(`generator/train/kernels: ${error.message}`);
  process.exit(1);
}
renameSync(draft, out);

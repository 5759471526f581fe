// Every kernel of the training engine; generator/train/wasm.ts holds the same list as a TypeScript interface.
export { matmul, matmulScratchBytes } from './matmul';
export { accumulate, adam, addBias, addColumnSums, gated, gatedBackward, gelu, geluBackward, relu, reluBackward, sumOfSquares } from './elementwise';
export { layerNorm, layerNormBackward } from './norm';
export { attention, attentionBackward } from './attention';
export { embed, loss, meanPool, meanPoolBackward } from './tokens';
export { holdSaturated, roundTo } from './quantise';
export { sparseExpand, sparseExpandBackward, sparseScratch } from './sparse';
export { dropout } from './dropout';

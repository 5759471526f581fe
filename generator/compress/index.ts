/** The compressor's public face. */
export { calibrate, type Range, type Ranges } from './calibrate.js';
export { embed } from './embed.js';
export type { DenseLayer, Encoder, FactorizedLayer, Layer, Norm } from './encoder.js';
export { floatScore, integerScore, type Score } from './evaluate.js';
export {
  codeShared, defaultRoles, factorizeEncoder, quantiseValues, randomFactors, type FactorOptions, type RoleMap,
} from './factorize-encoder.js';
export { forward } from './forward.js';
export { pack, type PackOptions } from './pack.js';
export { compress, ptc, type Compressed, type CompressOptions, type StepReport } from './pipeline.js';
export { compressJson, compressText, imageManifest } from './report.js';
export { compressCheckpoint, type CompressRequest, type CompressResult } from './run.js';
export { chooseScales, type Scales } from './scales.js';
export { codingStats, type CodingStats } from './stats.js';

import { createHash } from 'node:crypto';
import type { Params } from '../params/fields.js';
import { packageVersion } from '../tools/package.js';
import { configHash, designSources, topModule } from './design.js';
import type { RtlFile } from './render.js';

export const manifestName = 'manifest.json';

/** What a generated folder holds: the same parameters and version give the same bytes. */
export interface DesignManifest {
  readonly generator: 'trexgen';
  readonly version: string;
  readonly configHash: string;
  readonly topModule: string;
  readonly params: Params;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export interface Design {
  readonly manifest: DesignManifest;
  /** All files, the manifest last. */
  readonly files: readonly RtlFile[];
}

/** The whole design as text: Verilog, a file list for `-f` of the simulators, and the manifest. */
export function renderDesign(params: Params): Design {
  const sources = designSources(params);
  const list = { name: `${params.prefix}.f`, text: `${sources.map(({ name }) => name).join('\n')}\n` };
  const files = [...sources, list];
  const manifest: DesignManifest = {
    generator: 'trexgen',
    version: packageVersion(),
    configHash: configHash(params),
    topModule: topModule(params),
    params,
    files: files.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') })),
  };
  return { manifest, files: [...files, { name: manifestName, text: `${JSON.stringify(manifest, null, 2)}\n` }] };
}

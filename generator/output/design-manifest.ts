import { createHash } from 'node:crypto';
import { collateral } from './flows/collateral.js';
import { defaultFlowOptions, flowOf, type FlowOptions } from './flows/flow.js';
import type { Params } from '../params/fields.js';
import { packageVersion } from '../util/package.js';
import { configHash, designSources, topModule } from '../rtl/design.js';
import type { RtlFile } from '../rtl/render.js';

export const manifestName = 'manifest.json';

/** What a generated folder holds: the same parameters and version give the same bytes. */
export interface DesignManifest {
  readonly generator: 'trexgen';
  readonly version: string;
  readonly configHash: string;
  readonly topModule: string;
  readonly params: Params;
  /** What the constraints are made with. */
  readonly flow: FlowOptions;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export interface Design {
  readonly manifest: DesignManifest;
  /** All files, the manifest last. */
  readonly files: readonly RtlFile[];
}

/** The whole design as text: Verilog, collateral for other tools and hosts (docs/flows.md), and the manifest. */
export function renderDesign(params: Params, flow: FlowOptions = defaultFlowOptions): Design {
  const sources = designSources(params);
  const files = [...sources, ...collateral(flowOf(params, sources, flow, packageVersion()))];
  const manifest: DesignManifest = {
    generator: 'trexgen',
    version: packageVersion(),
    configHash: configHash(params),
    topModule: topModule(params),
    params,
    flow,
    files: files.map(({ name, text }) => ({
      name,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  };
  return { manifest, files: [...files, { name: manifestName, text: `${JSON.stringify(manifest, null, 2)}\n` }] };
}

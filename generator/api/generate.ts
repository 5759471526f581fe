import { renderDesign, type DesignManifest } from '../output/design-manifest.js';
import { defaultFlowOptions } from '../output/flows/flow.js';
import { writeDesign } from '../output/write-design.js';
import { paramsOf, type HardwareOptions } from './hardware.js';

export interface GenerateOptions extends HardwareOptions {
  /** A new or empty folder, or one that an earlier generate wrote. */
  readonly out: string;
  /** Clock of the timing constraints; 100 when not given. */
  readonly clockMhz?: number;
  /** Replace files that have changed since, or that others wrote. */
  readonly force?: boolean;
}

export interface Generated {
  readonly manifest: DesignManifest;
  /** The file of the memory macro when it is the user's own, which stays as it is. */
  readonly kept: string | undefined;
}

/**
 * Writes the Verilog of an accelerator, collateral for synthesis and hosts, and a manifest.
 *
 * Errors   UserError for bad parameters and for a folder with files of others; WriteError for a file that cannot be written
 */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const { out, clockMhz = defaultFlowOptions.clockMhz, force = false } = options;
  const design = renderDesign(await paramsOf(options), { clockMhz });
  const { kept } = writeDesign(design, out, { force });
  return { manifest: design.manifest, kept };
}

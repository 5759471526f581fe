import type { SynthReport } from '../synth/cell-counts.js';
import { synthesizeInto, synthesizeOnly } from '../synth/keep.js';
import type { SynthRequest } from '../synth/synthesize.js';
import { paramsOf, type HardwareOptions } from './hardware.js';

export interface SynthOptions extends HardwareOptions, Omit<SynthRequest, 'params' | 'folder'> {
  /** Folder that report, scripts, netlists and logs are kept in. */
  readonly out?: string;
}

/**
 * Synthesises a configuration with yosys: cells by unit; for asic longest paths by OpenSTA, for ice40 place and route by nextpnr.
 *
 * Errors   UserError for bad options and a folder with files of others; ToolError when a tool is missing or fails
 */
export async function synth({ out, ...options }: SynthOptions): Promise<SynthReport> {
  const request = { ...options, params: await paramsOf(options) };
  return out === undefined ? synthesizeOnly(request) : synthesizeInto(out, request);
}

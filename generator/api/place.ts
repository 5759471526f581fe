import { reportInto, reportOnly } from '../synth/keep.js';
import { placeAndRoute, type PlaceRequest } from '../synth/post-route/place.js';
import type { PostRouteReport } from '../synth/post-route/table.js';
import { paramsOf, type HardwareOptions } from './hardware.js';

export interface PlaceOptions extends HardwareOptions, Omit<PlaceRequest, 'params' | 'folder'> {
  /** Folder that report, scripts, netlists and logs are kept in. */
  readonly out?: string;
}

/**
 * Places and routes a configuration with Vivado or nextpnr: frequency and what it takes of the device.
 *
 * Errors   UserError for bad options, reports without the lines that are expected and a folder with files of others; ToolError
 *          when a tool is missing or fails
 */
export async function place({ out, ...options }: PlaceOptions): Promise<PostRouteReport> {
  const request = { ...options, params: await paramsOf(options) };
  const work = (folder: string): Promise<PostRouteReport> => placeAndRoute({ ...request, folder });
  return out === undefined ? reportOnly('place', work) : reportInto('place', out, work);
}

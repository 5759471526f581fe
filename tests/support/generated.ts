import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultFlowOptions, type FlowOptions } from '../../generator/output/flows/flow.js';
import type { Params, ParamsInput } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { renderDesign, type Design } from '../../generator/output/design-manifest.js';

/** The smallest machine that has every unit: for tools that take long. */
export const smallest = {
  array: { columns: 2, slices: 2, lanesPerSlice: 1, passes: 2 },
  envelope: { width: 8, hidden: 8, rank: 8, codeWords: 16, matrices: 1, instructions: 8 },
  port: { busBytes: 4, prefetchBeats: 4, burstBeats: 4, outstandingReads: 2 },
  batcher: { lookahead: 2 },
} as const satisfies ParamsInput;

export function smallestParams(
  memory: Params['memory']['kind'] = 'block',
  prefix = 'trex',
  reset: Params['port']['reset'] = 'rst_i',
): Params {
  return makeParams({ ...smallest, memory: { kind: memory }, port: { ...smallest.port, reset }, prefix });
}

export function textOf(design: Design, name: string): string {
  const file = design.files.find((one) => one.name === name);
  if (file === undefined) throw new Error(`${name} is not in the design`);
  return file.text;
}

/** What generate writes, in a temporary folder while it is used. */
export async function inGenerated<T>(
  params: Params,
  use: (folder: string, design: Design) => Promise<T>,
  flow: FlowOptions = defaultFlowOptions,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-flow-'));
  const design = renderDesign(params, flow);
  for (const { name, text } of design.files) writeFileSync(join(folder, name), text);
  try {
    return await use(folder, design);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

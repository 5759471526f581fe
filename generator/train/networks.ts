/** The networks of a stage from plain data, the same in every thread. */
import { chooseScales } from '../compress/scales.js';
import type { HelperSetup } from './helper.js';
import { Network } from './network.js';
import { Rounding } from './rounding.js';
import type { Distillation } from './step.js';
import { TernaryRounding } from './ternary.js';
import { Engine } from './wasm.js';

export function buildNetworks({ encoder, ranges, ternary, teacher }: HelperSetup): {
  network: Network;
  distillation: Distillation | undefined;
} {
  const engine = new Engine();
  const network = new Network(engine, encoder);
  if (ranges !== undefined) network.quantise(new Rounding(encoder, chooseScales(encoder, ranges)));
  if (ternary === true) network.quantise(new TernaryRounding(encoder));
  const distillation = teacher && { ...teacher, teacher: new Network(engine, teacher.encoder) };
  return { network, distillation };
}

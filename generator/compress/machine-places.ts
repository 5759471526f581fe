/** Register files of the machine that hold what stands at the places of the graph. */
import type { LinearOutput, LinearStep } from '../model/graph.js';
import type { Destination, Source } from '../program/operation.js';

export const destinationOf: Readonly<Record<LinearOutput['to'], Destination>> = {
  query: 'Q',
  key: 'K',
  value: 'V',
  hidden: 'H',
  residual: 'Radd',
};

/** Attention writes its results over the X that it was computed from. */
export const sourceOf: Readonly<Record<LinearStep['from'], Source>> = { x: 'X', attended: 'X', hidden: 'H' };

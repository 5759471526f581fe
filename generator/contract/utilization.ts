import { peCycleCauses, usefulCauses, type PeCycleCause } from './registers.js';

export interface Utilization {
  /** Work of real tokens over all PE-cycles: pays for padding and for other requests' keys too. */
  readonly useful: number;
  /** Work over the PE-cycles of occupied lanes. */
  readonly array: number;
}

/** Computes utilization from PE-cycles by cause; docs/chip.md, "Counters". */
export function utilizationOf(causes: Readonly<Record<PeCycleCause, number>>): Utilization {
  const work = usefulCauses.reduce((sum, cause) => sum + causes[cause], 0);
  const issue = work + causes.maskedKeys + causes.paddingLanes + causes.paddingColumns;
  const all = peCycleCauses.reduce((sum, cause) => sum + causes[cause], 0);
  if (issue === 0) return { useful: 0, array: 0 };
  const share = (issue - causes.paddingLanes) / issue;
  return { useful: work / all, array: work / (all * share) };
}

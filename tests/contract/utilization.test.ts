import { expect, it } from 'vitest';
import { peCycleCauses, type PeCycleCause } from '../../generator/contract/registers.js';
import { utilizationOf } from '../../generator/contract/utilization.js';

const none = Object.fromEntries(peCycleCauses.map((cause) => [cause, 0])) as Record<PeCycleCause, number>;

it("useful utilization pays for padding and for other requests' keys, array utilization for the keys alone", () => {
  const causes = { ...none, dense: 30, sparse: 10, attention: 10, maskedKeys: 10, paddingLanes: 20, paddingColumns: 10, drain: 10 };
  // Of 90 PE-cycles of steps 20 have no token; idle ones count in the same share.
  const { useful, array } = utilizationOf(causes);
  expect(useful).toBeCloseTo(0.5, 12);
  expect(array).toBeCloseTo(50 / (100 * (70 / 90)), 12);
});

it('is nothing where nothing was issued', () => {
  expect(utilizationOf({ ...none, noWindow: 5 })).toEqual({ useful: 0, array: 0 });
});

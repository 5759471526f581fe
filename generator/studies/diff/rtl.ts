/** The Verilog of two configurations, unit by unit. */
import { createTwoFilesPatch, structuredPatch } from 'diff';
import type { Params } from '../../params/fields.js';
import { designUnits } from '../../rtl/design.js';
import { renderUnit } from '../../rtl/render.js';

export interface UnitDiff {
  readonly unit: string;
  readonly state: 'same' | 'changed' | 'only in A' | 'only in B';
  readonly added: number;
  readonly removed: number;
  /** Unified; empty when the files are equal. */
  readonly patch: string;
}

function textsOf(params: Params): Map<string, { readonly name: string; readonly text: string }> {
  return new Map(designUnits(params).map((unit) => [unit.name, renderUnit(params.prefix, unit)]));
}

/** Every unit of both designs, those of A first. */
export function diffRtl(a: Params, b: Params): UnitDiff[] {
  const [of, to] = [textsOf(a), textsOf(b)];
  return [...new Set([...of.keys(), ...to.keys()])].map((unit): UnitDiff => {
    const [before, after] = [of.get(unit), to.get(unit)];
    const [old, now] = [before?.text ?? '', after?.text ?? ''];
    if (old === now) return { unit, state: 'same', added: 0, removed: 0, patch: '' };
    const { hunks } = structuredPatch('', '', old, now);
    const count = (sign: string): number => hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(sign)).length, 0);
    const patch = createTwoFilesPatch(
      before === undefined ? '/dev/null' : `a/${before.name}`,
      after === undefined ? '/dev/null' : `b/${after.name}`,
      old,
      now,
      undefined,
      undefined,
      { context: 3 },
    );
    return {
      unit,
      state: before === undefined ? 'only in B' : after === undefined ? 'only in A' : 'changed',
      added: count('+'),
      removed: count('-'),
      // The line of equals signs belongs to another format.
      patch: patch
        .split('\n')
        .filter((line, i) => i > 0 || !line.startsWith('==='))
        .join('\n'),
    };
  });
}

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { designSources } from '../../generator/rtl/design.js';
import type { SourceFile } from '../../generator/sim/build.js';
import { buildChip } from '../../generator/sim/chip-run.js';
import { describeDivergence, shrink } from '../../generator/sim/divergence.js';
import { layOut } from '../../generator/host/memory-map.js';
import { isGood, runUnit, type Unit, type UnitResult } from '../../generator/sim/unit.js';
import { faultImage, faultParams } from '../support/chip-faults.js';
import { randomRequests } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const lengths = [2, 1, 2, 2, 1, 2];
const unit: Unit = {
  params: faultParams,
  image: faultImage,
  requests: randomRequests(12, faultImage.model, lengths),
  policy: 'packed',
  settings: { seed: 3, latency: 4, trace: true, patience: 100_000 },
  beats: layOut(faultImage, faultParams, lengths).beats,
};

/** The generated design with one text replaced in one of its files. */
function spoilt(file: string, find: string, put: string): SourceFile[] {
  const sources = designSources(faultParams);
  const changed = sources.map(({ name, text }) =>
    name === `trex_${file}.v` ? { name, text: text.replaceAll(find, () => put) } : { name, text },
  );
  if (changed.every(({ text }, i) => text === sources[i]!.text)) throw new Error(`${file}: nothing to replace`);
  return changed;
}

async function run(sources: SourceFile[], part: Partial<Unit> = {}): Promise<UnitResult> {
  const executable = await buildChip({ params: faultParams, simulator: 'icarus', beats: unit.beats, sources });
  return temporaryFolder((folder) => runUnit(executable, { ...unit, ...part }, folder));
}

describe('a design that is wrong', () => {
  test('shows in the values that instructions store, and the least run that shows it is found and said', async () => {
    const executable = await buildChip({
      params: faultParams,
      simulator: 'icarus',
      beats: unit.beats,
      sources: spoilt('epilogue', '.value_i(product)', ".value_i({ 1'b0, product[PRODUCT_BITS-2:0] })"),
    });
    await temporaryFolder(async (folder) => {
      const untraced = { ...unit, settings: { ...unit.settings, trace: false } };
      const result = await runUnit(executable, untraced, join(folder, 'all'));
      expect(isGood(result)).toBe(false);
      const found = await shrink(executable, untraced, result, 100, join(folder, 'shrunk'));
      expect(found.requests).toHaveLength(1);
      const { difference } = found;
      expect(difference).toMatchObject({ window: 0, request: 0, cycle: expect.any(Number) as number });
      // The first instruction with a product is wrong already, long before its output.
      expect(faultImage.model.operations[difference!.instruction]!.op).toBe('PROJECT');
      const lines = describeDivergence(found, faultImage, 'trexgen simulate --task g2p');
      expect(lines[0]).toMatch(/^first difference: instruction \d+, PROJECT X\[6\] -> P\[8\]/);
      expect(lines[1]).toMatch(
        new RegExp(`window 0, input ${found.requests[0]} \\(tag [0-9a-f]+, [12] tokens\\), token \\d, feature \\d+ of P$`),
      );
      expect(lines[2]).toMatch(/chip -?\d+, golden -?\d+, stored in cycle \d+$/);
      expect(lines.at(-1)).toBe(`  repeat: trexgen simulate --task g2p --only ${found.requests[0]} --trace`);
    });
  });

  test('shows in the bytes that it counts', async () => {
    const { problems, emaAgree, mismatches } = await run(spoilt('counters', '.add_i(section_values_q)', '.add_i(section_indices_q)'));
    expect({ emaAgree, mismatches }).toEqual({ emaAgree: false, mismatches: 0 });
    expect(problems[0]).toMatch(/^run, bytes of sparseValues: chip \d+, golden ledger \d+, analytic \d+$/);
  });

  test('shows in the PE-cycles that it counts', async () => {
    const { problems } = await run(spoilt('counters', '.add_i(ALL - held)', '.add_i(NONE)'));
    expect(problems.join()).toMatch(/PE-cycles of all causes = \d+: must be \d+/);
  });

  test('shows in what it does on the port', async () => {
    const { problems } = await run(spoilt('axi_read', "m_axi_arburst = 2'd1", "m_axi_arburst = 2'd0"));
    expect(problems[0]).toMatch(/^AXI4 protocol: \d+ cycles with size, type or ID of a burst$/);
  });

  test('shows in what it says of every burst', async () => {
    const { problems } = await run(spoilt('top', "m_axi_awcache = 4'b0011", "m_axi_awcache = 4'b0010"));
    expect(problems[0]).toMatch(/^AxLOCK, AxCACHE, AxPROT or AxQOS is not its constant in \d+ cycles$/);
  });

  test('shows in the completions that it writes', async () => {
    const { problems } = await run(spoilt('batcher', 'refuse || cause_here;', "1'b1;"));
    expect(problems[0]).toMatch(/^completion of request 0: code 1, cause true, window 0; must be 1, false, 0$/);
  });
});

describe('a chip that gets no answer', () => {
  test('is given up after the patience of the host', async () => {
    const { problems } = await run(designSources(faultParams), {
      settings: { ...unit.settings, stalls: 16, patience: 2000, trace: false },
    });
    expect(problems[0]).toMatch(/^host: step \d+ \(4 at 000\) has waited 2000 cycles$/);
  });
});

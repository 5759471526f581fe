import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { simulators } from '../../generator/sim/build.js';
import { buildChip } from '../../generator/sim/chip-run.js';
import { layOut } from '../../generator/host/memory-map.js';
import { runUnit, type Unit } from '../../generator/sim/unit.js';
import { recordWindow } from '../../generator/sim/waves.js';
import { faultImage, faultParams } from '../support/chip-faults.js';
import { randomRequests } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const lengths = [2, 1, 2];
const unit: Unit = {
  params: faultParams,
  image: faultImage,
  requests: randomRequests(12, faultImage.model, lengths),
  policy: 'single',
  settings: { seed: 3, latency: 4 },
  beats: layOut(faultImage, faultParams, lengths).beats,
};

/** Every FST file begins with a block that says how large it is: type 0, length 329. */
const header = [0, 0, 0, 0, 0, 0, 0, 1, 0x49];

describe('recording a window', () => {
  for (const simulator of simulators) {
    test(`leaves its signals, and what GTKWave shows of them, in ${simulator}`, async () => {
      await temporaryFolder(async (folder) => {
        const executable = await buildChip({ params: faultParams, simulator, beats: unit.beats, quick: true });
        const { windowLog } = await runUnit(executable, unit, join(folder, 'plain'));
        const { file, saveFile, from, to } = await recordWindow(unit, simulator, windowLog[1]!, folder, 'window-1');
        expect([from, to]).toEqual([windowLog[1]!.first - 64, windowLog[1]!.last + 64]);
        expect([...(await readFile(file)).subarray(0, 9)]).toEqual(header);
        const one = (await stat(file)).size;
        const all = await recordWindow(unit, simulator, { first: 0, last: windowLog[2]!.last }, folder, 'all');
        expect((await stat(all.file)).size).toBeGreaterThan(1.5 * one);
        const save = await readFile(saveFile, 'utf8');
        expect(save).toContain('[dumpfile] "window-1.fst"');
        expect(save).toMatch(/u_top\.m_axi_araddr\[31:0\]\n/);
        expect(save).toMatch(/u_top\.u_core\.out_act\[15:0\]\n/);
      });
    }, 300_000);
  }
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { predict, type Prediction } from '../../generator/analytic/predict.js';
import type { Params } from '../../generator/params/fields.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import { causesOf } from '../../generator/sim/books.js';
import { buildChip } from '../../generator/sim/chip-run.js';
import { layOut } from '../../generator/host/memory-map.js';
import { isGood, runUnit, type UnitResult } from '../../generator/sim/unit.js';
import { workloadRequests } from '../../generator/subject/workload/build.js';
import { randomCases, type RunCase } from './random-case.js';

const beats = 16384;

/** Beats from the burst boundary before an address to it. */
function offsetsOf(image: Image, params: Params, lengths: readonly number[]) {
  const { busBytes, burstBeats } = params.port;
  const map = layOut(image, params, lengths);
  const offset = (address: number): number => (address / busBytes) % burstBeats;
  return {
    stream: offset(map.pass),
    inputs: map.requests.map(({ input }) => offset(input)),
    outputs: map.requests.map(({ output }) => offset(output)),
  };
}

interface Compared {
  readonly case: RunCase;
  readonly predicted: Prediction;
  readonly chip: UnitResult;
}

describe('the analytic model against the simulated chip', () => {
  const seed = Number(process.env['TREXGEN_SEED'] ?? 1 + Math.floor(Math.random() * 1e6));
  for (const [number, { params, runs }] of randomCases(seed, 3, 6).entries()) {
    it(`bytes and work are exact, cycles within 5 %, with latencies of 10 to 500 cycles (TREXGEN_SEED=${seed}, hardware ${number})`, async () => {
      const executable = await buildChip({ params, simulator: 'verilator', beats, quick: true });
      const compared: Compared[] = [];
      for (const run of runs) {
        const { model, lengths, policy, memory } = run;
        const image = readImage(writeImage(model, { columns: params.array.columns, busBytes: params.port.busBytes }));
        const folder = await mkdtemp(join(tmpdir(), 'trexgen-test-'));
        const settings = { seed: run.seed, latency: memory.latencyCycles, throttle: memory.cyclesPerBeat };
        const chip = await runUnit(
          executable,
          { params, image, requests: workloadRequests(model, lengths, run.seed), policy, settings, beats },
          folder,
        );
        await rm(folder, { recursive: true });
        compared.push({
          case: run,
          chip,
          predicted: predict({ model: image.model, params, lengths, policy, memory, offsets: offsetsOf(image, params, lengths) }),
        });
      }
      for (const {
        case: { text },
        predicted,
        chip,
      } of compared) {
        const where = `${text} on ${JSON.stringify(params)}`;
        expect(isGood(chip), where).toBe(true);
        expect(predicted.runBytes, where).toEqual(chip.runBytes);
        expect(predicted.coldBytes, where).toEqual(chip.coldBytes);
        const [got, want] = [predicted.causes, causesOf(chip.counters)];
        for (const cause of ['dense', 'sparse', 'attention', 'maskedKeys', 'paddingLanes', 'paddingColumns'] as const)
          expect(got[cause], `${cause}: ${where}`).toBe(want[cause]);
        expect(
          Math.abs(predicted.cycles / chip.counters.cycles - 1),
          `predicted ${predicted.cycles}, chip ${chip.counters.cycles}: ${where}`,
        ).toBeLessThan(0.05);
      }
    }, 600_000);
  }
});

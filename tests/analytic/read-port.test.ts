import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReadPort, type ReadPortShape } from '../../generator/analytic/read-port.js';

const power = (low: number, high: number) => fc.integer({ min: low, max: high }).map((log) => 2 ** log);

const ports: fc.Arbitrary<ReadPortShape> = fc
  .record({ burst: power(0, 4), bursts: power(0, 4), outstandingReads: power(1, 4), decoderBeats: fc.integer({ min: 2, max: 12 }) })
  .map(({ burst, bursts, outstandingReads, decoderBeats }) => ({
    burstBeats: burst,
    prefetchBeats: burst * bursts,
    outstandingReads,
    decoderBeats,
    descriptorBeats: 1,
    descriptorCheck: 0,
    streamLead: 4,
  }));

const memories = fc.record({ latencyCycles: fc.integer({ min: 1, max: 500 }), cyclesPerBeat: fc.integer({ min: 1, max: 4 }) });

test('a long section takes as long at once as piece by piece, where rounds that are alike are skipped', () => {
  fc.assert(
    fc.property(ports, memories, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 4, max: 40 }), (shape, memory, itemCycles, pieces) => {
      const beats = pieces * shape.burstBeats;
      const total = 60 * beats;
      const each = 1 + itemCycles / 2;
      const begun = (): ReadPort => {
        const port = new ReadPort(shape);
        port.begin(total, 0, 0, memory);
        return port;
      };
      const whole = begun().take(total, 5, total * each, itemCycles);
      const port = begun();
      let [late, now] = [0, 5];
      for (let at = 0; at < total; at += beats) {
        const more = port.take(beats, now, beats * each, itemCycles);
        late += more;
        now += beats * each + more;
      }
      expect(Math.abs(whole - late)).toBeLessThan(0.005 * (total * each + late));
    }),
    { numRuns: 300 },
  );
});

import { makeParams } from '../../generator/params/params.js';
import { crcOf } from '../../generator/program/manifest.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly busBytes: number;
  readonly clients: number;
}

/** Messages of several clients, of random length with gaps, held against the CRC that images carry. */
function crcBench({ busBytes, clients }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const vectors: string[] = [];
  const messages = Array.from({ length: clients }, (): number[] | undefined => undefined);
  for (let n = 0; n < 600; n += 1) {
    const whose = random.below(3) > 0 ? random.below(clients) : undefined;
    const kind = random.below(4);
    const beat = Array.from({ length: busBytes }, () => (kind === 0 ? 0 : kind === 1 ? 255 : random.below(256)));
    const shown = messages.map((message, client) => ({
      check: message !== undefined,
      want: message === undefined ? 0 : crcOf(Uint8Array.from(message)) >>> 0,
      clear: message === undefined || random.below(20) === 0,
      en: whose === client,
    }));
    vectors.push(
      pack([
        [clients, bits(shown.map(({ check }) => check))],
        [
          32 * clients,
          join(
            shown.map(({ want }) => want),
            32,
          ),
        ],
        [clients, bits(shown.map(({ clear }) => clear))],
        [clients, bits(shown.map(({ en }) => en))],
        [8 * busBytes, join(beat, 8)],
      ]),
    );
    shown.forEach(({ clear, en }, client) => {
      if (clear) messages[client] = [];
      else if (en) messages[client] = [...(messages[client] ?? []), ...beat];
    });
  }
  const files = render(makeParams({ port: { busBytes } }), crc32);
  return { unit: 'crc32', files, macros: { BUS_BYTES: busBytes, CLIENTS: clients }, vectors };
}

const bits = (of: readonly boolean[]): bigint => join(of.map(Number), 1);

describeUnit({
  unit: 'crc32',
  shapes: [
    { busBytes: 4, clients: 1 },
    { busBytes: 16, clients: 3 },
    { busBytes: 64, clients: 2 },
  ],
  makeBench: crcBench,
  mutants: [
    { what: 'takes one bit of a beat wrongly', find: 'next[17] = ^(mixed &', put: 'next[17] = ^((mixed >> 1) &' },
    { what: 'begins with zeros', find: "32'hffffffff", put: "32'h0" },
    { what: 'gives the register as it is', find: '+: 32] = ~crc_q', put: '+: 32] = crc_q' },
    { what: 'takes every beat', find: 'if (en_i[n]) crc_q', put: 'if (|en_i) crc_q' },
    { what: 'goes on with the register of another', find: 'if (en_i[m]) met', put: 'if (m == 0 || en_i[m]) met' },
  ],
});

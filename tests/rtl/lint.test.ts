import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { presetParams, presets } from '../../generator/params/presets.js';
import type { Params } from '../../generator/params/fields.js';
import { designSources, topModule } from '../../generator/rtl/design.js';
import { lintAll } from '../../generator/sim/lint.js';
import { randomParams } from '../support/random-params.js';

const patienceMs = 300_000;

const configurations: readonly { readonly name: string; readonly params: Params }[] = [
  ...Object.keys(presets).map((name) => ({ name: `preset ${name}`, params: presetParams(name) })),
  { name: 'one direction, few lanes', params: makeParams({ ...presets.tiny, registerFile: { directions: 1 } }) },
  {
    name: 'one direction, more lanes than columns and bus',
    params: makeParams({
      ...presets.tiny,
      array: { columns: 4, slices: 2, lanesPerSlice: 16, passes: 3 },
      registerFile: { kind: 'sync', directions: 1 },
      memory: { kind: 'latch' },
    }),
  },
  ...Array.from({ length: 3 }, (_, seed) => ({ name: `seed ${seed}`, params: randomParams(seed) })),
];

describe('the whole design in Verilator -Wall, Icarus -Wall and Yosys check', () => {
  it.each(configurations)(
    'is silent: $name',
    async ({ params }) => {
      // Yosys spends minutes in words of a thousand lanes; its view of the memories has tests of its own (ram_1r1w.test.ts).
      expect(await lintAll(designSources(params), topModule(params), `${params.prefix}_ram_1r1w`)).toEqual([]);
    },
    patienceMs,
  );

  it('is reported by all three when a wire has no driver and a width is wrong', async () => {
    const params = makeParams({ ...presets.tiny, envelope: { width: 8, hidden: 8, rank: 8, codeWords: 16, instructions: 8 } });
    const sources = designSources(params).map(({ name, text }) => ({
      name,
      text:
        name === 'trex_drain.v'
          ? text.replace(
              'endmodule',
              "  wire [3:0] lost;\n  wire [7:0] widened = lost + 4'd1;\n  undefined_unit u_undefined (.clk_i(clk_i));\nendmodule",
            )
          : text,
    }));
    const messages = await lintAll(sources, topModule(params));
    expect(messages.map((message) => message.split(' ', 1)[0])).toEqual(['verilator', 'iverilog', 'yosys']);
  });
});

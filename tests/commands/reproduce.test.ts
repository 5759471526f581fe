import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { presetParams } from '../../generator/params/presets.js';
import { makeParams } from '../../generator/params/params.js';
import { fullGrid, requirePorts } from '../../generator/studies/reproduce/bandwidth.js';
import { trexgen } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary.js';

describe('reproduce', () => {
  it('refuses bursts that are too long for a port of the curve, before any work', () =>
    temporaryFolder(async (out) => {
      expect(await trexgen('reproduce', '--set', 'port.burstBeats=128', '--set', 'port.prefetchBeats=128', '--out', out)).toEqual({
        exitCode: 2,
        stdout: '',
        stderr:
          "port.burstBeats = 128 beats: 128 x 64 bytes is over the 4096-byte boundary of AXI4; lower burstBeats or busBytes; the memory's curve has ports of 4, 8, 16, 32, 64 bytes, and --quick leaves it out\n",
      });
      expect(readdirSync(out)).toEqual([]);
    }));

  it('has ports for the bursts that every port can have', () => {
    expect(() => requirePorts(presetParams('small'), fullGrid)).not.toThrow();
    expect(() => requirePorts(makeParams({ port: { burstBeats: 64 } }), fullGrid)).not.toThrow();
  });
});

import { describe, expect, test } from 'vitest';
import { ecp5Delays } from '../../generator/synth/delays-ecp5.js';
import { xilinxDelays } from '../../generator/synth/delays-xilinx.js';
import { longestPaths } from '../../generator/synth/longest-path.js';
import type { NetBit, NetlistCell, NetlistModule } from '../../generator/synth/netlist.js';

const outputs = /^(Q|O|CO|P|PCOUT|DO\w*|S[01]|COUT|Z|P\d+)$/;
const cell = (type: string, connections: Record<string, readonly NetBit[]>, parameters: Record<string, string> = {}): NetlistCell => ({
  type,
  parameters,
  port_directions: Object.fromEntries(Object.keys(connections).map((port) => [port, outputs.test(port) ? 'output' : 'input'])),
  connections,
});
const netlist = (cells: readonly NetlistCell[], names: Record<string, readonly NetBit[]>): NetlistModule => ({
  ports: { in_i: { direction: 'input', bits: [900] } },
  cells: Object.fromEntries(cells.map((one, n) => [`c${n}`, one])),
  netnames: Object.fromEntries(Object.entries(names).map(([name, bits]) => [name, { bits }])),
});
const flipFlop = (d: NetBit, q: number): NetlistCell => cell('FDRE', { C: ['0'], CE: ['1'], D: [d], Q: [q], R: ['0'] });

// Of the table, so that an estimate that moves without it shows.
const [net, ff, lut] = [0.5, 0.456, 0.124];

describe('the longest path of a netlist for Xilinx', () => {
  test('from flip-flop to flip-flop through two look-up tables, with a net before each and none behind the last', () => {
    const module = netlist(
      [
        flipFlop(900, 1),
        cell('LUT2', { I0: [1], I1: [900], O: [2] }),
        cell('LUT6', { I0: [2], I1: ['0'], I2: ['0'], I3: ['0'], I4: ['0'], I5: [1], O: [3] }),
        flipFlop(3, 4),
      ],
      { 'u_a.first_q': [1], 'u_b.u_c.last_q': [4] },
    );
    expect(longestPaths(module, xilinxDelays)[0]).toEqual({
      from: 'u_a.first_q',
      to: 'u_b.u_c.last_q',
      ns: Math.round(1000 * (ff + 2 * (net + lut))) / 1000,
    });
  });

  test('along a carry chain: into the first cell, through the whole of the second, out as a sum of the third', () => {
    const chain = (n: number, into: NetBit): NetlistCell =>
      cell('CARRY4', {
        CI: [into],
        CYINIT: ['0'],
        DI: ['0', '0', '0', '0'],
        S: n === 0 ? [20, '0', '0', '0'] : ['0', '0', '0', '0'],
        O: [100 + n, 110 + n, 120 + n, 130 + n],
        CO: [200 + n, 210 + n, 220 + n, 230 + n],
      });
    const module = netlist(
      [
        flipFlop(900, 1),
        cell('LUT2', { I0: [1], I1: ['0'], O: [20] }),
        chain(0, '0'),
        chain(1, 230),
        chain(2, 231),
        flipFlop(132, 4),
        flipFlop(230, 5),
      ],
      {},
    );
    expect(longestPaths(module, xilinxDelays)[0]?.ns).toBeCloseTo(ff + net + lut + 0.528 + 0.114 + 0.334, 3);
  });

  test('a carry goes up alone: a select input says nothing about the carries below it', () => {
    const module = netlist(
      [
        flipFlop(900, 1),
        cell('CARRY4', {
          CI: ['0'],
          CYINIT: ['0'],
          DI: ['0', '0', '0', '0'],
          S: ['0', '0', '0', 1],
          O: [100, 110, 120, 130],
          CO: [200, 210, 220, 230],
        }),
        flipFlop(220, 4),
      ],
      {},
    );
    expect(longestPaths(module, xilinxDelays)[0]?.ns ?? 0).toBeLessThan(ff + net);
  });

  test('a product is as late as its registers make it', () => {
    const dsp = (registers: Record<string, string>): number => {
      const module = netlist([flipFlop(900, 1), cell('DSP48E1', { A: [1], B: ['0'], C: ['0'], P: [2] }, registers), flipFlop(2, 3)], {});
      return longestPaths(module, xilinxDelays)[0]?.ns ?? 0;
    };
    expect(dsp({})).toBeCloseTo(ff + net + 3.841 + net, 3);
    expect(dsp({ MREG: '1' })).toBeCloseTo(ff + net + 2.6, 3);
    expect(dsp({ MREG: '00000001', AREG: '00000001' })).toBeCloseTo(1.7 + net, 3);
    expect(dsp({ AREG: '1', BREG: '1', MREG: '1', PREG: '1', CREG: '1' })).toBeCloseTo(ff + net + 0.324, 3);
  });

  test('a block memory begins and ends paths, a small one is read through', () => {
    const block = cell('RAMB36E1', { ADDRARDADDR: [7], DOADO: [8], DIADI: ['0'], WEA: ['0'] });
    const small = cell('RAM32M', { ADDRA: [8, '0', '0', '0', '0'], DOA: [9, 10], DIA: ['0', '0'], ADDRD: ['0'], WE: ['0'] });
    const module = netlist([block, small, flipFlop(9, 11), cell('LUT1', { I0: [11], O: [7] })], {});
    const found = longestPaths(module, xilinxDelays).map(({ ns }) => ns);
    expect(found[0]).toBeCloseTo(2.454 + net + 0.124, 3);
  });

  test('a loop without a register and an unknown cell are faults of the netlist', () => {
    const loop = netlist([cell('LUT1', { I0: [2], O: [1] }), cell('LUT1', { I0: [1], O: [2] }), flipFlop(2, 3)], {});
    expect(() => longestPaths(loop, xilinxDelays)).toThrow('a loop without a register through net 2');
    expect(() => longestPaths(netlist([cell('XORCY', { O: [1] })], {}), xilinxDelays)).toThrow('a cell XORCY, of which no delay is known');
  });

  test('a chain longer than the stack of the language is followed', () => {
    const length = 20_000;
    const chain = Array.from({ length }, (_, n) => cell('LUT1', { I0: [n + 1], O: [n + 2] }));
    const module = netlist([flipFlop(900, 1), ...chain, flipFlop(length + 1, length + 9)], {});
    expect(longestPaths(module, xilinxDelays)[0]?.ns).toBeCloseTo(ff + length * (net + lut), 1);
  });
});

describe('the longest path of a netlist for ECP5', () => {
  test('from flip-flop through a look-up table, a carry and a product to a flip-flop', () => {
    const register = (di: NetBit, q: number): NetlistCell => cell('TRELLIS_FF', { CLK: ['0'], DI: [di], Q: [q] });
    const module = netlist(
      [
        register(900, 1),
        cell('LUT4', { A: [1], B: ['0'], C: ['0'], D: ['0'], Z: [2] }),
        cell('CCU2C', { A0: [2], B0: ['0'], CIN: ['0'], COUT: [3], S0: [5], S1: [6] }),
        cell('CCU2C', { A0: ['0'], CIN: [3], COUT: [4], S0: [7], S1: [8] }),
        cell('MULT18X18D', { A0: [8], B0: ['0'], P0: [9] }),
        register(9, 10),
      ],
      {},
    );
    expect(longestPaths(module, ecp5Delays)[0]?.ns).toBeCloseTo(0.525 + (0.8 + 0.236) + (0.8 + 0.774) + 0.41 + (0.8 + 3.9) + 0.8, 3);
  });
});

test.each([xilinxDelays, ecp5Delays])('every delay of $device has its source, or is assumed', ({ entries }) => {
  for (const [name, { ns, source }] of Object.entries(entries)) {
    expect(ns, name).toBeGreaterThanOrEqual(0);
    expect(source, name).toMatch(/^(assumed|timing reports of Vivado|yosys 0\.23, techlibs|prjtrellis-db)/);
  }
});

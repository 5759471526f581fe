/** Delays of Artix-7, speed grade -1. */
import type { Arc, CellDelays, Delay, DelayTable } from './delays.js';
import { numberParameter, type NetlistCell } from './netlist.js';

const prjxray = 'yosys 0.23, techlibs/xilinx/cells_sim.v (slow corner of prjxray-db, artix7)';
const vivado = (arc: string): string => `timing reports of Vivado, Artix-7 -1: ${arc}`;

const entries = {
  net: { ns: 0.5, source: 'assumed' },
  lut: { ns: 0.124, source: vivado('Prop_lut5_I1_O') },
  flipFlopOut: { ns: 0.456, source: vivado('Prop_fdre_C_Q') },
  flipFlopEnable: { ns: 0.109, source: `${prjxray}, FDRE` },
  flipFlopReset: { ns: 0.404, source: `${prjxray}, FDRE` },
  flipFlopIn: { ns: 0, source: `${prjxray}, FDRE (negative there)` },
  muxF7: { ns: 0.296, source: `${prjxray}, MUXF7, S to O` },
  muxF8: { ns: 0.273, source: `${prjxray}, MUXF8, S to O` },
  carrySelect: { ns: 0.528, source: `${prjxray}, CARRY4, S[1] to CO[3]` },
  carryData: { ns: 0.52, source: vivado('Prop_carry4_DI[1]_CO[3]') },
  carryBegin: { ns: 0.58, source: `${prjxray}, CARRY4, CYINIT to CO[3]` },
  carryNext: { ns: 0.114, source: vivado('Prop_carry4_CI_CO[3]') },
  carrySum: { ns: 0.334, source: `${prjxray}, CARRY4, CI to O[1]` },
  carrySelectSum: { ns: 0.618, source: `${prjxray}, CARRY4, S[1] to O[3]` },
  lutRamRead: { ns: 0.124, source: 'assumed: as a LUT' },
  lutRamClock: { ns: 1.32, source: 'assumed: a word that is read while it is written' },
  lutRamWrite: { ns: 0.461, source: `${prjxray}, RAM32M, DIB` },
  lutRamEnable: { ns: 0.53, source: 'assumed' },
  shiftOut: { ns: 1.472, source: `${prjxray}, SRL16E` },
  shiftIn: { ns: 0.173, source: `${prjxray}, SRL16E` },
  blockOut: { ns: 2.454, source: `${prjxray}, RAMB36E1 without its output register` },
  blockAddress: { ns: 0.566, source: `${prjxray}, RAMB36E1` },
  blockEnable: { ns: 0.532, source: `${prjxray}, RAMB36E1, WEA; of EN assumed` },
  blockData: { ns: 0.737, source: `${prjxray}, RAMB36E1` },
  dspThrough: { ns: 3.841, source: 'assumed: 0.2 less than to PCOUT' },
  dspThroughChain: { ns: 4.036, source: vivado('Prop_dsp48e1_A[16]_PCOUT[47]') },
  dspAdd: { ns: 1.518, source: 'assumed' },
  dspChain: { ns: 1.3, source: 'assumed' },
  dspOut: { ns: 0.434, source: 'assumed: of P, registered' },
  dspProductOut: { ns: 1.7, source: 'assumed: of M, registered, through the adder' },
  dspOperandOut: { ns: 3.8, source: 'assumed: of A or B, registered, through multiplier and adder' },
  dspIn: { ns: 0.324, source: `${prjxray}, DSP48E1, B with its register` },
  dspProductIn: { ns: 2.6, source: 'assumed: A or B, M registered' },
  dspSumIn: { ns: 3.9, source: 'assumed: A or B, P alone registered' },
  dspAddIn: { ns: 1.5, source: 'assumed: C, P registered' },
  dspChainIn: { ns: 1.315, source: `${prjxray}, DSP48E1, PCIN` },
} as const satisfies Record<string, Delay>;

const ns = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry.ns])) as Record<keyof typeof entries, number>;

const upTo = (from: number, to: number): boolean => from <= to;
const carry: CellDelays = {
  arcs: [
    { from: 'S', to: 'CO', ns: ns.carrySelect, bits: upTo },
    { from: 'DI', to: 'CO', ns: ns.carryData, bits: upTo },
    { from: 'CYINIT', to: 'CO', ns: ns.carryBegin },
    { from: 'CI', to: 'CO', ns: ns.carryNext },
    { from: 'S', to: 'O', ns: ns.carrySelectSum, bits: upTo },
    { from: 'DI', to: 'O', ns: ns.carrySelectSum, bits: (from, to) => from < to },
    { from: 'CYINIT', to: 'O', ns: ns.carryBegin },
    { from: 'CI', to: 'O', ns: ns.carrySum },
  ],
  beside: { S: /^LUT|^INV$/, DI: /^LUT/, CI: /^CARRY4$/ },
};

function lut({ connections, port_directions }: NetlistCell): CellDelays {
  const inputs = Object.keys(connections).filter((port) => port_directions[port] === 'input');
  return { arcs: inputs.map((from) => ({ from, to: 'O', ns: ns.lut })) };
}

/** Read addresses by output: DOA of ADDRA, DPO of DPRA*, SPO of A*. */
function lutRam({ connections, port_directions }: NetlistCell): CellDelays {
  const ports = Object.keys(connections);
  const outputs = ports.filter((port) => port_directions[port] === 'output');
  const addressOf = (output: string): RegExp =>
    output.startsWith('DO') ? new RegExp(`^ADDR${output.slice(2)}$`) : output === 'DPO' ? /^DPRA\d*$/ : /^A\d*$/;
  const written = ports.filter((port) => /^(DI[A-H]?|D|ADDRD|A\d*)$/.test(port));
  return {
    arcs: outputs.flatMap((to) => ports.filter((port) => addressOf(to).test(port)).map((from) => ({ from, to, ns: ns.lutRamRead }))),
    launches: Object.fromEntries(outputs.map((to) => [to, ns.lutRamClock])),
    setups: { ...Object.fromEntries(written.map((port) => [port, ns.lutRamWrite])), WE: ns.lutRamEnable },
  };
}

function blockRam({ connections, port_directions }: NetlistCell): CellDelays {
  const setups: Record<string, number> = {};
  const launches: Record<string, number> = {};
  for (const port of Object.keys(connections)) {
    if (port_directions[port] === 'output') launches[port] = ns.blockOut;
    else if (port.startsWith('ADDR')) setups[port] = ns.blockAddress;
    else if (/^(WE|EN)/.test(port)) setups[port] = ns.blockEnable;
    else if (port.startsWith('DI')) setups[port] = ns.blockData;
  }
  return { launches, setups };
}

function dsp(cell: NetlistCell): CellDelays {
  const has = (register: string): boolean => numberParameter(cell, register) > 0;
  const [p, m, c] = [has('PREG'), has('MREG'), has('CREG')];
  const setups: Record<string, number> = {};
  const arcs: Arc[] = [];
  let launch: number | undefined = p ? ns.dspOut : m ? ns.dspProductOut : undefined;
  for (const port of ['A', 'B'] as const) {
    if (has(`${port}REG`)) {
      setups[port] = ns.dspIn;
      if (!p && !m) launch = ns.dspOperandOut;
    } else if (m) setups[port] = ns.dspProductIn;
    else if (p) setups[port] = ns.dspSumIn;
    else arcs.push({ from: port, to: 'P', ns: ns.dspThrough }, { from: port, to: 'PCOUT', ns: ns.dspThroughChain });
  }
  if (c) setups['C'] = ns.dspIn;
  else if (p) setups['C'] = ns.dspAddIn;
  else arcs.push({ from: 'C', to: 'P', ns: ns.dspAdd }, { from: 'C', to: 'PCOUT', ns: ns.dspAdd });
  if (p) setups['PCIN'] = ns.dspChainIn;
  else arcs.push({ from: 'PCIN', to: 'P', ns: ns.dspChain }, { from: 'PCIN', to: 'PCOUT', ns: ns.dspChain });
  for (const port of ['CEA1', 'CEA2', 'CEB1', 'CEB2', 'CEC', 'CEM', 'CEP', 'RSTA', 'RSTB', 'RSTC', 'RSTM', 'RSTP'])
    setups[port] = ns.flipFlopReset;
  return { arcs, setups, ...(launch !== undefined && { launches: { P: launch, PCOUT: launch } }), beside: { PCIN: /^DSP48E1$/ } };
}

const flipFlop: CellDelays = {
  launches: { Q: ns.flipFlopOut },
  setups: { D: ns.flipFlopIn, CE: ns.flipFlopEnable, R: ns.flipFlopReset, S: ns.flipFlopReset },
  beside: { D: /^(LUT|INV$|CARRY4$|MUXF|RAM(32|64|128)|SRL)/ },
};
const shiftRegister: CellDelays = { launches: { Q: ns.shiftOut, Q31: ns.shiftOut }, setups: { D: ns.shiftIn, CE: ns.lutRamEnable } };

/** One of the wide multiplexers; it lies behind its look-up tables. */
function mux(through: number): CellDelays {
  return { arcs: ['I0', 'I1', 'S'].map((from) => ({ from, to: 'O', ns: through })), beside: { I0: /./, I1: /./ } };
}

export const xilinxDelays: DelayTable = {
  device: 'Artix-7, -1',
  entries,
  netNs: ns.net,
  cell(cell) {
    const { type } = cell;
    if (/^(LUT[1-6]|INV)$/.test(type)) return lut(cell);
    if (/^FD[RS]E(_1)?$/.test(type)) return flipFlop;
    if (type === 'CARRY4') return carry;
    if (type === 'MUXF7') return mux(ns.muxF7);
    if (type === 'MUXF8') return mux(ns.muxF8);
    if (/^RAM(32M|64M|32X1D|64X1D|128X1D)$/.test(type)) return lutRam(cell);
    if (/^SRL(16E|C32E)$/.test(type)) return shiftRegister;
    if (/^RAMB(18|36)E1$/.test(type)) return blockRam(cell);
    if (type === 'DSP48E1') return dsp(cell);
    return /^(BUFG|VCC|GND)$/.test(type) ? {} : undefined;
  },
};

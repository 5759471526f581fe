/** Delays of ECP5, speed grade 6. */
import type { CellDelays, Delay, DelayTable } from './delays.js';
import { numberParameter, type NetlistCell } from './netlist.js';

const trellis = 'prjtrellis-db, ECP5/timing/speed_6/cells.json';
const grade8 = 'yosys 0.23, techlibs/ecp5/cells_sim.v (speed grade 8), half as much again assumed for grade 6';

const entries = {
  net: { ns: 0.8, source: 'assumed' },
  lut: { ns: 0.236, source: 'assumed: as nextpnr-ecp5 prints for grade 6' },
  flipFlopOut: { ns: 0.525, source: 'assumed: as nextpnr-ecp5 prints for grade 6' },
  flipFlopIn: { ns: 0, source: 'yosys 0.23, techlibs/ecp5/cells_sim.v, TRELLIS_FF' },
  wideMux: { ns: 0.22, source: `${grade8}, L6MUX21` },
  carryIn: { ns: 0.774, source: `${grade8}, CCU2C, A0 to COUT` },
  carryNext: { ns: 0.065, source: `${grade8}, CCU2C, CIN to COUT` },
  carrySum: { ns: 0.41, source: `${grade8}, CCU2C, CIN to S1` },
  carryInSum: { ns: 0.945, source: `${grade8}, CCU2C, A0 to S1` },
  lutRamRead: { ns: 0.236, source: 'assumed: as a LUT' },
  lutRamIn: { ns: 0, source: 'assumed: as a flip-flop' },
  blockOut: { ns: 5.73, source: 'assumed: as nextpnr-ecp5 prints for grade 6, no output register' },
  blockOutRegistered: { ns: 0.9, source: 'assumed' },
  blockAddress: { ns: 0.251, source: `${trellis}, DP16KD, ADA0` },
  blockData: { ns: 0.218, source: `${trellis}, DP16KD, DIA0` },
  blockEnable: { ns: 0.226, source: `${trellis}, DP16KD, OCEA` },
  blockReset: { ns: 0.579, source: `${trellis}, DP16KD, RSTA` },
  product: { ns: 3.9, source: 'assumed: MULT18X18D without registers' },
  productOut: { ns: 0.5, source: 'assumed: MULT18X18D, output registered' },
  productIn: { ns: 0.3, source: 'assumed: MULT18X18D, input registered' },
} as const satisfies Record<string, Delay>;

const ns = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry.ns])) as Record<keyof typeof entries, number>;

const bits = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${name}${n}`);
const inputs = (half: number): string[] => ['A', 'B', 'C', 'D'].map((port) => `${port}${half}`);
const carry: CellDelays = {
  arcs: [
    ...[0, 1].flatMap((half) => inputs(half).map((from) => ({ from, to: 'COUT', ns: ns.carryIn }))),
    ...inputs(0).flatMap((from) => [
      { from, to: 'S0', ns: ns.lut },
      { from, to: 'S1', ns: ns.carryInSum },
    ]),
    ...inputs(1).map((from) => ({ from, to: 'S1', ns: ns.lut })),
    { from: 'CIN', to: 'COUT', ns: ns.carryNext },
    { from: 'CIN', to: 'S0', ns: ns.carrySum },
    { from: 'CIN', to: 'S1', ns: ns.carrySum },
  ],
  beside: { CIN: /^CCU2C$/ },
};
const lut: CellDelays = { arcs: ['A', 'B', 'C', 'D'].map((from) => ({ from, to: 'Z', ns: ns.lut })) };
const flipFlop: CellDelays = {
  launches: { Q: ns.flipFlopOut },
  setups: { DI: ns.flipFlopIn, M: ns.flipFlopIn, CE: ns.flipFlopIn, LSR: ns.flipFlopIn },
  beside: { DI: /^(LUT4|CCU2C|PFUMX|L6MUX21|TRELLIS_DPR16X4)$/ },
};
const lutRam: CellDelays = {
  arcs: [{ from: 'RAD', to: 'DO', ns: ns.lutRamRead }],
  launches: { DO: ns.flipFlopOut },
  setups: { DI: ns.lutRamIn, WAD: ns.lutRamIn, WRE: ns.lutRamIn },
};

function blockRam({ connections, port_directions, parameters }: NetlistCell): CellDelays {
  const setups: Record<string, number> = {};
  const launches: Record<string, number> = {};
  const registered = Object.entries(parameters ?? {}).some(([name, value]) => name.startsWith('REGMODE') && value.trim() === 'OUTREG');
  for (const port of Object.keys(connections)) {
    if (port_directions[port] === 'output') launches[port] = registered ? ns.blockOutRegistered : ns.blockOut;
    else if (/^AD/.test(port)) setups[port] = ns.blockAddress;
    else if (/^DI/.test(port)) setups[port] = ns.blockData;
    else if (/^RST/.test(port)) setups[port] = ns.blockReset;
    else if (/^(CE|OCE|WE|CS|BE)/.test(port)) setups[port] = ns.blockEnable;
  }
  return { launches, setups };
}

function multiplier(cell: NetlistCell): CellDelays {
  const registered = (name: string): boolean => {
    const text = cell.parameters?.[name]?.trim() ?? 'NONE';
    return text !== 'NONE' && numberParameter(cell, name) === 0;
  };
  const operands = [...bits('A', 18), ...bits('B', 18)];
  const results = bits('P', 36);
  const [a, b, p] = [registered('REG_INPUTA_CLK'), registered('REG_INPUTB_CLK'), registered('REG_OUTPUT_CLK')];
  const held = (port: string): boolean => (port.startsWith('A') ? a : b);
  const setups = Object.fromEntries(
    operands.flatMap((port) => (held(port) ? [[port, ns.productIn]] : p ? [[port, ns.productIn + ns.product]] : [])),
  ) as Record<string, number>;
  const through = p ? [] : operands.filter((port) => !held(port));
  const launch = p ? ns.productOut : a || b ? ns.productOut + ns.product : undefined;
  return {
    setups,
    arcs: through.flatMap((from) => results.map((to) => ({ from, to, ns: ns.product }))),
    ...(launch !== undefined && { launches: Object.fromEntries(results.map((port) => [port, launch])) }),
  };
}

function mux(...from: string[]): CellDelays {
  return { arcs: from.map((port) => ({ from: port, to: 'Z', ns: ns.wideMux })) };
}

export const ecp5Delays: DelayTable = {
  device: 'ECP5, grade 6',
  entries,
  netNs: ns.net,
  cell(cell) {
    switch (cell.type) {
      case 'LUT4':
        return lut;
      case 'CCU2C':
        return carry;
      case 'TRELLIS_FF':
        return flipFlop;
      case 'TRELLIS_DPR16X4':
        return lutRam;
      case 'DP16KD':
      case 'PDPW16KD':
        return blockRam(cell);
      case 'MULT18X18D':
        return multiplier(cell);
      case 'PFUMX':
        return mux('ALUT', 'BLUT', 'C0');
      case 'L6MUX21':
        return mux('D0', 'D1', 'SD');
      default:
        return undefined;
    }
  },
};

/**
 * Longest paths of a flat netlist before placement: from register to register through look-up tables, carries, multipliers and memories.
 * Ports are timed like the flip-flops behind them, without a delay of their own.
 */
import { unreadable } from '../tools/output.js';
import type { TimingPath } from './cell-counts.js';
import type { Arc, CellDelays, DelayTable } from './delays.js';
import type { NetBit, NetlistCell, NetlistModule } from './netlist.js';

interface Driver {
  readonly cell: NetlistCell;
  readonly delays: CellDelays;
  readonly port: string;
  readonly bit: number;
}

interface Arrival {
  readonly ns: number;
  /** The net that the path to here begins at. */
  readonly from: number;
}

/** A name of every net, that of a register's output before others; without the characters that only yosys needs. */
function namesOf({ netnames }: NetlistModule): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, { bits }] of Object.entries(netnames)) {
    if (name.includes('$')) continue;
    bits.forEach((bit, n) => {
      if (typeof bit !== 'number') return;
      const full = `${name.replaceAll('\\', '')}${bits.length > 1 ? `[${n}]` : ''}`;
      const before = names.get(bit);
      // Where one net has several names, the deepest is that of the unit that drives or uses it.
      if (before === undefined || full.split('.').length > before.split('.').length) names.set(bit, full);
    });
  }
  return names;
}

interface Design {
  readonly table: DelayTable;
  readonly known: ReadonlyMap<NetlistCell, CellDelays>;
  readonly drivers: ReadonlyMap<number, Driver>;
}

function readDesign(module: NetlistModule, table: DelayTable): Design {
  const drivers = new Map<number, Driver>();
  const known = new Map<NetlistCell, CellDelays>();
  for (const cell of Object.values(module.cells)) {
    const delays = table.cell(cell);
    if (delays === undefined) throw unreadable('yosys', `its netlist has a cell ${cell.type}, of which no delay is known`);
    known.set(cell, delays);
    for (const [port, bits] of Object.entries(cell.connections)) {
      if (cell.port_directions[port] !== 'output') continue;
      bits.forEach((bit, n) => typeof bit === 'number' && drivers.set(bit, { cell, delays, port, bit: n }));
    }
  }
  return { table, known, drivers };
}

/** Delay from what drives a net to the port of a cell; a port of the chip has none, for what is outside is not known. */
function netDelay({ table, drivers }: Design, delays: CellDelays, port: string, net: number): number {
  const type = drivers.get(net)?.cell.type;
  return type === undefined || delays.beside?.[port]?.test(type) === true ? 0 : table.netNs;
}

function arcsInto({ delays, port, bit, cell }: Driver): { readonly arc: Arc; readonly net: number }[] {
  return (delays.arcs ?? [])
    .filter(({ to }) => to === port)
    .flatMap((arc) =>
      (cell.connections[arc.from] ?? []).flatMap((net, n) =>
        typeof net === 'number' && (arc.bits?.(n, bit) ?? true) ? [{ arc, net }] : [],
      ),
    );
}

/** Times at which nets are stable. Depth first with a stack of its own: a chain of carries is longer than the stack of the language. */
function arrivalsIn(design: Design): (end: number) => Arrival {
  const arrivals = new Map<number, Arrival>();
  return (end) => {
    const open = new Set<number>();
    const stack = [end];
    for (let net = stack.at(-1); net !== undefined; net = stack.at(-1)) {
      const driver = design.drivers.get(net);
      const into = arrivals.has(net) || driver === undefined ? [] : arcsInto(driver);
      const missing = into.filter((one) => !arrivals.has(one.net)).map((one) => one.net);
      if (missing.length > 0) {
        open.add(net);
        const loop = missing.find((one) => open.has(one));
        if (loop !== undefined) throw unreadable('yosys', `its netlist has a loop without a register through net ${loop}`);
        stack.push(...missing);
        continue;
      }
      stack.pop();
      open.delete(net);
      if (arrivals.has(net)) continue;
      let best: Arrival = { ns: driver?.delays.launches?.[driver.port] ?? 0, from: net };
      for (const { arc, net: input } of into) {
        const before = arrivals.get(input)!;
        const ns = before.ns + netDelay(design, driver!.delays, arc.from, input) + arc.ns;
        if (ns > best.ns) best = { ns, from: before.from };
      }
      arrivals.set(net, best);
    }
    return arrivals.get(end)!;
  };
}

/** The first two levels of a name's place. */
function unitOf(name: string): string {
  return name.split('.').slice(0, -1).slice(0, 2).join('.');
}

/**
 * The longest path between every two units, the longest of all first.
 *
 * Errors   ToolError for a cell that the table does not know, and for a loop without a register
 */
export function longestPaths(module: NetlistModule, table: DelayTable): TimingPath[] {
  const design = readDesign(module, table);
  const arrivalAt = arrivalsIn(design);
  const names = namesOf(module);
  const longest = new Map<string, TimingPath>();
  const end = (net: NetBit, setup: number, to: string): void => {
    if (typeof net !== 'number') return;
    const arrival = arrivalAt(net);
    const ns = Math.round((arrival.ns + setup) * 1000) / 1000;
    const from = names.get(arrival.from) ?? '?';
    const key = `${unitOf(from)} ${unitOf(to)}`;
    if (ns > (longest.get(key)?.ns ?? 0)) longest.set(key, { from, to, ns });
  };
  for (const [cell, delays] of design.known) {
    const outputs = Object.entries(cell.connections).flatMap(([port, bits]) => (cell.port_directions[port] === 'output' ? bits : []));
    const to = outputs.flatMap((bit) => (typeof bit === 'number' ? (names.get(bit) ?? []) : []))[0] ?? cell.type;
    for (const [port, setup] of Object.entries(delays.setups ?? {}))
      for (const net of cell.connections[port] ?? [])
        if (typeof net === 'number') end(net, setup + netDelay(design, delays, port, net), to);
  }
  for (const [name, { direction, bits }] of Object.entries(module.ports))
    if (direction === 'output') for (const net of bits) end(net, 0, name);
  return [...longest.values()].sort((a, b) => b.ns - a.ns);
}

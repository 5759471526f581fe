/**
 * Buffers on nets of large fan-out, as place-and-route flows add them before they time a netlist (`repair_design` of OpenROAD).
 *
 *   one flip-flop, 40 sinks:  Q -> 3 buffers -> 14, 13, 13 sinks      1,664 sinks:  Q -> 7 buffers -> 104 buffers -> 16 sinks each
 *
 * Why      abc bounds the fan-out of gates, but it sees neither the pins of memories nor those of flip-flops and modules
 * Reads    Verilog as `write_verilog -noattr -nodec` of yosys writes it, after `splitnets -ports`: a pin a line, nets of one bit
 * Exact    only pins that name a net of one bit move; concatenations, constants, assigns and the port itself count as sinks and stay
 */
import type { Buffer, CellPins } from './liberty.js';

/** Sinks of a driver or a buffer; what abc of yosys keeps to for gates. */
export const maxFanout = 16;
/** All modules of the design name their clock so. */
const clockPort = 'clk_i';

const moduleLine = /^module \\?([^\s(]+)/;
const netLine = /^ {2}(wire|input|output) (\\\S+ |\w+);$/;
const inputLine = /^ {2}input (?:\[.*\] )?\\?(\S+?) ?;$/;
const instanceLine = /^ {2}\\?(\S+) +\S+ +\($/;
const pinLine = /^( {4}\.\\?(\S+?) ?\()(.*)(\),?)$/;
const wholeNet = /^(?:\\\S+ |\w+)$/;
const assignLine = /^ {2}assign .* = (.*);$/;

/** The names of nets in an expression, written as where they are declared. */
function netsIn(expression: string): string[] {
  if (wholeNet.test(expression)) return [expression];
  return expression.replace(/\d+'s?[bodh][\w?]+/g, '').match(/\\\S+ |[A-Za-z_]\w*/g) ?? [];
}

/** Inputs of the modules in a netlist. */
function pinsOfModules(lines: readonly string[]): Map<string, CellPins> {
  const modules = new Map<string, { inputs: Set<string>; clocks: ReadonlySet<string> }>();
  let inputs = new Set<string>();
  for (const line of lines) {
    const module = moduleLine.exec(line)?.[1];
    if (module !== undefined) modules.set(module, { inputs: (inputs = new Set()), clocks: new Set([clockPort]) });
    const input = inputLine.exec(line)?.[1];
    if (input !== undefined) inputs.add(input);
  }
  return modules;
}

interface Net {
  /** Lines of the sinks that can move to a buffer. */
  readonly pins: number[];
  /** Sinks that stay. */
  fixed: number;
  clock: boolean;
}

/** Connects a sink to the net of this name. */
type Connect = (net: string) => void;

/** Sinks in even groups in the order of the netlist, where neighbours stand near each other; each behind a buffer that `add` makes. */
function grouped(sinks: readonly Connect[], add: (sinks: readonly Connect[]) => Connect): Connect[] {
  const count = Math.ceil(sinks.length / maxFanout);
  return Array.from({ length: count }, (_, i) =>
    add(sinks.slice(Math.ceil((i * sinks.length) / count), Math.ceil(((i + 1) * sinks.length) / count))),
  );
}

/** Puts buffers behind the nets of a module that have too many sinks: their declarations, and themselves. */
function buffersOf(
  nets: ReadonlyMap<string, Net>,
  lines: string[],
  prefix: string,
  buffer: Buffer,
): { wires: string[]; instances: string[] } {
  const wires: string[] = [];
  const instances: string[] = [];
  const add = (sinks: readonly Connect[]): Connect => {
    const name = `${prefix}${wires.length}`;
    wires.push(`  wire ${name}_net;`);
    for (const connect of sinks) connect(`${name}_net`);
    return (net) =>
      void instances.push(`  ${buffer.cell} ${name} (`, `    .${buffer.input}(${net}),`, `    .${buffer.output}(${name}_net)`, '  );');
  };
  for (const [name, { pins, fixed, clock }] of nets) {
    if (clock || pins.length + fixed <= maxFanout) continue;
    let sinks = pins.map(
      (line): Connect =>
        (net) =>
          void (lines[line] = lines[line]!.replace(pinLine, (_, head: string, _pin, _net, tail: string) => `${head}${net}${tail}`)),
    );
    while (sinks.length > Math.max(1, maxFanout - fixed)) sinks = grouped(sinks, add);
    for (const connect of sinks) connect(name);
  }
  return { wires, instances };
}

export interface Buffered {
  readonly netlist: string;
  /** Buffers that one instance of a module got, by module. */
  readonly added: ReadonlyMap<string, number>;
}

/** Leaves no driver and no buffer of any module more than `maxFanout` sinks, unless those that stay are more; clocks stay as they are. */
export function bufferNets(netlist: string, buffer: Buffer, library: ReadonlyMap<string, CellPins>): Buffered {
  const lines = netlist.split('\n');
  const cells = new Map([...library, ...pinsOfModules(lines)]);
  let prefix = 'trexgen_buffer_';
  while (netlist.includes(prefix)) prefix += '_';
  const added = new Map<string, number>();
  let module = '';
  let firstNet = 0;
  let nets = new Map<string, Net>();
  let cell: CellPins | undefined;

  const use = (expression: string, line?: number, clock = false): void => {
    for (const name of netsIn(expression)) {
      const net = nets.get(name);
      if (net === undefined) continue;
      net.clock ||= clock;
      if (line !== undefined && name === expression) net.pins.push(line);
      else net.fixed++;
    }
  };

  for (const [at, line] of lines.entries()) {
    if (line.startsWith('    .')) {
      const [, , pin = '', net = ''] = (cell && pinLine.exec(line)) ?? [];
      if (cell?.inputs.has(pin)) use(net, at, cell.clocks.has(pin));
    } else if (line.startsWith('module ')) {
      [module, firstNet, nets] = [moduleLine.exec(line)?.[1] ?? '', 0, new Map()];
    } else if (line === 'endmodule') {
      const { wires, instances } = buffersOf(nets, lines, prefix, buffer);
      if (wires.length === 0) continue;
      added.set(module, wires.length);
      // A net stands before its first use, else it is declared twice.
      lines[firstNet] = [...wires, lines[firstNet]].join('\n');
      lines[at] = [...instances, line].join('\n');
    } else if (line.endsWith('(')) {
      cell = cells.get(instanceLine.exec(line)?.[1] ?? '');
    } else if (line === '  );') {
      cell = undefined;
    } else {
      const [, kind, name] = netLine.exec(line) ?? [];
      if (name !== undefined) {
        firstNet ||= at;
        // A port is declared as a wire, too. An output is a sink.
        const net = nets.get(name) ?? { pins: [], fixed: 0, clock: false };
        if (kind === 'output') net.fixed++;
        nets.set(name, net);
      }
      const value = assignLine.exec(line)?.[1];
      if (value !== undefined) use(value);
    }
  }
  return { netlist: lines.join('\n'), added };
}

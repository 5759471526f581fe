/** The instances of the generated Verilog and the wires between them, drawn by Graphviz. */
import type { Params } from '../params/fields.js';
import { memories, memoryBits, multipliers } from '../params/sizes.js';
import { designUnits } from '../rtl/design.js';
import { renderUnit } from '../rtl/render.js';
import { diagramPeers, requirePeers } from '../util/peers.js';

export interface Instance {
  /** Name of the unit without the prefix. */
  readonly unit: string;
  readonly name: string;
  /** Net names by port; a part of a bus counts as the bus. */
  readonly nets: Readonly<Record<string, readonly string[]>>;
}

export interface Module {
  readonly unit: string;
  readonly ports: Readonly<Record<string, 'input' | 'output'>>;
  readonly instances: readonly Instance[];
  /** Nets that a net is made of by assignments outside of instances. */
  readonly sources: ReadonlyMap<string, ReadonlySet<string>>;
}

const withoutComments = (text: string): string => text.replace(/\/\/.*$/gm, '');

function portsOf(text: string): Record<string, 'input' | 'output'> {
  return Object.fromEntries(
    [...text.matchAll(/^\s*(input|output)\s+(?:wire|reg)?\s*(?:signed\s*)?(?:\[[^\]]*\]\s*)?(\w+)/gm)].map(([, way, name]) => [
      name!,
      way as 'input' | 'output',
    ]),
  );
}

/** The text between a parenthesis at `at` and its partner. */
function inside(text: string, at: number): string {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return text.slice(at + 1, i);
  }
  return text.slice(at + 1);
}

const namesIn = (expression: string): string[] => [
  ...new Set([...expression.replace(/\[[^\]]*\]/g, '').matchAll(/\b[a-z]\w*\b/g)].map(([name]) => name)),
];

/** `assign x = y;`, `wire x = y;`, `x <= y;` */
function sourcesOf(text: string): Map<string, Set<string>> {
  const sources = new Map<string, Set<string>>();
  for (const [, name = '', expression = ''] of text.matchAll(/(?:^|[;\s)])([a-z]\w*)\s*(?:\[[^;=]*?\]\s*)?<?=(?!=)\s*([^;]+);/gm)) {
    const before = sources.get(name) ?? new Set();
    for (const one of namesIn(expression)) if (one !== name) before.add(one);
    sources.set(name, before);
  }
  return sources;
}

function netsOf(text: string): Record<string, string[]> {
  return Object.fromEntries(
    [...text.matchAll(/\.(\w+)\s*\(/g)].map((match) => {
      const expression = inside(text, match.index + match[0].length - 1);
      return [match[1]!, namesIn(expression)];
    }),
  );
}

function instancesOf(text: string, prefix: string, units: ReadonlySet<string>): Instance[] {
  const found: Instance[] = [];
  for (const match of text.matchAll(/^\s*(\w+)\s*(#\s*\(|u_\w+\s*\()/gm)) {
    const unit = match[1]!.startsWith(`${prefix}_`) ? match[1]!.slice(prefix.length + 1) : '';
    if (!units.has(unit)) continue;
    let at = match.index + match[0].length - 1;
    if (match[2]!.startsWith('#')) at += inside(text, at).length + 2;
    const rest = /u_(\w+)\s*\(/.exec(match[2]!.startsWith('#') ? text.slice(at) : match[0]);
    if (rest === null) continue;
    const open = match[2]!.startsWith('#') ? at + rest.index + rest[0].length - 1 : at;
    found.push({ unit, name: rest[1]!, nets: netsOf(inside(text, open)) });
  }
  return found;
}

/** Every module of the design with what it instantiates, read from its Verilog. */
export function hierarchy(params: Params): ReadonlyMap<string, Module> {
  const units = designUnits(params);
  const names = new Set(units.map(({ name }) => name));
  return new Map(
    units.map((unit) => {
      const text = withoutComments(renderUnit(params.prefix, unit).text);
      return [
        unit.name,
        { unit: unit.name, ports: portsOf(text), instances: instancesOf(text, params.prefix, names), sources: sourcesOf(text) },
      ];
    }),
  );
}

/** Nets that reach everything say nothing. */
const everywhere = new Set(['clk_i', 'rst_i', 'aresetn', 'unit_rst', 'clk', 'rst']);

interface Wire {
  readonly from: string;
  readonly to: string;
  readonly nets: number;
  readonly both: boolean;
}

/** What says when, not what: their nets are followed no further than their own name. */
const controllers: readonly string[] = ['sequencer', 'window_control', 'registers', 'recovery'];
/** What only counts. */
const counting: readonly string[] = ['counters', 'meter'];

/** Instances that drive a net, through assignments and registers between the instances where these carry data. */
function driversOf(
  net: string,
  drivers: ReadonlyMap<string, readonly string[]>,
  { sources }: Pick<Module, 'sources'>,
  seen: Set<string>,
): string[] {
  if (seen.has(net)) return [];
  seen.add(net);
  const direct = drivers.get(net) ?? [];
  if (direct.length > 0) return [...direct];
  return [...(sources.get(net) ?? [])]
    .flatMap((one) => driversOf(one, drivers, { sources }, seen))
    .filter((name) => !controllers.includes(name));
}

/** Wires between the instances of a module, both ways of a pair as one. */
function wiresOf(module: Module, modules: ReadonlyMap<string, Module>): Wire[] {
  const drivers = new Map<string, string[]>();
  const readers: (readonly [net: string, name: string])[] = [];
  for (const { unit, name, nets } of module.instances) {
    const { ports } = modules.get(unit)!;
    for (const [port, names] of Object.entries(nets)) {
      // A handshake's way back is no way of data.
      if (/ready(_[io])?$/.test(port)) continue;
      for (const net of names) {
        if (everywhere.has(net)) continue;
        if (ports[port] === 'output') drivers.set(net, [...(drivers.get(net) ?? []), name]);
        else readers.push([net, name]);
      }
    }
  }
  const counts = new Map<string, number>();
  for (const [net, to] of readers) {
    for (const from of new Set(driversOf(net, drivers, module, new Set())))
      if (from !== to) counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1);
  }
  return [...counts].flatMap(([pair, nets]): Wire[] => {
    const [from = '', to = ''] = pair.split(' ');
    const back = counts.get(`${to} ${from}`) ?? 0;
    return back > nets || (back === nets && to < from) ? [] : [{ from, to, nets: nets + back, both: back > 0 }];
  });
}

function sizeOf(params: Params): Map<string, string> {
  const bits = new Map(memories(params).map((memory) => [memory.name, memoryBits(memory)]));
  const kbit = (...names: readonly string[]): string =>
    `${(names.reduce((sum, name) => sum + (bits.get(name) ?? 0), 0) / 1024).toFixed(0)} kbit`;
  const count = (name: string): number => multipliers(params).find((one) => one.name === name)?.count ?? 0;
  const { columns, slices, lanesPerSlice, passes } = params.array;
  return new Map([
    ['array', `${slices * lanesPerSlice} lanes x ${columns} columns\n${count('array')} multipliers, ${passes} passes`],
    ['activations', kbit('x', 'h', 'q', 'r')],
    ['key_value', kbit('k', 'v')],
    ['rank_banks', kbit('p')],
    ['code_store', kbit('codes', 'books')],
    ['scores', kbit('scores')],
    ['stream_reader', `${params.port.prefetchBeats} beats ahead`],
    ['norm', `${count('norm')} multipliers`],
    ['axi_read', `${8 * params.port.busBytes} bits`],
    ['axi_write', `${8 * params.port.busBytes} bits`],
    ['batcher', `${params.batcher.lookahead} requests`],
    ['results', `${count('epilogue')} multipliers`],
  ]);
}

/** The top and its core as a Graphviz source: boxes are instances, arrows the nets between them, thicker for more. */
export function blocksDot(params: Params): string {
  const modules = hierarchy(params);
  const top = modules.get('top')!;
  const core = modules.get('core')!;
  const sizes = sizeOf(params);
  const label = ({ unit, name }: Instance): string =>
    [name, ...(unit === name ? [] : [`(${unit})`]), ...(sizes.has(name) ? [sizes.get(name)!] : [])].join('\n').replaceAll('\n', '\\n');
  const node = (scope: string, instance: Instance): string => `"${scope}/${instance.name}" [label="${label(instance)}"];`;
  const style = ({ from, to, nets, both }: Wire): string => {
    const faint = counting.includes(from) || counting.includes(to);
    return `penwidth=${(0.6 + Math.log2(1 + nets) / 2).toFixed(2)}, tooltip="${nets} nets"${both ? ', dir=both' : ''}${faint ? ', color="#d5dae1", constraint=false' : ''}`;
  };
  const edge = (scope: string, wire: Wire): string => `"${scope}/${wire.from}" -> "${scope}/${wire.to}" [${style(wire)}];`;
  const outer = wiresOf(top, modules);
  const ofCore = ({ from, to }: Wire): boolean => from === 'core' || to === 'core';
  // Wires to the core end at its frame.
  const anchor = core.instances[0]!.name;
  const frame = outer
    .filter(ofCore)
    .map((wire) =>
      wire.from === 'core'
        ? `"core/${anchor}" -> "top/${wire.to}" [ltail=cluster_core, ${style(wire)}];`
        : `"top/${wire.from}" -> "core/${anchor}" [lhead=cluster_core, ${style(wire)}];`,
    );
  return `digraph trex {
  compound=true; rankdir=LR; nodesep=0.25; ranksep=0.5; fontname="sans-serif"; fontsize=12;
  node [shape=box, style="rounded,filled", fillcolor="#f6f7f9", color="#8a94a3", fontname="sans-serif", fontsize=11, margin="0.12,0.06"];
  edge [color="#5b6675", arrowsize=0.6];
  ${top.instances
    .filter(({ name }) => name !== 'core')
    .map((one) => node('top', one))
    .join('\n  ')}
  subgraph cluster_core {
    label="core"; color="#c3cad4"; style="rounded";
    ${core.instances.map((one) => node('core', one)).join('\n    ')}
  }
  ${outer
    .filter((wire) => !ofCore(wire))
    .map((wire) => edge('top', wire))
    .join('\n  ')}
  ${frame.join('\n  ')}
  ${wiresOf(core, modules)
    .map((wire) => edge('core', wire))
    .join('\n  ')}
}
`;
}

/** SVG of the blocks without the prologue of a file of its own. */
export async function blocksSvg(params: Params): Promise<string> {
  requirePeers(diagramPeers, 'a block diagram');
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const svg = (await Graphviz.load()).layout(blocksDot(params), 'svg', 'dot');
  return svg.slice(svg.indexOf('<svg'));
}

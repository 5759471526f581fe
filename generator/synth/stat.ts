/** What the command `stat` of yosys prints, as modules with their cells. */
import { unreadable } from '../tools/output.js';

export interface ModuleCells {
  readonly name: string;
  /** Cells by type; types that are modules themselves are instances. */
  readonly cells: Readonly<Record<string, number>>;
  /** Area of the module without its instances, where a Liberty file gives areas. */
  readonly area?: number;
}

/**
 * Modules in the order of the text; the summary of the hierarchy is left out.
 *
 * Errors   ToolError when a module has no number of cells, as in releases that print a table: no cells would be no area
 */
export function parseStat(text: string): ModuleCells[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .flatMap((section) => {
      const name = /^(.*) ===$/m.exec(section)?.[1] ?? '';
      if (name === 'design hierarchy') return [];
      const start = section.search(/Number of cells:/);
      if (start < 0) throw unreadable('yosys', `no number of cells of ${name} in its statistics`);
      const list = section.slice(start).split('\n').slice(1);
      const cells: Record<string, number> = {};
      for (const line of list) {
        const cell = /^ {5}(\S+) +(\d+)$/.exec(line);
        if (cell === null) break;
        cells[cell[1]!] = Number(cell[2]);
      }
      const area = /Chip area for module .*: (\d[\d.]*)/.exec(section)?.[1];
      return [{ name, cells, ...(area !== undefined && { area: Number(area) }) }];
    });
}

/** `$paramod$1f..\trex_fifo` and `$paramod\trex_fifo\DEPTH=..` -> `trex_fifo`. */
export function plainName(module: string): string {
  return module.startsWith('$paramod') ? (module.split('\\')[1] ?? module) : module;
}

export interface UnitCells {
  readonly unit: string;
  readonly instances: number;
  /** Cells of all instances, without what they instantiate. */
  readonly cells: Readonly<Record<string, number>>;
  readonly area: number;
  /** The same with everything below them. */
  readonly within: { readonly cells: Readonly<Record<string, number>>; readonly area: number };
}

/**
 * How often each module stands below `top`, itself included.
 *
 * Errors   ToolError when the top is not among the modules
 */
export function instancesOf(modules: readonly ModuleCells[], top: string): Map<ModuleCells, number> {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const first = byName.get(top) ?? modules.find(({ name }) => plainName(name) === top);
  if (first === undefined) throw unreadable('yosys', `no module ${top} in its statistics`);
  const times = new Map<ModuleCells, number>();
  const visit = (module: ModuleCells, count: number): void => {
    times.set(module, (times.get(module) ?? 0) + count);
    for (const [type, each] of Object.entries(module.cells)) {
      const child = byName.get(type);
      if (child !== undefined) visit(child, count * each);
    }
  };
  visit(first, 1);
  return times;
}

interface Leaves {
  readonly cells: Record<string, number>;
  area: number;
}

function addTo(sum: Leaves, { cells, area }: Leaves, times: number): void {
  sum.area += times * area;
  for (const [type, count] of Object.entries(cells)) sum.cells[type] = (sum.cells[type] ?? 0) + times * count;
}

/** Leaf cells by unit, over all instances below `top`; variants of one unit are added up. A unit does not hold itself. */
export function cellsByUnit(modules: readonly ModuleCells[], top: string): UnitCells[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const own = ({ cells, area = 0 }: ModuleCells): Leaves => ({
    cells: Object.fromEntries(Object.entries(cells).filter(([type]) => !byName.has(type))),
    area,
  });
  const known = new Map<ModuleCells, Leaves>();
  const all = (module: ModuleCells): Leaves => {
    const before = known.get(module);
    if (before !== undefined) return before;
    const sum: Leaves = { cells: {}, area: 0 };
    addTo(sum, own(module), 1);
    for (const [type, count] of Object.entries(module.cells)) {
      const child = byName.get(type);
      if (child !== undefined) addTo(sum, all(child), count);
    }
    known.set(module, sum);
    return sum;
  };
  const units = new Map<string, { instances: number; own: Leaves; within: Leaves }>();
  for (const [module, times] of instancesOf(modules, top)) {
    const unit = plainName(module.name);
    const sums = units.get(unit) ?? { instances: 0, own: { cells: {}, area: 0 }, within: { cells: {}, area: 0 } };
    units.set(unit, sums);
    sums.instances += times;
    addTo(sums.own, own(module), times);
    addTo(sums.within, all(module), times);
  }
  return [...units].map(([unit, sums]) => ({ unit, instances: sums.instances, ...sums.own, within: sums.within }));
}

/** Flip-flops with an enable, by the names that yosys has for them before a library's: `$_DFFE_PP_`, `$_SDFFCE_PP0P_`. */
export function flipFlopsWithEnable(units: readonly UnitCells[]): { readonly count: number; readonly of: number } {
  const sum = (pattern: RegExp): number =>
    units.reduce(
      (all, { cells }) => all + Object.entries(cells).reduce((own, [type, count]) => own + (pattern.test(type) ? count : 0), 0),
      0,
    );
  return { count: sum(/^\$_S?DFFC?E_/), of: sum(/^\$_(S|AL|A)?DFF/) };
}

/** What was added to one instance of each module, by unit over all instances. */
export function buffersByUnit(added: ReadonlyMap<string, number>, instances: ReadonlyMap<ModuleCells, number>): Map<string, number> {
  const units = new Map<string, number>();
  for (const [{ name }, times] of instances) units.set(plainName(name), (units.get(plainName(name)) ?? 0) + times * (added.get(name) ?? 0));
  return units;
}

/** A black box that `dump` of yosys shows: its parameters WORDS, WIDTH and WR_BITS, and how often it stands in the design. */
export interface DumpedMemory {
  readonly words: number;
  readonly bits: number;
  readonly count: number;
  /** A table: nothing writes it. */
  readonly readOnly?: true;
}

/** Memories of equal size are one entry, the largest first. */
export function parseMemories(dump: string, instances: ReadonlyMap<ModuleCells, number>): DumpedMemory[] {
  const times = new Map([...instances].map(([{ name }, count]) => [name, count]));
  const memories = new Map<string, DumpedMemory>();
  for (const section of dump.split(/^module /m).slice(1)) {
    const name = section.slice(0, section.indexOf('\n')).replace(/^\\/, '').trim();
    for (const [, width, words, written] of section.matchAll(
      /parameter \\WIDTH (\d+)\s+parameter \\WORDS (\d+)\s+parameter \\WR_BITS (\d+)/g,
    )) {
      const readOnly = written === '0';
      const key = `${words} ${width} ${readOnly}`;
      const count = (memories.get(key)?.count ?? 0) + (times.get(name) ?? 0);
      memories.set(key, { words: Number(words), bits: Number(width), count, ...(readOnly && { readOnly }) });
    }
  }
  return [...memories.values()].sort((a, b) => b.words * b.bits - a.words * a.bits);
}

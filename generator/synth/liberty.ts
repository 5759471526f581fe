/** The little that synthesis must know of a Liberty file beyond what yosys reads: the size of a gate, which cells drive and buffer, and which pins are inputs. */
import { readFileSync } from 'node:fs';
import { UserError } from '../errors.js';
import { truthTable } from './liberty-function.js';

export interface FlipFlop {
  readonly cell: string;
  readonly clock: string;
  readonly data: string;
  readonly output: string;
}

export interface Buffer {
  readonly cell: string;
  readonly input: string;
  readonly output: string;
}

export interface CellPins {
  readonly inputs: ReadonlySet<string>;
  /** Inputs that clock a flip-flop or open a latch. */
  readonly clocks: ReadonlySet<string>;
}

export interface Liberty {
  readonly file: string;
  readonly library: string;
  /** Of the smallest NAND with two inputs. */
  readonly gateArea: number;
  readonly flipFlop: FlipFlop;
  /** An inverter of middle size, which drives every input while abc sizes; undefined where there is none. */
  readonly driver: string | undefined;
  /** A buffer of middle drive, for nets of large fan-out; undefined where there is none. */
  readonly buffer: Buffer | undefined;
  /** Names of cells that hold state. */
  readonly sequential: ReadonlySet<string>;
  /** By cell. */
  readonly pins: ReadonlyMap<string, CellPins>;
}

interface Group {
  readonly name: string;
  readonly text: string;
}

/** The groups `kind (name) { .. }` of a text at its outermost level, braces counted. */
function groups(text: string, kind: string): Group[] {
  const found: Group[] = [];
  const head = new RegExp(`\\b${kind}\\s*\\(\\s*"?([^")]*?)"?\\s*\\)\\s*\\{`, 'g');
  for (let match = head.exec(text); match !== null; match = head.exec(text)) {
    let depth = 1;
    let end = head.lastIndex;
    for (; end < text.length && depth > 0; end++) depth += text[end] === '{' ? 1 : text[end] === '}' ? -1 : 0;
    if (depth > 0) throw new Error(`${kind} (${match[1]}) does not end`);
    found.push({ name: match[1]!, text: text.slice(head.lastIndex, end - 1) });
    head.lastIndex = end;
  }
  return found;
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}\\s*:\\s*"?([^";]*?)"?\\s*;`).exec(text)?.[1];
}

const nand2 = [true, true, true, false];
const inverter = [true, false];
const buffer = [false, true];

function areaOf({ text }: Group): number {
  return Number(attribute(text, 'area'));
}

function areas(cells: readonly Group[]): number[] {
  return cells.map(areaOf).filter((area) => area > 0);
}

function inputsOf(cell: string): string[] {
  return groups(cell, 'pin').filter((pin) => attribute(pin.text, 'direction') === 'input').map(({ name }) => name);
}

function pinsOf({ text }: Group): CellPins {
  const inputs = inputsOf(text);
  const clocking = [...groups(text, 'ff'), ...groups(text, 'latch')].flatMap((state) => [attribute(state.text, 'clocked_on') ?? '', attribute(state.text, 'enable') ?? '']);
  const named = new Set(clocking.flatMap((expression) => expression.match(/\w+/g) ?? []));
  return { inputs: new Set(inputs), clocks: new Set(inputs.filter((name) => named.has(name))) };
}

/**
 * The middle one of the buffers worth their area: clock buffers and delay cells are larger than others and drive no more, so each
 * must drive a tenth more than any that is smaller. Drive is max_capacitance, or else area.
 */
function middleBuffer(cells: readonly Group[]): Buffer | undefined {
  const found = cells.filter((cell) => hasFunction(cell, buffer) && attribute(cell.text, 'dont_use') !== 'true').map((cell) => {
    const output = groups(cell.text, 'pin').find((pin) => attribute(pin.text, 'function') !== undefined)!;
    return { cell: cell.name, input: inputsOf(cell.text)[0]!, output: output.name, area: areaOf(cell), drive: Number(attribute(output.text, 'max_capacitance') ?? areaOf(cell)) };
  }).sort((a, b) => a.area - b.area);
  const useful = found.filter(({ drive }, i) => found.slice(0, i).every((smaller) => drive > 1.1 * smaller.drive));
  const middle = useful[useful.length >> 1];
  return middle && { cell: middle.cell, input: middle.input, output: middle.output };
}

/** Whether a cell without state has one output, and it has this truth table. */
function hasFunction({ text }: Group, table: readonly boolean[]): boolean {
  const inputs = inputsOf(text);
  const [output, ...others] = groups(text, 'pin').flatMap((pin) => attribute(pin.text, 'function') ?? []);
  if (output === undefined || others.length > 0 || 2 ** inputs.length !== table.length || groups(text, 'ff').length + groups(text, 'latch').length > 0) return false;
  return truthTable(output, inputs)?.every((value, i) => value === table[i]) ?? false;
}

/** Source   Liberty User Guide: library, cell, ff, pin; functions of plain pins only */
export function parseLiberty(file: string, source: string): Liberty {
  const problem = (what: string): UserError => new UserError([`liberty = ${file}: ${what}`]);
  let library: Group | undefined;
  let cells: Group[];
  try {
    const text = source.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/\\\n/g, ' ');
    [library] = groups(text, 'library');
    if (library === undefined) throw new Error('no library (..) { .. } in it');
    cells = groups(library.text, 'cell');
  } catch (error) {
    throw problem(`is not a Liberty file: ${(error as Error).message}`);
  }
  const gateAreas = areas(cells.filter((cell) => hasFunction(cell, nand2)));
  if (gateAreas.length === 0) throw problem('has no NAND of two inputs with an area, in which gate equivalents are counted');
  const sequential = cells.filter(({ text }) => groups(text, 'ff').length + groups(text, 'latch').length > 0);
  const flipFlop = cells.map(plainFlipFlop).find((found) => found !== undefined);
  if (flipFlop === undefined) throw problem('has no flip-flop with a rising clock and nothing else');
  const inverters = cells.filter((cell) => hasFunction(cell, inverter)).sort((a, b) => areaOf(a) - areaOf(b));
  return {
    driver: inverters[inverters.length >> 1]?.name, buffer: middleBuffer(cells), file, library: library.name, gateArea: Math.min(...gateAreas), flipFlop,
    sequential: new Set(sequential.map(({ name }) => name)), pins: new Map(cells.map((cell) => [cell.name, pinsOf(cell)])),
  };
}

function plainFlipFlop({ name, text }: Group): FlipFlop | undefined {
  const [ff] = groups(text, 'ff');
  if (ff === undefined || /\b(clear|preset)\b/.test(ff.text)) return undefined;
  const clock = attribute(ff.text, 'clocked_on');
  const data = attribute(ff.text, 'next_state');
  const state = ff.name.split(',')[0]!.trim();
  const output = groups(text, 'pin').find((pin) => attribute(pin.text, 'function') === state)?.name;
  if (clock === undefined || data === undefined || output === undefined || !/^\w+$/.test(clock) || !/^\w+$/.test(data)) return undefined;
  return { cell: name, clock, data, output };
}

export function readLiberty(file: string): Liberty {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch {
    throw new UserError([`liberty = ${file}: cannot be read; give a file with --liberty`]);
  }
  return parseLiberty(file, source);
}

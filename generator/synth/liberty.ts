/** The little that synthesis must know of a Liberty file beyond what yosys reads: the size of a gate, which cells drive and buffer, and which pins are inputs. */
import { UserError } from '../util/errors.js';
import { readText } from '../input/text.js';
import { truthTable } from './liberty-function.js';
import { groupsOf, parseGroups, type Group } from './liberty-groups.js';

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
  /** Area of the smallest NAND with two inputs. */
  readonly gateArea: number;
  readonly flipFlop: FlipFlop;
  /** An inverter of middle size, which drives every input while abc sizes; undefined where there is none. */
  readonly driver: string | undefined;
  /** A buffer of middle drive, for nets of large fan-out; undefined where there is none. */
  readonly buffer: Buffer | undefined;
  /** Names of cells that hold state. */
  readonly sequential: ReadonlySet<string>;
  /** Pins by cell. */
  readonly pins: ReadonlyMap<string, CellPins>;
}

const nand2 = [true, true, true, false];
const inverter = [true, false];
const buffer = [false, true];

function areaOf({ attributes }: Group): number {
  return Number(attributes.get('area'));
}

function areas(cells: readonly Group[]): number[] {
  return cells.map(areaOf).filter((area) => area > 0 && Number.isFinite(area));
}

function inputsOf(cell: Group): string[] {
  return groupsOf(cell, 'pin')
    .filter(({ attributes }) => attributes.get('direction') === 'input')
    .map(({ name }) => name);
}

function statesOf(cell: Group): Group[] {
  return [...groupsOf(cell, 'ff'), ...groupsOf(cell, 'latch')];
}

function pinsOf(cell: Group): CellPins {
  const inputs = inputsOf(cell);
  const clocking = statesOf(cell).flatMap(({ attributes }) => [attributes.get('clocked_on') ?? '', attributes.get('enable') ?? '']);
  const named = new Set(clocking.flatMap((expression) => expression.match(/\w+/g) ?? []));
  return { inputs: new Set(inputs), clocks: new Set(inputs.filter((name) => named.has(name))) };
}

/**
 * The middle one of the buffers worth their area: clock buffers and delay cells are larger than others and drive no more, so each
 * must drive a tenth more than any that is smaller. Drive is max_capacitance, or else area.
 */
function middleBuffer(cells: readonly Group[]): Buffer | undefined {
  const found = cells
    .filter((cell) => hasFunction(cell, buffer) && cell.attributes.get('dont_use') !== 'true')
    .map((cell) => {
      const output = groupsOf(cell, 'pin').find(({ attributes }) => attributes.has('function'))!;
      return {
        cell: cell.name,
        input: inputsOf(cell)[0]!,
        output: output.name,
        area: areaOf(cell),
        drive: Number(output.attributes.get('max_capacitance') ?? areaOf(cell)),
      };
    })
    .sort((a, b) => a.area - b.area);
  let largest = 0;
  const useful = found.filter(({ drive }, i) => {
    const more = i === 0 || drive > 1.1 * largest;
    largest = Math.max(largest, drive);
    return more;
  });
  const middle = useful[useful.length >> 1];
  return middle && { cell: middle.cell, input: middle.input, output: middle.output };
}

/** Whether a cell without state has one output, and it has this truth table. */
function hasFunction(cell: Group, table: readonly boolean[]): boolean {
  const inputs = inputsOf(cell);
  const [output, ...others] = groupsOf(cell, 'pin').flatMap(({ attributes }) => attributes.get('function') ?? []);
  if (output === undefined || others.length > 0 || 2 ** inputs.length !== table.length || statesOf(cell).length > 0) return false;
  return truthTable(output, inputs)?.every((value, i) => value === table[i]) ?? false;
}

/** Source   Liberty User Guide: library, cell, ff, pin; functions of plain pins only */
export function parseLiberty(file: string, source: string): Liberty {
  const problem = (what: string): UserError => new UserError([`liberty = ${file}: ${what}`]);
  let library: Group | undefined;
  let cells: Group[];
  try {
    [library] = groupsOf({ groups: parseGroups(source) }, 'library');
    if (library === undefined) throw new Error('no library (..) { .. } in it');
    cells = groupsOf(library, 'cell');
  } catch (error) {
    throw problem(`is not a Liberty file: ${(error as Error).message}`);
  }
  const gateAreas = areas(cells.filter((cell) => hasFunction(cell, nand2)));
  if (gateAreas.length === 0) throw problem('has no NAND of two inputs with an area, in which gate equivalents are counted');
  const sequential = cells.filter((cell) => statesOf(cell).length > 0);
  const flipFlop = cells.map(plainFlipFlop).find((found) => found !== undefined);
  if (flipFlop === undefined) throw problem('has no flip-flop with a rising clock and nothing else');
  const inverters = cells.filter((cell) => hasFunction(cell, inverter)).sort((a, b) => areaOf(a) - areaOf(b));
  return {
    driver: inverters[inverters.length >> 1]?.name,
    buffer: middleBuffer(cells),
    file,
    library: library.name,
    gateArea: gateAreas.reduce((least, area) => Math.min(least, area)),
    flipFlop,
    sequential: new Set(sequential.map(({ name }) => name)),
    pins: new Map(cells.map((cell) => [cell.name, pinsOf(cell)])),
  };
}

function plainFlipFlop(cell: Group): FlipFlop | undefined {
  const [ff] = groupsOf(cell, 'ff');
  if (ff === undefined || ff.attributes.has('clear') || ff.attributes.has('preset')) return undefined;
  const clock = ff.attributes.get('clocked_on');
  const data = ff.attributes.get('next_state');
  const state = ff.name.split(',')[0]!.trim();
  const output = groupsOf(cell, 'pin').find(({ attributes }) => attributes.get('function') === state)?.name;
  if (clock === undefined || data === undefined || output === undefined || !/^\w+$/.test(clock) || !/^\w+$/.test(data)) return undefined;
  return { cell: cell.name, clock, data, output };
}

export function readLiberty(file: string): Liberty {
  return parseLiberty(file, readText({ path: file, option: 'liberty', advice: 'give a file with --liberty' }));
}

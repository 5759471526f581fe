/** What a flow must know about the top, read from the Verilog that it will read itself. */

export interface Port {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** Number of the highest bit, in numbers and parameters of the module; undefined for one that is no vector. */
  readonly high: string | undefined;
}

export interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** Ports of the first module of a text, one a line as in templates/. */
export function portsOf(text: string): Port[] {
  return [...text.matchAll(/^ {2}(input|output) +(?:wire|reg) *(?:\[([^\]]*):0\])? *(\w+),?$/gm)].map(([, direction, range, name]) => ({
    name: name!,
    direction: direction as Port['direction'],
    high: range,
  }));
}

/** Parameters of a module that have a number as their default; a derived one is an expression, which no flow sets. */
export function parametersOf(text: string): Parameter[] {
  return [...text.matchAll(/^ {2}parameter (\w+) *= (\d+),?(?: +\/\/.*)?$/gm)].map(([, name, value]) => ({ name: name!, value: value! }));
}

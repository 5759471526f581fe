/** Every operation in words, for disassembly and reports. */
import { attendText } from './attend/text.js';
import { denseText } from './dense/text.js';
import { expandText } from './expand/text.js';
import type { Operation, OperationName, OperationNamed } from './fields.js';
import { loadText } from './load/text.js';
import { normText } from './norm/text.js';
import { projectText } from './project/text.js';
import { storeText } from './store/text.js';

export interface Description {
  /** What it reads and where it writes. */
  readonly shape: string;
  readonly detail: string;
}

export interface Text<O> {
  describe(operation: O): Description;
  /** What it is for, as reports group it; absent: its name. */
  label?(operation: O): string;
}

const table: { readonly [N in OperationName]: Text<OperationNamed<N>> } = {
  LOAD: loadText,
  NORM: normText,
  PROJECT: projectText,
  EXPAND: expandText,
  DENSE: denseText,
  ATTEND: attendText,
  STORE: storeText,
};

export function textOf(op: OperationName): Text<Operation> {
  return table[op];
}

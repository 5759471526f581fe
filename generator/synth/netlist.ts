/** Netlists as `write_json` of yosys writes them. */
import { readOutput, unreadable } from '../tools/output.js';

/** A net by its number, or a constant. */
export type NetBit = number | string;

export interface NetlistCell {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly port_directions: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, readonly NetBit[]>>;
}

export interface NetlistModule {
  readonly ports: Readonly<Record<string, { readonly direction: string; readonly bits: readonly NetBit[] }>>;
  readonly cells: Readonly<Record<string, NetlistCell>>;
  readonly netnames: Readonly<Record<string, { readonly bits: readonly NetBit[] }>>;
}

export interface Netlist {
  readonly modules: Readonly<Record<string, NetlistModule>>;
}

export function readNetlist(path: string): Netlist {
  const text = readOutput('yosys', path);
  try {
    return JSON.parse(text) as Netlist;
  } catch {
    throw unreadable('yosys', `${path} is not valid JSON`);
  }
}

/** A parameter that is a number: yosys writes it in binary digits. */
export function numberParameter({ parameters }: NetlistCell, name: string): number {
  const text = parameters?.[name] ?? '';
  return /^[01]+$/.test(text) ? parseInt(text, 2) : 0;
}

/** What the files of every flow are made from. */
import type { Params } from '../../params/fields.js';
import { topModule } from '../../rtl/design.js';
import type { RtlFile } from '../../rtl/render.js';
import { parametersOf, portsOf, type Parameter, type Port } from './ports.js';

export interface Flow {
  readonly params: Params;
  readonly prefix: string;
  readonly top: string;
  /** Names of the Verilog files, the top first. */
  readonly sources: readonly string[];
  readonly ports: readonly Port[];
  readonly parameters: readonly Parameter[];
  /** Nanoseconds, as text with three places. */
  readonly period: string;
  readonly version: string;
}

export interface FlowOptions {
  readonly clockMhz: number;
}

export const defaultFlowOptions: FlowOptions = { clockMhz: 100 };

export const clockPort = 'clk_i';
export const interruptPort = 'irq_o';
/** Prefixes of the two buses. */
export const buses = { registers: 's_axil', memory: 'm_axi' } as const;

export function flowOf(params: Params, sources: readonly RtlFile[], { clockMhz }: FlowOptions, version: string): Flow {
  const text = sources[0]?.text ?? '';
  return {
    params,
    prefix: params.prefix,
    top: topModule(params),
    sources: sources.map(({ name }) => name),
    ports: portsOf(text),
    parameters: parametersOf(text),
    period: (1000 / clockMhz).toFixed(3),
    version,
  };
}

/** Ports of one bus. */
export function busPorts({ ports }: Flow, bus: string): Port[] {
  return ports.filter(({ name }) => name.startsWith(`${bus}_`));
}

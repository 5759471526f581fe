/** Timing constraints: SDC for ASIC flows and OpenSTA, XDC for Vivado. */
import { renderText, type RtlFile } from '../../rtl/render.js';
import { clockPort, interruptPort, type Flow } from './flow.js';
import type { Port } from './ports.js';

/** Share of the period that the other side of a port is given. */
const outsideShare = 0.3;
const uncertaintyShare = 0.05;

const nanoseconds = (period: string, share: number): string => (Number(period) * share).toFixed(3);

/** A vector by a pattern, so that it is found whole or split into bits. */
const pattern = ({ name, high }: Port): string => (high === undefined ? name : `${name}*`);

function contextOf({ top, period, ports }: Flow) {
  const timed = ports.filter(({ name }) => name !== clockPort && name !== interruptPort);
  const patterns = (direction: Port['direction']) =>
    timed.filter((port) => port.direction === direction).map((port) => ({ pattern: pattern(port) }));
  return {
    top,
    period,
    clock: clockPort,
    interrupt: interruptPort,
    outside: nanoseconds(period, outsideShare),
    inputs: patterns('input'),
    outputs: patterns('output'),
  };
}

export function sdc(flow: Flow): RtlFile {
  return {
    name: `${flow.prefix}.sdc`,
    text: renderText('flows/constraints.sdc', { ...contextOf(flow), uncertainty: nanoseconds(flow.period, uncertaintyShare) }),
  };
}

export function xdc(flow: Flow): RtlFile {
  return { name: `${flow.prefix}.xdc`, text: renderText('flows/constraints.xdc', contextOf(flow)) };
}

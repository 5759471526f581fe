/** Vivado: a project that synthesises the chip by itself, and an IP package of it. */
import { renderText, type RtlFile } from '../../rtl/render.js';
import { resetsLow } from '../../params/derived.js';
import { outstandingWrites } from '../../contract/latencies.js';
import { buses, busPorts, clockPort, interruptPort, type Flow } from './flow.js';

/** A part whose free licence does. */
const part = 'xc7a100tcsg324-1';

function common({ prefix, top, sources }: Flow) {
  return { prefix, top, part, sources: sources.map((name) => ({ name })) };
}

export function vivadoProject(flow: Flow): RtlFile {
  return { name: `${flow.prefix}_project.tcl`, text: renderText('flows/project.tcl', common(flow)) };
}

export function vivadoIp(flow: Flow): RtlFile {
  const { reset, burstBeats, outstandingReads } = flow.params.port;
  const names = (bus: string) => busPorts(flow, bus).map(({ name }) => ({ name }));
  return {
    name: `${flow.prefix}_package_ip.tcl`,
    text: renderText('flows/package_ip.tcl', {
      ...common(flow),
      version: flow.version.split('.').slice(0, 2).join('.'),
      clock: clockPort,
      reset,
      polarity: resetsLow(flow.params) ? 'ACTIVE_LOW' : 'ACTIVE_HIGH',
      interrupt: interruptPort,
      slave: buses.registers,
      master: buses.memory,
      slavePorts: names(buses.registers),
      masterPorts: names(buses.memory),
      burstBeats,
      outstandingReads,
      outstandingWrites,
      parameters: flow.parameters.map(({ name }) => ({ name })),
    }),
  };
}

/** Paths and frequencies in what OpenSTA and nextpnr print. */
import { unreadable } from '../tools/output.js';
import type { TimingPath } from './cell-counts.js';
import { plainName } from './stat.js';

/** `report_checks` of OpenSTA, the longest path first. A path's time is from clock edge to clock edge, set-up included. */
export function parseSta(text: string, periodNs: number): TimingPath[] {
  return text
    .split(/^Startpoint: /m)
    .slice(1)
    .map((section) => {
      const from = /^(\S+)/.exec(section)?.[1] ?? '?';
      const to = /^Endpoint: (\S+)/m.exec(section)?.[1] ?? '?';
      const slack = /^ *(-?\d+\.\d+) +slack/m.exec(section)?.[1];
      if (slack === undefined) throw unreadable('sta', 'a path without its slack', section);
      return { from, to, ns: round(periodNs - Number(slack)) };
    })
    .sort((a, b) => b.ns - a.ns);
}

/** Instances of modules in a flat list of a netlist's lines, as `  TYPE NAME (` of yosys: module -> instance -> module. */
export function instancesIn(netlist: string): Map<string, Map<string, string>> {
  const modules = new Map<string, Map<string, string>>();
  let inside = new Map<string, string>();
  for (const [, module, type, name] of netlist.matchAll(/^(?:module \\?(\S+) ?\(|  \\?(\S+) +\\?(\S+) +\($)/gm)) {
    if (module !== undefined) modules.set(module, (inside = new Map<string, string>()));
    else inside.set(name!, type!);
  }
  return modules;
}

/**
 * The longest path to every unit, by `report_checks -format end` of OpenSTA. A pin belongs to the innermost module that its path
 * names; what ends at a port belongs to the top.
 */
export function longestByUnit(
  text: string,
  periodNs: number,
  top: string,
  instances: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Map<string, number> {
  const longest = new Map<string, number>();
  for (const [, pin, slack] of text.matchAll(/^(\S+) \([^)]*\) +-?[\d.]+ +-?[\d.]+ +(-?[\d.]+) \(/gm)) {
    const module = pin!
      .split('/')
      .slice(0, -2)
      .reduce((at, name) => instances.get(at)?.get(name) ?? at, top);
    const unit = plainName(module);
    longest.set(unit, Math.max(longest.get(unit) ?? 0, round(periodNs - Number(slack))));
  }
  return longest;
}

/** The last frequency that nextpnr prints is that of the routed design. */
export function parseNextpnr(text: string): number {
  const last = [...text.matchAll(/Max frequency for clock +'[^']*': (\d+\.\d+) MHz/g)].at(-1)?.[1];
  if (last === undefined) throw unreadable('nextpnr-ice40', 'no frequency in its output');
  return round(1000 / Number(last));
}

function round(ns: number): number {
  return Math.round(ns * 1000) / 1000;
}

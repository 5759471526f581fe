/** Paths and frequencies in what OpenSTA and nextpnr print. */
import type { TimingPath } from './report.js';

/** `report_checks` of OpenSTA, the longest path first. A path's time is from clock edge to clock edge, set-up included. */
export function parseSta(text: string, periodNs: number): TimingPath[] {
  return text.split(/^Startpoint: /m).slice(1).map((section) => {
    const from = /^(\S+)/.exec(section)?.[1] ?? '?';
    const to = /^Endpoint: (\S+)/m.exec(section)?.[1] ?? '?';
    const slack = /^ *(-?\d+\.\d+) +slack/m.exec(section)?.[1];
    if (slack === undefined) throw new Error('OpenSTA: a path without its slack');
    return { from, to, ns: round(periodNs - Number(slack)) };
  }).sort((a, b) => b.ns - a.ns);
}

/** The last frequency that nextpnr prints is that of the routed design. */
export function parseNextpnr(text: string): number {
  const last = [...text.matchAll(/Max frequency for clock +'[^']*': (\d+\.\d+) MHz/g)].at(-1)?.[1];
  if (last === undefined) throw new Error('nextpnr: no frequency in its output');
  return round(1000 / Number(last));
}

function round(ns: number): number {
  return Math.round(ns * 1000) / 1000;
}

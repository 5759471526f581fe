/** Classes of bytes on the memory port, docs/stream.md. */
export const trafficClasses = [
  'program',
  'codebooks',
  'sparseValues',
  'sparseIndices',
  'parameters',
  'dense',
  'activationsIn',
  'activationsOut',
  'descriptors',
] as const;

export type TrafficClass = (typeof trafficClasses)[number];
export type Traffic = Readonly<Record<TrafficClass, number>>;

export function noTraffic(): Record<TrafficClass, number> {
  return {
    program: 0,
    codebooks: 0,
    sparseValues: 0,
    sparseIndices: 0,
    parameters: 0,
    dense: 0,
    activationsIn: 0,
    activationsOut: 0,
    descriptors: 0,
  };
}

export function sumTraffic(traffic: Traffic): number {
  return trafficClasses.reduce((sum, name) => sum + traffic[name], 0);
}

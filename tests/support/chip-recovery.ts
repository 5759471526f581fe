/** Hosts that meet a silent memory or a program that never ends, and soft resets at any moment, on the chip of chip-faults. */
import { completionCodes } from '../../generator/contract/registers.js';
import type { Params } from '../../generator/params/fields.js';
import type { Simulator } from '../../generator/sim/build.js';
import type { RunSettings } from '../../generator/sim/chip-run.js';
import { controlOf, host, ringSteps, type HostStep } from '../../generator/host/host-script.js';
import { faultImage, faultMap, irqSteps, loadSteps, runFault, serveSteps, clearInterrupts, type Fault } from './chip-faults.js';

/** More than twice what a good load or window takes. */
export const watchdogCycles = 1500;
/** No step of these hosts waits longer. */
const patience = 4 * watchdogCycles;
export type Silence = RunSettings['silence'] & object;

export const setWatchdog: HostStep = host.write('WATCHDOG', { value: watchdogCycles });
const softReset: HostStep = controlOf('single', { reset: 1 });
const requests = faultMap.requests.length;

/** Begin a load and give it time, then serve the ring, without a word from the chip. */
const blindSteps: readonly HostStep[] = [
  irqSteps,
  setWatchdog,
  ...ringSteps(faultMap),
  ...loadSteps(faultImage, faultMap).slice(0, -1),
  host.pause(watchdogCycles / 2),
  host.write('RING_TAIL', { value: requests }),
  controlOf('packed', { enable: 1 }),
];

/** Everything is as after a reset, but that the host is told. */
const afterReset: readonly HostStep[] = [
  host.expect('STATUS', { loaded: 0, loading: 0, busy: 0, window: 0, resetting: 0, portStuck: 0 }),
  host.expect('IRQ_STATUS', { reset: 1 }),
  host.expect('IRQ_ENABLE', { completion: 0, loaded: 0, error: 0, reset: 0 }),
  host.expect('CONTROL', { enable: 0, policy: 0 }),
  host.expect('WATCHDOG', { value: 0 }),
  host.expect('RING_HEAD', { value: 0 }),
  host.expect('RING_TAIL', { value: 0 }),
  host.expect('RING_LOG2', { value: 0 }),
  host.expect('COLD_BEATS', { value: 0 }),
  host.expect('ERROR_TAG', { value: 0 }),
  host.write('IRQ_STATUS', { error: 1, reset: 1 }),
];

/** A whole run without a fault. */
const goodSteps: readonly HostStep[] = [
  irqSteps,
  ...ringSteps(faultMap),
  ...loadSteps(faultImage, faultMap),
  host.expect('STATUS', { loaded: 1 }),
  clearInterrupts,
  ...serveSteps(requests),
  host.expect('IRQ_STATUS', { completion: 1, loaded: 0, error: 0, reset: 0 }),
];

const stuck: readonly HostStep[] = [host.expect('ERROR', { value: completionCodes.portStuck }), host.expect('ERROR_TAG', { value: 0 })];

/** The watchdog finds the port stuck, and a soft reset does, too. */
const stuckSteps: readonly HostStep[] = [
  ...blindSteps,
  host.interrupt(),
  host.poll('STATUS', { portStuck: 1 }),
  ...stuck,
  host.expect('IRQ_STATUS', { error: 1 }),
  clearInterrupts,
  softReset,
  host.write('IRQ_ENABLE', { error: 1, reset: 1 }),
  host.expect('STATUS', { resetting: 1, portStuck: 0, busy: 0, loading: 0, window: 0 }),
  host.expect('ERROR', { value: 0 }),
  host.writeRefused('COLD_BEATS', { value: 1 }),
  host.writeRefused('CONTROL', { load: 1 }),
  host.interrupt(),
  host.expect('STATUS', { resetting: 1, portStuck: 1 }),
  ...stuck,
  host.expect('IRQ_STATUS', { completion: 0, loaded: 0, error: 1, reset: 0 }),
  host.expect('RING_TAIL', { value: 0 }),
];

/** What the bench says of a memory that falls silent for ever. */
export async function silenceProblems(simulator: Simulator, silence: Silence, params: Params): Promise<readonly string[]> {
  const { run } = await runFault(simulator, { error: 'portStuck', settings: { silence }, steps: stuckSteps }, params);
  return run.problems;
}

/** The memory answers again after a soft reset has found the port stuck: it ends, and the chip works. */
export const silentFor = (silence: Silence): Fault => ({
  error: 'portStuck',
  settings: { silence: { ...silence, cycles: 5 * watchdogCycles }, patience },
  steps: [
    ...stuckSteps,
    host.write('IRQ_STATUS', { error: 1 }),
    host.interrupt(),
    host.poll('STATUS', { resetting: 0 }),
    host.write('IRQ_ENABLE', {}),
    ...afterReset,
    ...goodSteps,
  ],
});

/** A soft reset so many cycles after a load has begun, or after the ring is served; then a run like any other. */
export function resetAt(phase: 'load' | 'run', cycles: number, settings: Partial<RunSettings>): Fault {
  const load = loadSteps(faultImage, faultMap);
  const begun =
    phase === 'load' ? load.slice(0, -1) : [...load, host.write('RING_TAIL', { value: requests }), controlOf('packed', { enable: 1 })];
  return {
    error: 'good',
    settings: { patience, ...settings },
    steps: [
      irqSteps,
      setWatchdog,
      ...ringSteps(faultMap),
      ...begun,
      host.pause(cycles),
      softReset,
      host.poll('STATUS', { resetting: 0 }),
      host.expect('IRQ_STATUS', { completion: 0, loaded: 0, error: 0, reset: 1 }),
      host.expect('ERROR', { value: 0 }),
      ...afterReset,
      ...goodSteps,
      host.expect('ERROR', { value: 0 }),
    ],
  };
}

/** The accelerator as a TypeScript program sees it: the driver of docs/driver.md with promises instead of C. */
import { policies, type Policy } from '../contract/codes.js';
import { decodeStatus, descriptorBytes, descriptorFields as inDescriptor } from '../contract/descriptor.js';
import type { Params } from '../params/fields.js';
import { constantRegisters } from '../params/register-values.js';
import {
  completionCodes,
  counterAddress,
  counters,
  decodeRegister,
  encodeRegister,
  registers,
  type CompletionCode,
  type CounterName,
  type FieldName,
  type FieldValues,
  type RegisterName,
} from '../contract/registers.js';
import { outputRuns, storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';
import { modelSteps, ringSteps, type Counters } from './host-script.js';
import { fillMemory, layOut, rowBytes, rowsCrcBeat, tokensOf, type MemoryMap } from './memory-map.js';

/** What the platform gives: registers of 32 bits, the interrupt, and memory that the chip reads and writes. */
export interface ChipBus {
  read(address: number): Promise<number>;
  write(address: number, value: number): Promise<void>;
  /** Ends when irq_o is high. */
  interrupt(): Promise<void>;
  readMemory(address: number, bytes: number): Promise<Uint8Array>;
  writeMemory(address: number, bytes: Uint8Array): Promise<void>;
  /** First address of that memory, a multiple of 4096. */
  readonly memoryAddress: number;
}

export interface Completion {
  /** `rowsCrc` also when the chip said good but the output rows are not what their CRC says. */
  readonly code: CompletionCode;
  /** This request is the cause of its error. */
  readonly cause: boolean;
  /** Number since reset, mod 2^16. */
  readonly window: number;
  readonly tag: number;
  /** Rows of STORE's width, one behind the other. */
  readonly output: Int8Array;
}

export class HostError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HostError';
  }
}

const codeNames = new Map<number, CompletionCode>(Object.entries(completionCodes).map(([name, code]) => [code, name as CompletionCode]));
const allEvents = Object.fromEntries(Object.keys(registers.IRQ_ENABLE.fields).map((event) => [event, 1])) as FieldValues<'IRQ_ENABLE'>;

export class ChipHost {
  private constructor(
    private readonly bus: ChipBus,
    private readonly params: Params,
  ) {}

  /**
   * Check that the chip is the one of these parameters.
   *
   * Errors   HostError that names the first register that is not
   */
  static async open(bus: ChipBus, params: Params): Promise<ChipHost> {
    const host = new ChipHost(bus, params);
    for (const [name, wanted] of Object.entries(constantRegisters(params))) {
      const value = await bus.read(registers[name as RegisterName].address);
      if (value !== wanted) throw new HostError(`${name} = ${value}: this host's program is for a chip with ${wanted}`);
    }
    await host.write('IRQ_STATUS', allEvents);
    await host.write('IRQ_ENABLE', allEvents);
    return host;
  }

  async read<R extends RegisterName>(name: R): Promise<Record<FieldName<R>, number>> {
    return decodeRegister(name, await this.bus.read(registers[name].address));
  }

  async write<R extends RegisterName>(name: R, values: FieldValues<R>): Promise<void> {
    await this.bus.write(registers[name].address, encodeRegister(name, values));
  }

  /**
   * Load a model and run requests of rows of LOAD's width; tags are their numbers. They are all queued before the start.
   *
   * Errors   HostError when the chip is busy with another run, the model cannot be loaded, or a completion has an unknown code; a
   *          request's own error is in its completion
   */
  async run(image: Image, requests: readonly Int8Array[], policy: Policy): Promise<Completion[]> {
    const { bus, params } = this;
    await this.requireIdle();
    const map = layOut(image, params, tokensOf(image, requests), bus.memoryAddress);
    const { value: first } = await this.read('RING_TAIL');
    const places = requests.map((_, r) => (first + r) % 2 ** map.ringLog2);
    const memory = fillMemory(
      map,
      image,
      requests,
      requests.map((_, r) => r),
    );
    const ring = memory.slice(map.ring - map.base, map.ring - map.base + map.stride * 2 ** map.ringLog2);
    places.forEach((place, r) => memory.set(ring.subarray(r * map.stride, (r + 1) * map.stride), map.ring - map.base + place * map.stride));
    await bus.writeMemory(map.base, memory);
    for (const { address, value } of [...modelSteps(image, map), ...ringSteps(map)]) await bus.write(address, value);
    await this.load();
    const last = (first + requests.length) % 2 ** 32;
    await this.write('RING_TAIL', { value: last });
    await this.write('CONTROL', { clear: 1, enable: 1, policy: policies.indexOf(policy) });
    while ((await this.read('RING_HEAD')).value !== last) await this.sleep();
    // Locked registers refuse writes until the window of the last request is closed, too.
    await this.idle();
    await this.write('CONTROL', { policy: policies.indexOf(policy) });
    const completions: Completion[] = [];
    for (const [r, place] of places.entries()) completions.push(await this.collect(image, map, r, place));
    return completions;
  }

  /** Wait until no request is under way and no load runs. */
  async idle(): Promise<void> {
    while (await this.isBusy()) await this.sleep();
  }

  private async isBusy(): Promise<boolean> {
    const { busy, loading, resetting } = await this.read('STATUS');
    return busy === 1 || loading === 1 || resetting === 1;
  }

  private async requireIdle(): Promise<void> {
    if (await this.isBusy()) throw new HostError('STATUS = busy or loading: an earlier run is under way; await idle() first');
    const { value: head } = await this.read('RING_HEAD');
    const { value: tail } = await this.read('RING_TAIL');
    if (head !== tail)
      throw new HostError(`RING_HEAD = ${head}: RING_TAIL is ${tail}, so requests of an earlier run are left in the ring; reset the chip`);
  }

  /** Cycles that a load, a window or the fetch of a descriptor may take; 0, the value after a reset, sets no limit. */
  async setWatchdog(cycles: number): Promise<void> {
    await this.write('WATCHDOG', { value: cycles });
  }

  /** Whether the memory does not answer the chip. */
  async portStuck(): Promise<boolean> {
    return (await this.read('STATUS')).portStuck === 1;
  }

  /**
   * Soft reset, whatever the chip does: what was submitted or loaded is forgotten, and the watchdog is off.
   *
   * Errors   HostError when the memory does not answer in time; later it may
   */
  async reset(): Promise<void> {
    await this.write('CONTROL', { reset: 1 });
    await this.write('IRQ_ENABLE', allEvents);
    do await this.sleep('reset the system');
    while ((await this.read('STATUS')).resetting === 1);
  }

  private async sleep(remedy = 'reset() the chip'): Promise<void> {
    await this.bus.interrupt();
    await this.write('IRQ_STATUS', allEvents);
    if (await this.portStuck()) throw new HostError(`STATUS = portStuck: the chip's memory does not answer; ${remedy}`);
  }

  private async load(): Promise<void> {
    await this.write('CONTROL', { load: 1 });
    do await this.sleep();
    while ((await this.read('STATUS')).loading === 1);
    if ((await this.read('STATUS')).loaded === 1) return;
    const { value: code } = await this.read('ERROR');
    throw new HostError(`load: ${codeNames.get(code) ?? code}`);
  }

  private async collect(image: Image, map: MemoryMap, request: number, place: number): Promise<Completion> {
    const { output, outputBytes, tokens } = map.requests[request]!;
    const descriptor = await this.bus.readMemory(map.ring + place * map.stride, descriptorBytes);
    const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptorBytes);
    const status = decodeStatus(view.getUint32(inDescriptor.status.at, true));
    const bytes = await this.bus.readMemory(output, outputBytes + (map.rowCrc ? image.busBytes : 0));
    const code = codeNames.get(status.code);
    if (code === undefined)
      throw new HostError(
        `completion code of request ${request} = ${status.code}: unknown to this host; its program is of another version than the chip`,
      );
    const damaged =
      map.rowCrc && code === 'good' && rowsCrcBeat(bytes, 0, outputBytes, image).some((byte, i) => byte !== bytes[outputBytes + i]);
    const { runs, bytes: run } = outputRuns(storeOf(image.model), tokens);
    const stride = rowBytes(run, image);
    const rows = Array.from({ length: runs }, (_, row) => bytes.subarray(row * stride, row * stride + run));
    return {
      code: damaged ? 'rowsCrc' : code,
      cause: damaged || status.cause,
      window: status.window,
      tag: view.getUint32(inDescriptor.tag.at, true),
      output: new Int8Array(Uint8Array.from(rows.flatMap((row) => [...row])).buffer),
    };
  }

  /** All counters since the last run began. */
  async counters(): Promise<Counters> {
    const values: [CounterName, number][] = [];
    for (const name of counters) {
      const low = await this.bus.read(counterAddress(name));
      values.push([name, low + (await this.bus.read(counterAddress(name) + 4)) * 2 ** 32]);
    }
    return Object.fromEntries(values) as Counters;
  }
}

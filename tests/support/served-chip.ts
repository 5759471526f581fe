/** The chip behind testbench/driver/serve.c as a bus for the host in TypeScript. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ChipBus } from '../../generator/host/chip-host.js';

export interface ServedChip extends ChipBus {
  /** Memory that takes and answers nothing, or answers again. */
  silence(on: boolean): Promise<void>;
  close(): Promise<void>;
}

const hex = (value: number): string => value.toString(16);

/** Arguments of chip_pace: seed, most idle cycles before an access, most extra cycles of a write response. */
export type Pace = readonly [seed: number, gap: number, response: number];

/** Questions to a process and its answers, lines or bytes. */
class Conversation {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;

  constructor(
    private readonly command: string,
    argv: readonly string[],
  ) {
    this.child = spawn(command, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    this.child.on('exit', () => this.wake());
  }

  async ask(question: string | Uint8Array): Promise<void> {
    if (!this.child.stdin.write(question)) await once(this.child.stdin, 'drain');
  }

  bytes(count: number): Promise<Buffer> {
    return this.take(() => (this.received.length >= count ? count : 0));
  }

  /** The next line, which must not say that the bus had an error. */
  async good(what: string): Promise<string> {
    const answer = (await this.take(() => this.received.indexOf('\n') + 1)).toString().trim();
    if (answer === 'error') throw new Error(`bus error: ${what}`);
    return answer;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  private async take(enough: () => number): Promise<Buffer> {
    let length = enough();
    while (length === 0) {
      if (this.child.exitCode !== null) throw new Error(`${this.command} ended with ${this.child.exitCode}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      length = enough();
    }
    const taken = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return taken;
  }
}

export function serveChip(command: string, memoryAddress: number, memoryBytes: number, pace: Pace = [0, 0, 0]): ServedChip {
  const chip = new Conversation(command, [memoryAddress, memoryBytes, ...pace].map(hex));
  return {
    memoryAddress,
    read: async (address) => {
      await chip.ask(`r ${hex(address)}\n`);
      return parseInt(await chip.good(`read of ${hex(address)}`), 16);
    },
    write: async (address, value) => {
      await chip.ask(`w ${hex(address)} ${hex(value)}\n`);
      await chip.good(`write of ${hex(value)} to ${hex(address)}`);
    },
    interrupt: async () => {
      await chip.ask('i\n');
      await chip.good('interrupt');
    },
    readMemory: async (address, bytes) => {
      await chip.ask(`m ${hex(address)} ${hex(bytes)}\n`);
      return chip.bytes(bytes);
    },
    writeMemory: async (address, bytes) => {
      await chip.ask(`s ${hex(address)} ${hex(bytes.length)}\n`);
      await chip.ask(bytes);
      await chip.good('memory');
    },
    silence: async (on) => {
      await chip.ask(`q ${on ? 1 : 0}\n`);
      await chip.good('silence');
    },
    close: () => chip.close(),
  };
}

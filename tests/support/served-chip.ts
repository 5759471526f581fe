/** The chip behind testbench/driver/serve.c as a bus for the host in TypeScript. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ChipBus } from '../../generator/host/chip-host.js';

export interface ServedChip extends ChipBus {
  /** Memory that takes and answers nothing, or answers again. */
  silence(on: boolean): Promise<void>;
  close(): Promise<void>;
}

const hex = (value: number): string => value.toString(16);

/** Arguments of chip_pace: seed, most idle cycles before an access, most extra cycles of a write response. */
export type Pace = readonly [seed: number, gap: number, response: number];

export function serveChip(command: string, memoryAddress: number, memoryBytes: number, pace: Pace = [0, 0, 0]): ServedChip {
  const child = spawn(command, [memoryAddress, memoryBytes, ...pace].map(hex), { stdio: ['pipe', 'pipe', 'inherit'] });
  let received = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  child.on('exit', () => wake());
  const take = async (enough: () => number): Promise<Buffer> => {
    let length = enough();
    while (length === 0) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      length = enough();
    }
    const taken = received.subarray(0, length);
    received = received.subarray(length);
    return taken;
  };
  const ask = async (question: string | Uint8Array): Promise<void> => {
    if (!child.stdin.write(question)) await once(child.stdin, 'drain');
  };
  const line = async (): Promise<string> => (await take(() => received.indexOf('\n') + 1)).toString().trim();
  const good = async (what: string): Promise<string> => {
    const answer = await line();
    if (answer === 'error') throw new Error(`bus error: ${what}`);
    return answer;
  };
  return {
    memoryAddress,
    read: async (address) => {
      await ask(`r ${hex(address)}\n`);
      return parseInt(await good(`read of ${hex(address)}`), 16);
    },
    write: async (address, value) => {
      await ask(`w ${hex(address)} ${hex(value)}\n`);
      await good(`write of ${hex(value)} to ${hex(address)}`);
    },
    interrupt: async () => {
      await ask('i\n');
      await good('interrupt');
    },
    readMemory: async (address, bytes) => {
      await ask(`m ${hex(address)} ${hex(bytes)}\n`);
      return take(() => (received.length >= bytes ? bytes : 0));
    },
    writeMemory: async (address, bytes) => {
      await ask(`s ${hex(address)} ${hex(bytes.length)}\n`);
      await ask(bytes);
      await good('memory');
    },
    silence: async (on) => {
      await ask(`q ${on ? 1 : 0}\n`);
      await good('silence');
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

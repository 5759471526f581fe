import { expect, it } from 'vitest';
import { descriptorBytes, descriptorFields } from '../../generator/contract/descriptor.js';
import { completionCodes, encodeRegister, registers } from '../../generator/contract/registers.js';
import { ChipHost, type ChipBus } from '../../generator/host/chip-host.js';
import type { Params } from '../../generator/params/fields.js';
import { presetParams } from '../../generator/params/presets.js';
import { constantRegisters } from '../../generator/params/register-values.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { randomModel, randomRequests } from '../support/random-model.js';

/** A chip that answers every request at once with this code and no outputs. */
function busOf(params: Params, code: number): ChipBus {
  const values = new Map(
    Object.entries(constantRegisters(params)).map(([name, value]) => [registers[name as keyof typeof registers].address, value]),
  );
  values.set(registers.STATUS.address, encodeRegister('STATUS', { loaded: 1 }));
  return {
    memoryAddress: 0,
    read: (address) => Promise.resolve(values.get(address === registers.RING_HEAD.address ? registers.RING_TAIL.address : address) ?? 0),
    write: (address, value) => {
      if (address === registers.RING_TAIL.address) values.set(address, value);
      return Promise.resolve();
    },
    interrupt: () => Promise.resolve(),
    readMemory: (_, bytes) => {
      const memory = new Uint8Array(bytes);
      if (bytes === descriptorBytes) new DataView(memory.buffer).setUint32(descriptorFields.status.at, code, true);
      return Promise.resolve(memory);
    },
    writeMemory: () => Promise.resolve(),
  };
}

it('a completion code that this host does not know is an error, not a request that is not done', async () => {
  const params = presetParams('tiny');
  const image = readImage(writeImage(randomModel(1), { columns: params.array.columns, busBytes: params.port.busBytes }));
  const requests = randomRequests(1, image.model, [3, 5]);
  const codeOf = async (code: number): Promise<string[]> => {
    const host = await ChipHost.open(busOf(params, code), params);
    return (await host.run(image, requests, 'single')).map((completion) => completion.code);
  };
  expect(await codeOf(completionCodes.notDone)).toEqual(['notDone', 'notDone']);
  expect(await codeOf(completionCodes.badLength)).toEqual(['badLength', 'badLength']);
  await expect(codeOf(99)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HostError: completion code of request 0 = 99: unknown to this host; its program is of another version than the chip]`,
  );
});

import { constantName, policies } from '../../contract/codes.js';
import { mostMatrices } from '../../contract/limits.js';
import { descriptorBytes, descriptorFields, ringLog2Max, statusFields } from '../../contract/descriptor.js';
import { registers } from '../../contract/registers.js';
import type { Params } from '../../params/fields.js';
import { constantRegisters } from '../../params/register-values.js';
import { renderText, type RtlFile } from '../../rtl/render.js';
import { registerHeader, registerRdl, registerTypes } from './register-files.js';

/** The driver in C; docs/driver.md. */
export function driverFiles(params: Params): RtlFile[] {
  const { prefix } = params;
  const names = { prefix, upper: prefix.toUpperCase() };
  const constants = Object.keys(constantRegisters(params)).map((name) => ({
    address: `${names.upper}_REG_${name}`,
    value: `${names.upper}_VALUE_${name}`,
  }));
  const policyNames = policies.map((name, code) => ({
    name: `${names.upper}_${constantName(name)}`,
    code,
    comma: code < policies.length - 1 ? ', ' : '',
  }));
  const descriptorPlaces = Object.entries(descriptorFields)
    .map(([name, { at }]) => `AT_${constantName(name)} = ${at}`)
    .join(', ');
  const statusPlaces = Object.entries(statusFields)
    .flatMap(([name, { low, bits }]) => [`${constantName(name)}_LOW = ${low}`, `${constantName(name)}_MASK = ${2 ** bits - 1}`])
    .join(', ');
  const allEvents = Object.keys(registers.IRQ_STATUS.fields)
    .map((event) => `${names.upper}_IRQ_STATUS_${constantName(event)}_MASK`)
    .join(' | ');
  return [
    { name: `${prefix}_driver.h`, text: renderText('host/driver.h', { ...names, policies: policyNames, ringLog2Max, mostMatrices }) },
    {
      name: `${prefix}_driver.c`,
      text: renderText('host/driver.c', {
        ...names,
        constants,
        descriptorBytes,
        descriptorPlaces,
        statusPlaces,
        ringLog2Max,
        mostMatrices,
        allEvents,
      }),
    },
  ];
}

/** All that a host's program is written with: register maps in three languages, and the driver. */
export function hostFiles(params: Params): RtlFile[] {
  return [registerHeader(params), registerRdl(params), registerTypes(params), ...driverFiles(params)];
}

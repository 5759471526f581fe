import { constantName, policies } from '../../contract/codes.js';
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
  return [
    { name: `${prefix}_driver.h`, text: renderText('host/driver.h', { ...names, policies: policyNames }) },
    { name: `${prefix}_driver.c`, text: renderText('host/driver.c', { ...names, constants }) },
  ];
}

/** All that a host's program is written with: register maps in three languages, and the driver. */
export function hostFiles(params: Params): RtlFile[] {
  return [registerHeader(params), registerRdl(params), registerTypes(params), ...driverFiles(params)];
}

import { resetsLow } from '../../params/derived.js';
import { constantRegisters } from '../../params/register-values.js';
import { registers } from '../../contract/registers.js';
import { widths } from '../../contract/widths.js';
import { renderText, type RtlFile } from '../../rtl/render.js';
import { clockPort, interruptPort, type Flow } from './flow.js';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const slaveError = 2;
/** Address behind the last counter. */
const nowhere = 0xffc;

/** Ports that the bench drives or watches itself. */
const own = [clockPort, interruptPort];
const readPort = /^s_axil_(ar|r)(valid|ready|addr|data|resp)$/;

/** A bench that needs nothing but a simulator: the target sim of FuseSoC. */
export function smokeBench({ prefix, top, params, ports, parameters }: Flow): RtlFile {
  const { reset } = params.port;
  const others = ports.filter(({ name }) => ![...own, reset].includes(name) && !readPort.test(name));
  const inputs = others.filter(({ direction }) => direction === 'input');
  const values = [
    ...Object.entries(constantRegisters(params)).map(([name, value]) => ({
      address: registers[name as keyof typeof registers].address,
      value,
      response: 0,
    })),
    { address: nowhere, value: 0, response: slaveError },
  ];
  return {
    name: `${prefix}_smoke_tb.v`,
    text: renderText('flows/smoke_tb.v', {
      prefix,
      top,
      reset,
      resetValue: resetsLow(params) ? '!rst' : 'rst',
      reads: values.length,
      parameters: parameters.map(({ name, value }) => ({ name, value })),
      outputs: others.filter(({ direction }) => direction === 'output').map(({ name }) => ({ name })),
      inputs: inputs.map(({ name, high }, i) => ({
        name,
        zero: high === undefined ? "1'b0" : `{(${high}+1){1'b0}}`,
        comma: i < inputs.length - 1 ? ',' : '',
      })),
      expected: values.map(({ address, value, response }, number) => ({
        number,
        address: `${widths.REG_ADDR.bits}'h${hex(address, 3)}`,
        value: hex(value, 8),
        response,
      })),
    }),
  };
}

import { bitRange } from './bits.js';
import { counterAddress, counters, peCycleCauses, registers, type CounterName, type Register } from './registers.js';
import { trafficClasses } from './traffic-classes.js';

const hex = (address: number): string => address.toString(16).toUpperCase().padStart(3, '0');
const access = { read: 'read', write: 'read, write', clear: 'read, write 1 to clear' } as const;

function registerRows(name: string, { address, access: kind, locked, fields, doc }: Register): string[] {
  const [[only, { low, bits, doc: text }] = ['', { low: 0, bits: 0, doc: '' }], ...others] = Object.entries(fields);
  if (only === 'value' && others.length === 0) {
    return [
      `| ${hex(address)} | ${name} | ${access[kind]}${locked === true ? ', locked' : ''} | ${bitRange({ low, bits })} | ${doc}: ${text} |`,
    ];
  }
  const head = `| ${hex(address)} | ${name} | ${access[kind]}${locked === true ? ', locked' : ''} | | ${doc} |`;
  return [head, ...Object.entries(fields).map(([field, one]) => `| | | | ${bitRange(one)} ${field} | ${one.doc} |`)];
}

/** What a counter counts, in words. */
export function counterDoc(name: CounterName): string {
  const byClass = trafficClasses.find((one) => name === `${one}Bytes`);
  if (byClass !== undefined) return `bytes of class ${byClass}`;
  const cause = peCycleCauses.find((one) => name === `${one}PeCycles`);
  if (cause !== undefined) return `PE-cycles, ${cause}`;
  return {
    cycles: 'cycles in which a request was under way',
    windows: 'windows begun',
    requests: 'requests completed, good or not',
    tokens: 'tokens of requests that entered the queue',
    readBeats: 'beats read',
    writeBeats: 'beats written',
  }[name as 'cycles'];
}

/** docs/registers.md, made from generator/contract/registers.ts. */
export function registerDocs(): string {
  return `# Registers

Made from \`generator/contract/registers.ts\`. AXI4-Lite, words of 32 bits, addresses of 12 bits in bytes. Unknown addresses read 0
and answer SLVERR; so do writes that are refused, and they change nothing: to read-only registers, to locked ones while a
request is under way, a load runs or a soft reset drains the port. Bits 1:0 of an address are ignored, for AXI4-Lite moves whole words: a read gives the word, a
write changes those of its bytes that the strobes name. Of byte addresses in registers, bits below their alignment and above the
port's width read 0.

| address | register | access | field | |
|---|---|---|---|---|
${Object.entries(registers)
  .flatMap(([name, register]) => registerRows(name, register))
  .join('\n')}

## Counters

64 bits, read only, low word first: reading a low word holds the high word of the same moment at the next address.
CONTROL.clear sets all to 0.

| address | counter | |
|---|---|---|
${counters.map((name) => `| ${hex(counterAddress(name))} | ${name} | ${counterDoc(name)} |`).join('\n')}
`;
}

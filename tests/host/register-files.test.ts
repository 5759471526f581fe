import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { registerHeader, registerRdl, registerTypes } from '../../generator/output/host-files/register-files.js';
import { constantName } from '../../generator/contract/codes.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { constantRegisters } from '../../generator/params/register-values.js';
import { completionCodes, counterAddress, counters, registers, type Register } from '../../generator/contract/registers.js';
import { runTool } from '../../generator/tools/run-tool.js';
import { temporaryFolder } from '../support/temporary.js';
import { testNeeding } from '../support/tools.js';

const table = Object.entries(registers) as [string, Register][];
const params = makeParams({ ...presetParams('tiny'), prefix: 'acc_2' });

/** What the table says, by the names that C gives it. */
function wanted(): Map<string, number> {
  const values = new Map<string, number>();
  for (const [name, { address, fields }] of table) {
    values.set(`ACC_2_REG_${name}`, address);
    for (const [field, { low, bits }] of Object.entries(fields)) {
      const inC = field === 'value' ? name : `${name}_${constantName(field)}`;
      values.set(`ACC_2_${inC}_SHIFT`, low);
      values.set(`ACC_2_${inC}_MASK`, (2 ** bits - 1) * 2 ** low);
    }
  }
  for (const [name, value] of Object.entries(constantRegisters(params))) values.set(`ACC_2_VALUE_${name}`, value);
  for (const name of counters) values.set(`ACC_2_COUNTER_${constantName(name)}`, counterAddress(name));
  for (const [name, code] of Object.entries(completionCodes)) values.set(`ACC_2_CODE_${constantName(name)}`, code);
  return values.set('ACC_2_COUNTER_COUNT', counters.length).set('ACC_2_COUNTER_BASE', counterAddress('cycles'));
}

describe('the C header', () => {
  testNeeding(['gcc'], 'compiles without a warning and has the value of the table under every name', async () => {
    const { name, text } = registerHeader(params);
    const names = [...wanted().keys()];
    const program = `#include <stdio.h>\n#include "${name}"\nint main(void) {\n${names.map((one) => `  printf("%lu\\n", (unsigned long)${one});`).join('\n')}\n  return 0;\n}\n`;
    await temporaryFolder(async (folder) => {
      await writeFile(join(folder, name), text);
      await writeFile(join(folder, 'values.c'), program);
      const compiled = await runTool({
        command: 'gcc',
        arguments: ['-std=c99', '-Wall', '-Wextra', '-pedantic', '-o', 'values', 'values.c'],
        folder,
        logFile: join(folder, 'gcc.log'),
      });
      expect(compiled.output).toBe('');
      const { output } = await runTool({ command: join(folder, 'values'), arguments: [], folder, logFile: join(folder, 'values.log') });
      expect(new Map(names.map((one, i) => [one, Number(output.split('\n')[i])]))).toEqual(wanted());
    });
  });

  it('defines no name twice and none that the table does not have', () => {
    const { text } = registerHeader(params);
    const defined = [...text.matchAll(/^(?:#define|  )\s*(ACC_2_\w+)/gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'ACC_2_REGS_H');
    expect(defined.toSorted()).toEqual([...wanted().keys()].sort());
  });
});

interface RdlRegister {
  readonly name: string;
  readonly address: number;
  readonly bits: number;
  readonly fields: readonly {
    readonly name: string;
    readonly high: number;
    readonly low: number;
    readonly properties: readonly string[];
  }[];
}

/** The part of SystemRDL 2.0 that is written here; anything else is an error. */
function parseRdl(text: string): {
  readonly name: string;
  readonly reset: { readonly port: string; readonly properties: readonly string[] };
  readonly registers: readonly RdlRegister[];
} {
  const code = text.replace(/^\/\/.*$/gm, '').trim();
  const map =
    /^addrmap (\w+) \{\s*name = "\w+";\s*default regwidth = 32;\s*default accesswidth = 32;\s*addressing = regalign;\s*signal \{ ([\w; ]+); \} (\w+);([\s\S]*)\};$/.exec(
      code,
    );
  if (map === null) throw new Error('not one address map');
  let rest = map[4]!.replace(/^\s*\/\/.*$/gm, '').trim();
  const found: RdlRegister[] = [];
  while (rest !== '') {
    const register =
      /^reg \{\s*(regwidth = 64;)?\s*desc = "[^"]*";((?:\s*field \{[^}]*\} \w+\[\d+:\d+\](?: = 0)?;)+)\s*\} (\w+) @ (0x[0-9a-f]+);\s*/.exec(
        rest,
      );
    if (register === null) throw new Error(`not a register: ${rest.slice(0, 80)}`);
    const fields = [...register[2]!.matchAll(/field \{ (?:desc = "[^"]*"; )?([^}]*) \} (\w+)\[(\d+):(\d+)\]/g)].map(
      ([, properties, name, high, low]) => ({
        name: name!,
        high: Number(high),
        low: Number(low),
        properties: properties!
          .split(';')
          .map((one) => one.trim())
          .filter((one) => one !== ''),
      }),
    );
    found.push({ name: register[3]!, address: Number(register[4]), bits: register[1] === undefined ? 32 : 64, fields });
    rest = rest.slice(register[0].length);
  }
  return { name: map[1]!, reset: { port: map[3]!, properties: map[2]!.split('; ') }, registers: found };
}

describe('the SystemRDL', () => {
  it('has every register, counter and field of the table at its place, with its access', () => {
    const access = {
      read: ['sw = r', 'hw = w'],
      write: ['sw = rw', 'hw = r'],
      clear: ['sw = rw', 'onwrite = woclr', 'hw = w', 'hwset'],
    } as const;
    const { name, registers: parsed } = parseRdl(registerRdl(params).text);
    expect(name).toBe('acc_2_regs');
    expect(parsed).toEqual([
      ...table.map(([register, { address, access: kind, fields }]) => ({
        name: register,
        address,
        bits: 32,
        fields: Object.entries(fields).map(([field, { low, bits, pulse }]) => ({
          name: field.toUpperCase(),
          high: low + bits - 1,
          low,
          properties: [...access[kind], ...(pulse === true ? ['singlepulse'] : [])],
        })),
      })),
      ...counters.map((counter) => ({
        name: `COUNTER_${constantName(counter)}`,
        address: counterAddress(counter),
        bits: 64,
        fields: [{ name: 'COUNT', high: 63, low: 0, properties: ['sw = r', 'hw = w'] }],
      })),
    ]);
  });

  it.each([
    ['rst_i', 'activehigh'],
    ['aresetn', 'activelow'],
  ] as const)('names the reset of the top with its level: %s', (reset, level) => {
    const { text } = registerRdl(makeParams({ ...params, port: { ...params.port, reset } }));
    expect(parseRdl(text).reset).toEqual({ port: reset, properties: [level, 'sync', 'cpuif_reset', 'field_reset'] });
  });

  it('is refused by the check when a register is lost, a place is no number, or a brace is missing', () => {
    const { text } = registerRdl(params);
    for (const wrong of [text.replace('} CONTROL @ 0x008;', ''), text.replace('@ 0x008', '@ 8x'), text.replace(/\};\s*$/, '')]) {
      expect(() => parseRdl(wrong)).toThrow();
    }
  });
});

describe('the TypeScript constants', () => {
  it('compile in strict mode and are what the table says', async () => {
    const { name, text } = registerTypes(params);
    await temporaryFolder(async (folder) => {
      const file = join(folder, name);
      await writeFile(file, text);
      const program = ts.createProgram([file], { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [] });
      expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
      const module = join(folder, 'regs.mjs');
      await writeFile(module, ts.transpile(text, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }));
      const emitted = (await import(module)) as object;
      expect({ ...emitted }).toEqual({
        registers: Object.fromEntries(
          table.map(([register, { address, access, fields }]) => [
            register,
            { address, access, fields: Object.fromEntries(Object.entries(fields).map(([field, { low, bits }]) => [field, { low, bits }])) },
          ]),
        ),
        constants: constantRegisters(params),
        counters: Object.fromEntries(counters.map((counter) => [counter, counterAddress(counter)])),
        codes: completionCodes,
      });
    });
  });
});

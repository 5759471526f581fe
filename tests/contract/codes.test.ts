import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arrayModes, codeList, constantName, policies } from '../../generator/contract/codes.js';
import { destinations } from '../../generator/contract/codes.js';
import { instructionFields } from '../../generator/contract/isa.js';
import { opcodes } from '../../generator/operations/opcodes.js';
import { chipId, chipVersion, completionCodes } from '../../generator/contract/registers.js';
import { codeMacros, localparams, registerMacros } from '../../generator/rtl/verilog-codes.js';

/** Lines of Verilog that hold a number where a table has a name; comments and the helper's own arguments do not count. */
function literalTwins(text: string): string[] {
  const names = [...Object.keys(completionCodes), ...arrayModes].map(constantName).join('|');
  const twins = [
    // A localparam of a code, with its table's prefix or without.
    /(?<!parameter (?:signed )?)\b(OP|TO|MODE|CODE|POLICY|RD|WR|STEP|ITEM|EVENT)_(?!BITS\b)[A-Z_]+ *= *\d/,
    new RegExp(`\\b(?:${names})\\s*=\\s*\\d+'d\\d`),
    // A comparison of what carries a code.
    /\b(?:\w*_)?(?:mode|dst|op|policy|code|kind|event)(?:_[iqo])? *(?:[=!]==?|[<>]=?) *\d+'[dhb]\d/,
    /\binstruction(?:_[iqo])?\[\d/,
    // A client of the memory port by its number.
    /\b(?:rd|wr)_(?:req_valid|req_ready|valid|ready|idle|pending|error|abort)\[\d/,
    new RegExp(chipId.toString(16), 'i'),
  ];
  return text.split('\n').filter((line) => twins.some((twin) => twin.test(line.replace(/\/\/.*$/, ''))));
}

function verilogIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.v(\.hbs)?$/.test(name))
    .map((name) => join(folder, name));
}

/** Cells of the rows below a heading whose first cell is a number. */
function numberedRows(file: string, from: string, to: string): string[][] {
  const text = readFileSync(file, 'utf8');
  const part = text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from) + from.length));
  return part
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('codes', () => {
  it.each([...verilogIn('templates'), ...verilogIn('testbench')])('stand in no Verilog as bare numbers: %s', (file) => {
    expect(literalTwins(readFileSync(file, 'utf8'))).toEqual([]);
  });

  it('are found when they do', () => {
    const twins = [
      "  localparam [7:0] WATCHDOG = 8'd19;",
      "  localparam [3:0] OP_LOAD = 4'd1;",
      '  localparam RD_ROWS = 2;',
      "  .store_i(ins_op == 4'd7),",
      "  if (mode_q >= 3'd3)",
      '  assign a = rd_valid[2];',
      '  wire [2:0] dst = instruction[6:4];',
      "  r_want = 32'h54524558;",
      "  (policy_i == 2'd0)",
      "  error_code != 8'd1",
      "  (item_kind == 2'd0)",
    ];
    expect(literalTwins(twins.join('\n'))).toEqual(twins);
    expect(literalTwins("  // mode == 3'd0\n  {{localparams 'OP' 'LOAD'}}\n  wire idle = state_q == 2'd0;")).toEqual([]);
  });

  it('become localparams and macros with the width of their field', () => {
    expect(localparams('TO', 'X RADD')).toBe("localparam [2:0] TO_X = 3'd0, TO_RADD = 3'd6;");
    expect(localparams('RD', 'ROWS')).toBe('localparam RD_ROWS = 2;');
    expect(localparams('CODE', 'LOADED STREAM_END')).toBe("localparam [7:0] CODE_LOADED = 8'd0, CODE_STREAM_END = 8'd11;");
    expect(codeMacros).toMatchObject({
      OP_STORE: opcodes.STORE,
      MODE_SCORES: 3,
      STEP_PAUSE: 6,
      INS_BIAS_SHIFT: '86+:5',
      CHIP_ID: "32'h54524558",
    });
  });

  it('of registers say which words a write changes, and which of their bits', () => {
    expect(registerMacros).toMatchObject({ REG_WORDS: 30, REG_WRITABLE_WORDS: "30'h2fffff34", REG_LOCKED_WORDS: "30'h7ffff00" });
    const stored = BigInt(String(registerMacros.REG_STORED_BITS).replace(/^960'h/, '0x'));
    const bitsAt = (byte: number): number => Number((stored >> BigInt(8 * byte)) & 0xffff_ffffn);
    expect([0x008, 0x00c, 0x010, 0x014, 0x028, 0x030, 0x068, 0x06c].map((byte) => bitsAt(byte).toString(16))).toEqual([
      '31',
      '0',
      '0',
      'f',
      'ffffff',
      '30f',
      '1f',
      'ffffffff',
    ]);
  });

  it('that no table has are refused', () => {
    expect(() => localparams('OP', 'LOAD SWAP')).toThrow('codes OP_SWAP: no such code; known are OP_END, OP_LOAD, ');
    expect(() => localparams('PORT', 'ROWS')).toThrow('codes PORT: no such table; known are OP, TO, MODE, ');
  });
});

describe('the documents', () => {
  it('list the operations of the table, no more and no fewer', () => {
    expect(numberedRows('docs/isa.md', '| op | name |', '\n\n').map(([code, name]) => [name, Number(code)])).toEqual(
      Object.entries(opcodes),
    );
  });

  it('list the fields of the instruction word in their order, and the destinations', () => {
    const text = readFileSync('docs/isa.md', 'utf8');
    const rows = [...text.matchAll(/^\| (\w+) \| (\d+) \| (\d+) \|/gm)].map(([, name, bits, low]) => ({
      name,
      bits: Number(bits),
      low: Number(low),
    }));
    expect(rows.filter(({ name }) => name !== 'reserved')).toEqual(instructionFields.map(({ name, bits, low }) => ({ name, bits, low })));
    const list = codeList(destinations.map((name) => name.replace(/^R/, 'R ')));
    expect(text).toContain(`| dst | 3 | 4 | ${list} |`);
    expect(instructionFields.find(({ name }) => name === 'dst')?.doc).toBe(list);
  });

  it('list every code of an error', () => {
    const errors = Object.entries(completionCodes).filter(([name]) => name !== 'notDone' && name !== 'good');
    expect(numberedRows('docs/chip.md', '## Errors', '\n## ').map(([code, name]) => [name, Number(code)])).toEqual(errors);
  });

  it('say what the chip calls itself and how policies are numbered', () => {
    const text = readFileSync('docs/registers.md', 'utf8');
    expect(text).toContain(`| 000 | ID | read | 31:0 | identifies this chip: 0x${chipId.toString(16)} |`);
    expect(text).toContain(`descriptors and registers: ${chipVersion} |`);
    expect(text).toContain(`policy | ${codeList(policies)}`);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../generator/util/package.js';
import { atLeast, tools, type Tool } from '../../generator/tools/versions.js';

describe('tool versions', () => {
  it.each([
    ['5.006', '5.006', true],
    ['5.020', '5.006', true],
    ['5.005', '5.006', false],
    ['4.038', '5.006', false],
    ['6', '5.006', true],
    ['12.0', '11.0', true],
    ['10.3', '11.0', false],
    ['0.23', '0.23', true],
    ['0.9', '0.23', false],
    ['11', '11.0', true],
    ['20.9.5', '20.19', false],
  ])('%s against %s: %s', (version, minimum, good) => {
    expect(atLeast(version, minimum)).toBe(good);
  });

  it.each([
    ['verilator', 'Verilator 5.006 2023-01-22 rev (Debian 5.006-3)', '5.006'],
    ['verilator', 'Verilator 5.041 devel rev v5.040-1-gabc', '5.041'],
    ['iverilog', 'Icarus Verilog version 11.0 (stable) ()\n\nCopyright 2000-2020', '11.0'],
    ['iverilog', 'Icarus Verilog version 12.0 (stable) (v12_0)', '12.0'],
    ['yosys', 'Yosys 0.23 (git sha1 7ce5011c24b)', '0.23'],
    ['yosys', 'Yosys 0.45+139 (git sha1 4d581a97d, g++ 13)', '0.45'],
    ['g++', '12.2.0', '12.2.0'],
    ['berkeley-abc', 'ABC command line: "version".\n\nUC Berkeley, ABC 1.01 (compiled Feb  7 2023 01:39:45)', '1.01'],
  ] as const)('reads the version of %s from %j', (name, output, version) => {
    expect(tools[name].pattern.exec(output)?.[1]).toBe(version);
  });

  it('names the same tools and packages as the set-up script', () => {
    const script = readFileSync(join(packageRoot(), 'scripts', 'setup.sh'), 'utf8');
    const listed = (name: string): string[] => new RegExp(`^readonly ${name}=\\(([^)]*)\\)$`, 'm').exec(script)?.[1]?.split(/\s+/) ?? [];
    const known = (onlySome: boolean): string[] =>
      Object.values<Tool>(tools)
        .filter(({ onlyFor }) => (onlyFor !== undefined) === onlySome)
        .map(({ command, debian, homebrew = '-' }) => `${command}:${debian}:${homebrew}`);
    expect(listed('needed').sort()).toEqual(known(false).sort());
    expect([...listed('tested'), ...listed('useful')]).toEqual(expect.arrayContaining(known(true)));
  });
});

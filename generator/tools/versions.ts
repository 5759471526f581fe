import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../util/package.js';

/** An external program: stated once, for the checks, the wrapper and doctor. */
export interface Tool {
  readonly command: string;
  readonly purpose: string;
  /** The oldest version that the tests have run on; undefined where any will do. */
  readonly minimum?: string;
  readonly versionArguments: readonly string[];
  /** The version in what the program prints. */
  readonly pattern: RegExp;
  readonly debian: string;
  /** Package of Homebrew; undefined where there is none. */
  readonly homebrew?: string;
  /** The commands that need it; `npm start` and everything else go without. */
  readonly onlyFor?: string;
}

export const tools = {
  verilator: {
    command: 'verilator',
    purpose: 'fast simulation, lint',
    minimum: '5.006',
    versionArguments: ['--version'],
    pattern: /^Verilator (\d[\d.]*)/m,
    debian: 'verilator',
    homebrew: 'verilator',
  },
  iverilog: {
    command: 'iverilog',
    purpose: 'four-state simulation, lint',
    minimum: '11.0',
    versionArguments: ['-V'],
    pattern: /^Icarus Verilog version (\d[\d.]*)/m,
    debian: 'iverilog',
    homebrew: 'icarus-verilog',
    onlyFor: '--simulator icarus, npm test',
  },
  yosys: {
    command: 'yosys',
    purpose: 'synthesis checks, sizes',
    minimum: '0.23',
    versionArguments: ['-V'],
    pattern: /^Yosys (\d[\d.]*)/m,
    debian: 'yosys',
    homebrew: 'yosys',
    onlyFor: 'synth, place by nextpnr, diff --synth, sweep --fidelity synthesis, npm test',
  },
  'g++': {
    command: 'g++',
    purpose: 'compiles what Verilator writes',
    versionArguments: ['-dumpfullversion', '-dumpversion'],
    pattern: /^(\d[\d.]*)/m,
    debian: 'g++',
    homebrew: 'gcc',
  },
  'nextpnr-ice40': {
    command: 'nextpnr-ice40',
    purpose: 'place and route',
    versionArguments: ['--version'],
    pattern: /Version ([\w.+-]+)/,
    debian: 'nextpnr-ice40',
    onlyFor: '--target ice40 of synth, diff --synth and sweep --fidelity synthesis, place --tool nextpnr-ice40',
  },
  sta: {
    command: 'sta',
    purpose: 'longest paths',
    versionArguments: ['-version'],
    pattern: /^(\d[\d.]*)/m,
    debian: 'opensta',
    onlyFor: '--target asic of synth, diff --synth and sweep --fidelity synthesis',
  },
  'berkeley-abc': {
    command: 'berkeley-abc',
    purpose: 'proofs',
    versionArguments: ['-c', 'version'],
    pattern: /ABC (\d[\d.]*)/,
    debian: 'berkeley-abc',
    onlyFor: 'npm run formal',
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

/** The oldest Node that package.json allows. */
export function minimumNode(): string {
  const { engines } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { engines: { node: string } };
  return engines.node.replace('>=', '');
}

/** Whether a version is at least another, number by number: 5.020 is 5.20 and later than 5.006. */
export function atLeast(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number);
  const want = minimum.split('.').map(Number);
  for (const [i, number] of want.entries()) {
    const difference = (have[i] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** What to type to install tools. */
export function installHint(missing: readonly Tool[]): string[] {
  const brewed = missing.flatMap(({ homebrew }) => homebrew ?? []);
  return [
    `  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y ${missing.map(({ debian }) => debian).join(' ')}`,
    ...(brewed.length > 0 ? [`  macOS:           brew install ${brewed.join(' ')}`] : []),
  ];
}

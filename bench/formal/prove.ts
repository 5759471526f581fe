import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeMacros, registerMacros } from '../../generator/rtl/verilog-codes.js';
import type { RtlFile } from '../../generator/rtl/render.js';
import { runTool } from '../../generator/tools/run-tool.js';
import { ToolError } from '../../generator/util/errors.js';
import { afterReset } from './after-reset.js';

/** A text substitution in the unit that must break the property. */
export interface Mutant {
  readonly what: string;
  readonly find: string;
  readonly put: string;
}

/** One property of testbench/formal/<unit>_formal.v, on a unit of one size. */
export interface Property {
  readonly unit: string;
  /** Number in the header of the wrapper. */
  readonly index: number;
  readonly claim: string;
  /** The unit with its submodules. */
  readonly files: readonly RtlFile[];
  /** Parameters of the unit, which the wrapper takes as macros. */
  readonly macros: Readonly<Record<string, number>>;
  /** The property is proved case by case: a macro of the wrapper that takes the values 0 .. number - 1. */
  readonly cases?: { readonly macro: string; readonly number: number };
  /** Checked up to so many cycles only; a proof for all is not attempted. */
  readonly frames?: number;
  readonly mutant: Mutant;
}

/** Proved for every number of cycles, refuted at a cycle, or checked up to a number of cycles. */
export type Verdict =
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'refuted'; readonly frame: number }
  | { readonly kind: 'bounded'; readonly frames: number };

export interface Outcome {
  readonly verdict: Verdict;
  readonly seconds: number;
}

const wrapperFolder = new URL('../../testbench/formal/', import.meta.url).pathname;

/** A flip-flop begins at its initial value, or at 0: the wrappers say nothing before a reset. */
function yosysScript(top: string, sources: readonly string[], macros: Readonly<Record<string, number>>, checkOnly: boolean): string {
  const defines = Object.entries({ ...codeMacros, ...registerMacros, ...macros })
    .map(([name, value]) => `-D ${name}=${value}`)
    .join(' ');
  return [
    `read_verilog ${defines} ${sources.join(' ')}`,
    `hierarchy -check -top ${top}`,
    'proc -norom',
    'flatten',
    'opt',
    'memory -nomap',
    'memory_map',
    'opt',
    'async2sync',
    'dffunmap',
    'setundef -undriven -anyseq',
    'techmap',
    'opt',
    'dffunmap',
    'setundef -undriven -anyseq',
    'aigmap',
    'opt_clean',
    'write_aiger -symbols raw.aig',
    ...(checkOnly ? [] : ['abc -g AND', 'opt_clean', 'write_aiger -zinit design.aig']),
  ].join('; ');
}

function verdictOf(output: string): Verdict | undefined {
  const asserted = /was asserted in frame (\d+)/.exec(output);
  if (asserted) return { kind: 'refuted', frame: Number(asserted[1]) };
  return /Property proved/.test(output) ? { kind: 'unbounded' } : undefined;
}

function bounded(output: string): Verdict {
  // Its lines of progress count from 0, and stand in the log when it did not end in time.
  const frames = [...output.matchAll(/^ *(\d+) [+-] : /gm)].map(([, frame]) => Number(frame) + 1).at(-1);
  return verdictOf(output) ?? { kind: 'bounded', frames: frames ?? 0 };
}

/** ABC on a circuit of the folder; what starts undefined starts as a free input says. */
async function abc(folder: string, command: string, seconds: number, file = 'design.aig'): Promise<string> {
  const logFile = join(folder, 'abc.log');
  try {
    await runTool({
      command: 'berkeley-abc',
      arguments: ['-c', `read_aiger ${file}; logic; undc; strash; zero; ${command.startsWith('bmc3') ? '' : 'scorr; '}${command}`],
      folder,
      logFile,
      timeoutMs: (seconds + 20) * 1000,
    });
  } catch (error) {
    // A call of its solver does not look at the clock; what it has found until then stands in the log.
    if (!(error instanceof ToolError && error.message.includes('took longer'))) throw error;
  }
  return readFileSync(logFile, 'utf8');
}

/** All cycles at once, from a reset on or from the start, else as many as there is time for; of a mutant counterexamples first. */
async function decide(folder: string, seconds: number, mutated: boolean, frames: number | undefined): Promise<Verdict> {
  if (frames !== undefined) return bounded(await abc(folder, `bmc3 -v -F ${frames} -T ${seconds}`, seconds, 'raw.aig'));
  if (mutated) {
    const found = verdictOf(await abc(folder, `bmc3 -T ${seconds}`, seconds));
    if (found?.kind === 'refuted') return found;
  } else {
    const begun = afterReset(readFileSync(join(folder, 'raw.aig')));
    if (begun !== undefined) {
      writeFileSync(join(folder, 'begun.aig'), begun);
      const found = verdictOf(await abc(folder, `pdr -T ${seconds}`, seconds, 'begun.aig'));
      // A counterexample may begin where no reset leads.
      if (found?.kind === 'unbounded') return found;
    }
  }
  const proof = verdictOf(await abc(folder, `pdr -T ${seconds}`, seconds));
  if (proof !== undefined) return proof;
  return bounded(await abc(folder, `bmc3 -v -T ${seconds}`, seconds));
}

/** The substitution must change something, or the mutant would prove nothing. */
function mutated({ files, mutant: { what, find, put } }: Property): RtlFile[] {
  const out = files.map(({ name, text }) => ({ name, text: text.replaceAll(find, () => put) }));
  if (out.every(({ text }, i) => text === files[i]?.text)) throw new Error(`mutant "${what}": nothing to replace`);
  return out;
}

async function proveCase(property: Property, macros: Property['macros'], which: 'unit' | 'mutant', seconds: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-formal-'));
  const top = `${property.unit}_formal`;
  const files = [
    ...(which === 'mutant' ? mutated(property) : property.files),
    { name: `${top}.v`, text: readFileSync(join(wrapperFolder, `${top}.v`), 'utf8') },
  ];
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const script = yosysScript(
    top,
    files.map(({ name }) => name),
    { ...macros, PROPERTY: property.index },
    property.frames !== undefined,
  );
  await runTool({ command: 'yosys', arguments: ['-q', '-p', script], folder, logFile: join(folder, 'yosys.log') });
  const verdict = await decide(folder, seconds, which === 'mutant', property.frames);
  rmSync(folder, { recursive: true });
  return verdict;
}

/** Whether the property holds; of the unit as it is, or of its mutant. The first case that is not proved decides; one that refutes a mutant will do. */
export async function prove(property: Property, which: 'unit' | 'mutant', seconds: number): Promise<Outcome> {
  const started = performance.now();
  const { macros, cases } = property;
  const all = cases === undefined ? [macros] : Array.from({ length: cases.number }, (_, value) => ({ ...macros, [cases.macro]: value }));
  let verdict: Verdict = { kind: 'unbounded' };
  for (const each of all) {
    verdict = await proveCase(property, each, which, seconds);
    if (verdict.kind === (which === 'unit' ? 'bounded' : 'refuted') || verdict.kind === 'refuted') break;
  }
  return { verdict, seconds: (performance.now() - started) / 1000 };
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RtlFile } from '../../generator/rtl/render.js';
import { runTool, ToolError } from '../../generator/tools/run.js';

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
function yosysScript(top: string, sources: readonly string[], macros: Readonly<Record<string, number>>): string {
  const defines = Object.entries(macros).map(([name, value]) => `-D ${name}=${value}`).join(' ');
  return [
    `read_verilog ${defines} ${sources.join(' ')}`, `hierarchy -check -top ${top}`, 'proc -norom', 'flatten', 'opt', 'memory -nomap', 'memory_map', 'opt', 'async2sync',
    'dffunmap', 'setundef -undriven -anyseq', 'techmap', 'opt', 'dffunmap', 'abc -g AND', 'opt_clean', 'write_aiger -zinit design.aig',
  ].join('; ');
}

function verdictOf(output: string): Verdict | undefined {
  const asserted = /was asserted in frame (\d+)/.exec(output);
  if (asserted) return { kind: 'refuted', frame: Number(asserted[1]) };
  return /Property proved/.test(output) ? { kind: 'unbounded' } : undefined;
}

/** ABC on design.aig of the folder. */
async function abc(folder: string, command: string, seconds: number): Promise<string> {
  const logFile = join(folder, 'abc.log');
  try {
    await runTool({ command: 'berkeley-abc', arguments: ['-c', `read_aiger design.aig; strash; scorr; ${command}`], folder, logFile, timeoutMs: (seconds + 20) * 1000 });
  } catch (error) {
    // A call of its solver does not look at the clock; what it has found until then stands in the log.
    if (!(error instanceof ToolError && error.message.includes('took longer'))) throw error;
  }
  return readFileSync(logFile, 'utf8');
}

/** All cycles at once, else as many as there is time for; of a mutant counterexamples first. */
async function decide(folder: string, seconds: number, mutated: boolean): Promise<Verdict> {
  if (mutated) {
    const found = verdictOf(await abc(folder, `bmc3 -T ${seconds}`, seconds));
    if (found?.kind === 'refuted') return found;
  }
  const proof = verdictOf(await abc(folder, `pdr -T ${seconds}`, seconds));
  if (proof !== undefined) return proof;
  const output = await abc(folder, `bmc3 -T ${seconds}`, seconds);
  const frames = [...output.matchAll(/No output asserted in (\d+) frames/g)].at(-1);
  return verdictOf(output) ?? { kind: 'bounded', frames: Number(frames?.[1] ?? 0) };
}

/** The substitution must change something, or the mutant would prove nothing. */
function mutated({ files, mutant: { what, find, put } }: Property): RtlFile[] {
  const out = files.map(({ name, text }) => ({ name, text: text.replaceAll(find, () => put) }));
  if (out.every(({ text }, i) => text === files[i]?.text)) throw new Error(`mutant "${what}": nothing to replace`);
  return out;
}

/** Whether the property holds; of the unit as it is, or of its mutant. */
export async function prove(property: Property, which: 'unit' | 'mutant', seconds: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-formal-'));
  const top = `${property.unit}_formal`;
  const started = performance.now();
  const files = [...(which === 'mutant' ? mutated(property) : property.files), { name: `${top}.v`, text: readFileSync(join(wrapperFolder, `${top}.v`), 'utf8') }];
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const script = yosysScript(top, files.map(({ name }) => name), { ...property.macros, PROPERTY: property.index });
  await runTool({ command: 'yosys', arguments: ['-q', '-p', script], folder, logFile: join(folder, 'yosys.log') });
  const verdict = await decide(folder, seconds, which === 'mutant');
  rmSync(folder, { recursive: true });
  return { verdict, seconds: (performance.now() - started) / 1000 };
}

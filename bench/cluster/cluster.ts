/** A Slurm cluster of one node, and what can go wrong with it. Everything is ended by the process number that it has written down. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

const packages = ['slurm-wlm', 'munge'];

/** Installs what is missing, as root. */
export async function requireSlurm(): Promise<void> {
  const found = await Promise.all(
    ['slurmctld', 'slurmd', 'munged'].map((name) => execa('sh', ['-c', `command -v ${name}`], { reject: false })),
  );
  if (found.every(({ exitCode }) => exitCode === 0)) return;
  await execa('apt-get', ['-qq', 'update'], { reject: false, stdio: 'ignore' });
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

export class Cluster {
  readonly env: Readonly<Record<string, string>>;
  private readonly node = hostname().split('.')[0]!;

  constructor(private readonly folder: string) {
    this.env = { SLURM_CONF: join(folder, 'slurm.conf') };
  }

  async start(slots: number): Promise<void> {
    await execa('bash', [join(dirname(fileURLToPath(import.meta.url)), 'start.sh'), this.folder, String(slots)], { env: this.env });
    await this.untilIdle();
  }

  untilIdle(): Promise<void> {
    return this.until(/^(idle|mixed|allocated)$/);
  }

  /** Waits for a state of the node. */
  async until(state: RegExp): Promise<void> {
    let stdout = '';
    for (let tries = 0; tries < 600; tries++, await sleep(200)) {
      ({ stdout } = await this.slurm('sinfo', '-h', '-o', '%T'));
      if (state.test(stdout)) return;
    }
    throw new Error(`the node is ${stdout} and does not come to ${String(state)}`);
  }

  /** Number of a task that runs, once one does. */
  async untilRunning(): Promise<string> {
    for (let tries = 0; tries < 600; tries++, await sleep(100)) {
      const [job = ''] = (await this.slurm('squeue', '-h', '-r', '-t', 'RUNNING', '-o', '%A')).stdout.split('\n');
      if (job !== '') return job;
    }
    throw new Error('no task runs');
  }

  async slurm(command: string, ...given: readonly string[]): Promise<{ stdout: string; exitCode: number | undefined }> {
    const { stdout, exitCode } = await execa(command, given, { env: this.env, reject: false });
    return { stdout, exitCode };
  }

  private pid(name: string): number | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
  }

  private kill(pid: number | undefined): void {
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }

  /** Kills a daemon, and starts it again after a while. */
  async bounce(daemon: 'slurmctld' | 'slurmd', downMs: number): Promise<void> {
    this.kill(this.pid(`${daemon}.pid`));
    await sleep(downMs);
    await execa(daemon, ['-f', join(this.folder, 'slurm.conf')], { env: this.env });
  }

  /**
   * Resumes the node when the controller, killed before it had written down a job, has drained it for one that it did not know
   * (`Duplicate jobid`), and releases tasks that it holds since their launch failed: both wait for an administrator.
   */
  async revive(): Promise<void> {
    const { stdout: state } = await this.slurm('sinfo', '-h', '-o', '%T');
    if (state.startsWith('drain')) await this.update('State=RESUME');
    const { stdout } = await this.slurm('squeue', '-h', '-r', '-t', 'PENDING', '-o', '%A %r');
    for (const [, task = ''] of stdout.matchAll(/^(\d+) .*held/gim)) await this.slurm('scontrol', 'release', task);
  }

  /** A random task of those that run: killed, cancelled or begun anew. */
  async harmJob(random: () => number): Promise<boolean> {
    const { stdout } = await this.slurm('squeue', '-h', '-r', '-t', 'RUNNING', '-o', '%A');
    const jobs = stdout.split('\n').filter((line) => line !== '');
    const job = jobs[Math.floor(random() * jobs.length)];
    if (job === undefined) return false;
    const ways = [['scancel', '--batch', '--signal=KILL'], ['scancel'], ['scontrol', 'requeue']];
    const [command = '', ...given] = ways[Math.floor(random() * ways.length)]!;
    await this.slurm(command, ...given, job);
    return true;
  }

  async update(...change: readonly string[]): Promise<void> {
    await this.slurm('scontrol', 'update', `NodeName=${this.node}`, ...change);
  }

  async stop(): Promise<void> {
    await this.slurm('scancel', '--full', '--user=root');
    await sleep(500);
    for (const name of ['slurmd.pid', 'slurmctld.pid', 'munge/pid']) this.kill(this.pid(name));
  }

  log(name: string): string {
    return readdirSync(this.folder).includes(name) ? readFileSync(join(this.folder, name), 'utf8') : '';
  }
}

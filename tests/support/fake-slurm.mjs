/**
 * A Slurm of one file, called by the name of each of its programs: node fake-slurm.mjs PROGRAM ARGUMENTS. Its state lies in the
 * folder FAKE_SLURM, beside behaviour.json: what the tasks of the n-th array do. A task that does not measure its points by the
 * sweep's own script writes results as that would.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [program, ...given] = process.argv.slice(2);
const folder = process.env.FAKE_SLURM;
const load = (name, initial) => (existsSync(join(folder, name)) ? JSON.parse(readFileSync(join(folder, name), 'utf8')) : initial);
const save = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
const option = (name) => given.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);

const behaviour = load('behaviour.json', {});
const jobs = load('jobs.json', []);
save('calls.json', [...load('calls.json', []), [program, ...given]]);

function fail(text, code = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

/** What Slurm writes into the log of a task that it ends to begin it anew. */
const words = { NODE_FAIL: 'NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS', PREEMPTED: 'PREEMPTION', requeue: 'JOB REQUEUE' };

/** What a task writes: the result of a point, and what it is at. */
function writers(task, record, sweepFolder) {
  const point = (item, move = true) => {
    const path = join(sweepFolder, 'points', `${item.key}.json`);
    const content = JSON.stringify({
      sweep: record.sweep,
      key: item.key,
      outcome: { state: 'measured', objectives: { cycles: item.number }, detail: {} },
    });
    writeFileSync(join(sweepFolder, 'points', '.trexgen-1-00000000.draft'), content);
    if (move) renameSync(join(sweepFolder, 'points', '.trexgen-1-00000000.draft'), path);
    return path;
  };
  const at = (key, ended, more = {}) =>
    writeFileSync(
      join(sweepFolder, 'arrays', record.name, `${task}.json`),
      JSON.stringify({ job: `x_${task}`, node: 'n1', restarts: 0, ...(key && { key }), ended, ...more }),
    );
  return { point, at };
}

/** A task that Slurm ends and begins anew: seen to wait in between, or not. */
function requeue(cause, isSeen, task, record, sweepFolder, script) {
  const { at } = writers(task, record, sweepFolder);
  at(record.jobs[task].items.at(-1).key, false);
  if (cause !== 'silently')
    writeFileSync(
      join(sweepFolder, 'arrays', record.name, `${task}.log`),
      `slurmstepd: error: *** JOB 101 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO ${words[cause]} ***\n`,
    );
  return isSeen ? ['PENDING', '0:0', 1, 'again'] : run('again by itself', task, record, sweepFolder, script);
}

/** State, exit code and restarts of a task, whose results are there as far as it got; then what it does when it is looked at next. */
function run(how, task, record, sweepFolder, script) {
  const { point, at } = writers(task, record, sweepFolder);
  const { items } = record.jobs[task];
  const [, cause, unseen] = /^requeued (\w+)( unseen)?$/.exec(how ?? '') ?? [];
  if (cause !== undefined) return requeue(cause, unseen === undefined, task, record, sweepFolder, script);
  switch (how) {
    case 'real': {
      const env = { ...process.env, SLURM_ARRAY_JOB_ID: '1', SLURM_ARRAY_TASK_ID: String(task), SLURM_JOB_NAME: record.name };
      const { status } = spawnSync('sh', [script], { env, stdio: 'ignore' });
      return ['COMPLETED', `${status}:0`];
    }
    case 'again':
      items.forEach((item) => point(item));
      at(undefined, true, { restarts: 1, node: 'n2', earlier: [{ node: 'n1', restarts: 0, key: items.at(-1).key }] });
      return ['COMPLETED', '0:0', 1];
    case 'again by itself': {
      // Its own script, which finds what its first run has left; its points have results by then.
      items.forEach((item) => point(item));
      const env = { ...process.env, SLURM_ARRAY_TASK_ID: String(task), SLURM_JOB_NAME: record.name, SLURM_RESTART_COUNT: '1' };
      const { status } = spawnSync('sh', [script], { env: { ...env, SLURMD_NODENAME: 'n2' }, stdio: 'ignore' });
      return ['COMPLETED', `${status}:0`, 1];
    }
    case 'later':
      return ['PENDING', '0:0', 0, null];
    case 'not shared': {
      const elsewhere = join(folder, 'elsewhere.sh');
      writeFileSync(elsewhere, readFileSync(script, 'utf8').replaceAll(sweepFolder, '/no-such-folder'));
      const { status } = spawnSync('sh', [elsewhere], {
        env: { ...process.env, SLURM_ARRAY_TASK_ID: String(task), SLURM_JOB_NAME: record.name },
      });
      return ['FAILED', `${status}:0`];
    }
    case 'skewed': {
      // A node whose clock is years ahead, and one years behind.
      items.forEach((item, i) => utimesSync(point(item), i % 2 === 0 ? 1 : 4e9, i % 2 === 0 ? 1 : 4e9));
      return ['COMPLETED', '0:0'];
    }
    case 'draft':
      at(items[0].key, false);
      point(items[0], false);
      return ['FAILED', '0:9'];
    case 'never':
      return ['PENDING', '0:0'];
    case undefined:
    case null:
      items.forEach((item) => point(item));
      at(undefined, true);
      return ['COMPLETED', '0:0'];
    default:
      // The first points are measured, the last one ends the job.
      items.slice(0, -1).forEach((item) => point(item));
      at(items.at(-1).key, false);
      return [how, '0:125'];
  }
}

if (behaviour.silent > 0 && program !== 'sbatch') {
  save('behaviour.json', { ...behaviour, silent: behaviour.silent - 1 });
  fail('slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
}
if (program === 'sbatch') {
  if (option('partition') === 'wrong')
    fail('sbatch: error: invalid partition specified: wrong\nallocation failure: Invalid partition name specified');
  if (given.includes('--test-only')) process.exit(0);
  const script = given.at(-1);
  const name = option('job-name');
  const record = JSON.parse(readFileSync(join(dirname(script), 'arrays', name, 'tasks.json'), 'utf8'));
  const waiting = jobs.flatMap(({ states }) => states).filter(([state]) => state === 'PENDING').length;
  if (waiting + record.jobs.length > (behaviour.submitted ?? Infinity))
    fail(
      `sbatch: error: ${behaviour.limit}\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit)`,
    );
  if (record.jobs.length > (behaviour.largest ?? Infinity))
    fail('sbatch: error: Batch job submission failed: Invalid job array specification');
  const how = behaviour.arrays?.[jobs.length] ?? behaviour.all ?? [];
  const states = record.jobs.map((_, task) => run(Array.isArray(how) ? how[task] : how, task, record, dirname(script), script));
  jobs.push({ name, states, script, looks: 0 });
  save('jobs.json', jobs);
  // The controller ends after it has taken the jobs and before it says so.
  if (behaviour.mute === jobs.length) fail('sbatch: error: Batch job submission failed: Socket timed out on send/recv operation');
  process.stdout.write(`${jobs.length}\n`);
} else if (program === 'squeue') {
  const at = jobs.findIndex(({ name }) => name === given[given.indexOf('-n') + 1]);
  if (at >= 0) process.stdout.write(`${at + 1}\n`);
} else if (program === 'scontrol' && given[1] === 'config') process.stdout.write('MaxArraySize            = 4\n');
else if (program === 'scontrol') {
  const number = Number(given.at(-1));
  const job = jobs[number - 1];
  const shown = (job?.states ?? []).filter(([state]) => state !== 'LOST' && !(behaviour.accounting && state !== 'PENDING'));
  if (shown.length === 0) fail('slurm_load_jobs error: Invalid job id specified');
  job.states.forEach(([state, exitCode, restarts = 0], task) => {
    if (shown.some((one) => one === job.states[task]))
      process.stdout.write(
        `JobId=${100 + task} ArrayJobId=${number} ArrayTaskId=${task} JobState=${state} ExitCode=${exitCode} NodeList=n1 BatchHost=n1 Restarts=${restarts}\n`,
      );
  });
  // Who has been seen to wait runs then.
  const record = JSON.parse(readFileSync(join(dirname(job.script), 'arrays', job.name, 'tasks.json'), 'utf8'));
  job.states = job.states.map((state, task) => (state.length < 4 ? state : run(state[3], task, record, dirname(job.script), job.script)));
  save('jobs.json', jobs);
} else if (program === 'sacct') {
  if (!behaviour.accounting) fail('Slurm accounting storage is disabled');
  if (given.includes('-D')) {
    process.stdout.write(`2026-01-01T00:00:09|COMPLETED\n2026-01-01T00:00:00|${behaviour.earlier}\n`);
    process.exit(0);
  }
  for (const number of given.at(-1).split(','))
    jobs[number - 1]?.states.forEach(([state, exitCode], task) => process.stdout.write(`${number}_${task}|${state}|${exitCode}|n1\n`));
} else if (program === 'scancel') {
  save('cancelled.json', given);
  if (behaviour.refusal !== undefined) fail(behaviour.refusal);
}

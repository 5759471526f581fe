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

/** State and exit code of a task, whose results are there as far as it got. */
function run(how, task, record, sweepFolder, script) {
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
  const at = (key, ended) =>
    writeFileSync(
      join(sweepFolder, 'arrays', record.name, `${task}.json`),
      JSON.stringify({ job: `x_${task}`, node: 'n1', restarts: 0, ...(key && { key }), ended }),
    );
  const { items } = record.jobs[task];
  switch (how) {
    case 'real': {
      const env = { ...process.env, SLURM_ARRAY_JOB_ID: '1', SLURM_ARRAY_TASK_ID: String(task), SLURM_JOB_NAME: record.name };
      const { status } = spawnSync('sh', [script], { env, stdio: 'ignore' });
      return ['COMPLETED', `${status}:0`];
    }
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
  const how = behaviour.arrays?.[jobs.length] ?? behaviour.all ?? [];
  const states = record.jobs.map((_, task) => run(Array.isArray(how) ? how[task] : how, task, record, dirname(script), script));
  jobs.push({ name, states });
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
  job.states.forEach(([state, exitCode], task) => {
    if (shown.some((one) => one === job.states[task]))
      process.stdout.write(
        `JobId=${100 + task} ArrayJobId=${number} ArrayTaskId=${task} JobState=${state} ExitCode=${exitCode} NodeList=n1 BatchHost=n1\n`,
      );
  });
} else if (program === 'sacct') {
  if (!behaviour.accounting) fail('Slurm accounting storage is disabled');
  for (const number of given.at(-1).split(','))
    jobs[number - 1]?.states.forEach(([state, exitCode], task) => process.stdout.write(`${number}_${task}|${state}|${exitCode}|n1\n`));
} else if (program === 'scancel') save('cancelled.json', given);

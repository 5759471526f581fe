import type { Command } from 'commander';
import { doctor, type Diagnosis, type DoctorOptions, type PackageState, type ToolState } from '../index.js';
import { alignColumns } from '../util/aligned.js';
import { addCacheOption } from './options.js';
import { print } from './print.js';
import { exitCodes } from './report-error.js';

function formatRows(rows: readonly ToolState[]): string[] {
  const cells = [
    ['tool', 'version', 'minimum', 'for'],
    ...rows.map(({ name, version, minimum, purpose }) => [name, version ?? 'missing', minimum ?? 'any', purpose]),
  ];
  return alignColumns(cells, 'llll');
}

function formatPackages(rows: readonly PackageState[]): string[] {
  const cells = [
    ['optional package', 'version', 'wanted', 'for'],
    ...rows.map(({ name, version, wanted, purpose }) => [name, version ?? 'missing', wanted, purpose]),
  ];
  const other = rows.filter(({ version, wanted }) => version !== wanted).map(({ name, wanted }) => `${name}@${wanted}`);
  return ['', ...alignColumns(cells, 'llll'), ...(other.length > 0 ? [`  for all of them: npm install ${other.join(' ')}`] : [])];
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

function formatCache({ folder, builds, bytes, limitBytes }: Diagnosis['cache'], removed: Diagnosis['removed']): string[] {
  return [
    '',
    `built simulations: ${builds}, ${megabytes(bytes)} of at most ${megabytes(limitBytes)}, in ${folder}`,
    ...(removed === undefined
      ? []
      : [`removed: ${removed.builds}, ${megabytes(removed.bytes)}${builds > 0 ? '; the rest is in use' : ''}`]),
  ];
}

function formatDiagnosis({ tools, packages, cache, removed, problems, install, optional }: Diagnosis): string {
  return [
    ...formatRows(tools),
    ...formatPackages(packages),
    ...formatCache(cache, removed),
    ...(optional.length > 0 ? ['', 'optional tools that are missing or too old:', ...optional] : []),
    ...(problems.length > 0 ? [''] : []),
    ...problems,
    ...install,
  ].join('\n');
}

export function addDoctor(program: Command): void {
  addCacheOption(program.command('doctor'))
    .description(
      'print the tools and optional packages, their versions, what to type when one is missing, and what the cache of built simulations holds',
    )
    .option('--clean', 'remove all built simulations that no running process uses')
    .option('--json', 'print JSON')
    .action(async ({ json = false, ...options }: DoctorOptions & { readonly json?: boolean }) => {
      const { optional, ...found } = await doctor(options);
      const install = found.install.map((line) => line.trim());
      print(json ? `${JSON.stringify({ ...found, install }, null, 2)}\n` : `${formatDiagnosis({ ...found, optional })}\n`);
      if (!found.good) process.exitCode = exitCodes.usage;
    });
}

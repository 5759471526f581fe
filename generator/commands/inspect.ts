import type { Command } from 'commander';
import { fields, inspect, type Field, type Inspection, type Params, type ParamsSource } from '../index.js';
import { alignColumns } from '../util/aligned.js';
import { addParamsOptions } from './options.js';
import { print } from './print.js';

const number = (value: number): string => value.toLocaleString('en-US');

function parameterRows(params: Params): string[][] {
  return [
    ['prefix', params.prefix, '', 'first part of every module name'],
    ...Object.entries<Readonly<Record<string, Field>>>(fields).flatMap(([group, members]) => {
      const values: Readonly<Record<string, unknown>> = params[group as keyof typeof fields];
      return Object.entries(members).map(([name, field]) => [
        `${group}.${name}`,
        String(values[name]),
        'unit' in field ? field.unit : '',
        field.doc,
      ]);
    }),
  ];
}

function streamLine({ stepCycles, portBits, expandBits, denseBits }: Inspection['stream']): string[] {
  return [['expand', expandBits] as const, ['dense', denseBits] as const].map(
    ([mode, bits]) =>
      `${mode}: a step holds its weights for ${stepCycles} cycles and needs ${bits} bits; the port brings up to ${portBits}${bits > portBits ? `, so the array waits: ${Math.ceil((bits / portBits) * stepCycles)} cycles per step` : ''}`,
  );
}

/** Everything in words and tables. */
function formatInspection(found: Inspection): string {
  const { derived, envelope } = found;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`configuration ${found.configHash}`, alignColumns(parameterRows(found.params), 'lrll')],
    [
      'derived',
      alignColumns(
        [
          ['window', number(derived.windowTokens), 'tokens'],
          ['slice', number(derived.sliceTokens), 'tokens'],
          ['lanes', number(derived.lanes), 'tokens at a time'],
          ['column word', number(derived.wordBits), 'bits'],
          ['accumulator', number(derived.accBits), 'bits'],
          ['P bank', number(derived.bankRows), 'rows'],
        ],
        'lrl',
      ),
    ],
    [
      'largest model',
      alignColumns(
        [
          ['request', number(envelope.requestTokens), 'tokens'],
          ['requests', number(envelope.requestsPerWindow), 'a window at most'],
          ['width', number(envelope.width), 'features'],
          ['hidden', number(envelope.hidden), 'features'],
          ['rank', number(envelope.rank), 'ranks'],
          ['W_S', number(envelope.sharedWeights), `weights in ${envelope.matrices} matrices at most`],
          ['program', number(envelope.instructions), 'instructions'],
        ],
        'lrl',
      ),
    ],
    [
      'memories',
      alignColumns(
        [
          ['memory', 'copies', 'words', 'bits per word', 'bits', 'holds'],
          ...found.memories.map(({ name, instances, words, wordBits, bits, holds }) => [
            name,
            number(instances),
            number(words),
            number(wordBits),
            number(bits),
            holds,
          ]),
          ['sum', '', '', '', number(found.memoryBits), ''],
        ],
        'lrrrrl',
      ),
    ],
    [
      'multipliers',
      alignColumns([...found.multipliers.map(({ name, count }) => [name, number(count)]), ['sum', number(found.multiplierCount)]], 'lr'),
    ],
    ['weight stream', streamLine(found.stream)],
  ];
  return `${sections.map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)].join('\n')).join('\n\n')}\n`;
}

export function addInspect(program: Command): void {
  addParamsOptions(program.command('inspect'))
    .description('print parameters, derived widths, memories, multipliers and the largest model of a configuration')
    .option('--json', 'print JSON')
    .action(async ({ json = false, ...source }: ParamsSource & { json?: boolean }) => {
      const found = await inspect(source);
      print(json ? `${JSON.stringify(found, null, 2)}\n` : formatInspection(found));
    });
}

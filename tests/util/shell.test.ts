import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { commandLine, shellCommand, shellWord } from '../../generator/util/shell.js';
import { printableLine } from '../../generator/util/printable.js';

describe('a command to be pasted', () => {
  it('is left as it is where nothing needs quotes', () => {
    expect(
      commandLine(
        ['trexgen', 'simulate'],
        [
          ['set', 'array.columns=8'],
          ['image', './a-b/c_1.tximg'],
          ['only', undefined],
          ['seed', 1],
        ],
      ),
    ).toBe('trexgen simulate --set array.columns=8 --image ./a-b/c_1.tximg --seed 1');
  });

  it('reaches a program word by word as it was', () => {
    const words = ['pa th/wvö', "it's", '', '$HOME `id` "x"', '*', '~', '\\', '#', ';', 'a\nb', "\u001b]0;'\\", '!', 'ö\u009b'];
    const { stdout } = execaSync('bash', ['-c', `printf '%s\\0' ${shellCommand(words)}`], {
      stripFinalNewline: false,
      env: { LC_ALL: 'C.UTF-8' },
    });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  it('holds no control character for a terminal to obey', () => {
    expect(shellWord('a\u001b[2J')).toBe("$'a\\u001b[2J'");
  });
});

it('shows what other programs print without what a terminal would obey', () => {
  expect(printableLine('\u001b[2Jok\tö\u0000\u009b\uFFFD')).toBe('?[2Jok\tö???');
  expect(printableLine('x'.repeat(1000))).toBe(`${'x'.repeat(500)}...`);
});

/** Commands as text that can be pasted into a shell. */

const plain = /^[\w@%+=:,./-]+$/;
const control = /\p{Cc}/gu;

/** One word, quoted where a shell would take it apart; control characters become `$'\u001b'`, which a terminal does not obey. */
export function shellWord(word: string): string {
  if (plain.test(word)) return word;
  if (word.search(control) < 0) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word
    .replaceAll(/['\\]/g, '\\$&')
    .replaceAll(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `$'${escaped}'`;
}

export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

type OptionValue = string | number | undefined;

/** A command with options; those without a value are left out. */
export function commandLine(words: readonly string[], options: readonly (readonly [name: string, value: OptionValue])[]): string {
  return shellCommand([...words, ...options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]))]);
}

/** Text of unknown origin, made safe for a terminal: what moves the cursor, hides text or turns its direction is shown as an escape. */

// Controls, format characters (bidirectional ones among them), line separators and lone surrogates.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
}

/** `ESC` -> `\u001b`, as JSON writes it; characters of `kept` stay. */
export function printable(text: string, kept = ''): string {
  return text.replace(hidden, (character) => (kept.includes(character) ? character : escaped(character)));
}

const mostCharacters = 4000;

const shownHalf = 1900;

/** One line of bounded length; one that has come from here stays as it is. */
export function problemLine(text: string): string {
  const line = printable(text);
  if (line.length <= mostCharacters) return line;
  return `${line.slice(0, shownHalf)} .. (${line.length - 2 * shownHalf} characters) .. ${line.slice(-shownHalf)}`;
}

const longestOutput = 500;

/** A line of a program's output: what a terminal might obey, and broken UTF-8, is noise there and becomes `?`. */
export function printableLine(line: string): string {
  const text = line.replaceAll(/[^\P{Cc}\t]|\uFFFD/gu, '?');
  return text.length <= longestOutput ? text : `${text.slice(0, longestOutput)}...`;
}

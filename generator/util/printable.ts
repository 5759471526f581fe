/** Text of other programs, of which a terminal obeys nothing: control characters and broken UTF-8 become `?`, long lines are cut. */
const longest = 500;

export function printableLine(line: string): string {
  const text = line.replaceAll(/[^\P{Cc}\t]|\uFFFD/gu, '?');
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}

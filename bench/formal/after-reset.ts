/** Value of a bit in three-valued simulation; 2 is unknown. */
type Ternary = 0 | 1 | 2;

const invert = (value: Ternary): Ternary => (value === 2 ? 2 : value === 0 ? 1 : 0);
const both = (a: Ternary, b: Ternary): Ternary => (a === 0 || b === 0 ? 0 : a === 1 && b === 1 ? 1 : 2);

/**
 * The same circuit, begun in the cycle behind a reset: a flip-flop that the reset sets has that value, every other has any.
 * Whatever has been before, the first cycle behind a reset is one of these states, so what is proved from here is proved of
 * every run from its first reset on. The solver has it easier: nothing starts undefined that a reset defines.
 *
 * Takes and gives a binary AIGER file (version 1.9, with symbols); undefined without an input `rst_i`.
 */
export function afterReset(file: Buffer): Buffer | undefined {
  let at = 0;
  const line = (): string => {
    const end = file.indexOf(10, at);
    const text = file.toString('latin1', at, end);
    at = end + 1;
    return text;
  };
  const [, , inputs = 0, latches = 0, outputs = 0, ands = 0] = line().split(' ').map(Number);
  const header = file.subarray(0, at);
  const next = Array.from({ length: latches }, () => Number(line().split(' ')[0]));
  const behindLatches = at;
  for (let n = 0; n < outputs; n++) line();
  const number = (): number => {
    for (let value = 0, shift = 1; ; shift *= 128) {
      const byte = file[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const gates = Array.from({ length: ands }, (_, n): [number, number] => {
    const first = 2 * (inputs + latches + 1 + n) - number();
    return [first, first - number()];
  });
  const reset = /^i(\d+) rst_i$/m.exec(file.toString('latin1', at))?.[1];
  if (reset === undefined) return undefined;

  const values: Ternary[] = [0, ...Array.from({ length: inputs + latches }, (_, n): Ternary => (n === Number(reset) ? 1 : 2))];
  const of = (literal: number): Ternary => (literal % 2 === 0 ? values[literal >> 1]! : invert(values[literal >> 1]!));
  for (const [a, b] of gates) values.push(both(of(a), of(b)));
  // An unknown start is written as the flip-flop's own number.
  const starts = next.map((literal, n) => `${literal} ${of(literal) === 2 ? 2 * (inputs + 1 + n) : of(literal)}\n`);
  return Buffer.concat([header, Buffer.from(starts.join(''), 'latin1'), file.subarray(behindLatches)]);
}

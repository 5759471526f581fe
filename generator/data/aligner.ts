/**
 * Many-to-one alignment of phonemes to letters by expectation maximisation: every letter speaks 0, 1 or 2 phonemes.
 *
 * Labels    0 is silence; 1 .. n one phoneme; n + 1 + a * n + b the pair (a, b) of phonemes counted from 0
 * Source    Jiampojamarn, Kondrak, Sherif, NAACL 2007, with chunks of one letter
 */
export interface Pair {
  /** Letter numbers. */
  readonly letters: Uint8Array;
  /** Phoneme numbers. */
  readonly phonemes: Uint8Array;
}

export interface Aligner {
  readonly letterCount: number;
  readonly phonemeCount: number;
  /** log P(label | letter), letterCount * labelCount; -Infinity for what was never seen. */
  readonly logProbability: Float64Array;
}

export function labelCountOf(phonemeCount: number): number {
  return 1 + phonemeCount + phonemeCount * phonemeCount;
}

/** The label of the `take` phonemes that end before position `end`. */
function chunk(phonemes: Uint8Array, end: number, take: number, phonemeCount: number): number {
  if (take === 0) return 0;
  if (take === 1) return 1 + phonemes[end - 1]!;
  return 1 + phonemeCount + phonemes[end - 2]! * phonemeCount + phonemes[end - 1]!;
}

/** Room for the forward and backward sums of one pair, used again for the next. */
interface Sums {
  forward: Float64Array;
  backward: Float64Array;
}

/** Adds the expected count of every (letter, label) of one pair; 0 .. 2 phonemes a letter keep position p between two lines. */
function expect({ letters, phonemes }: Pair, probability: Float64Array, counts: Float64Array, phonemeCount: number, sums: Sums): void {
  const labels = labelCountOf(phonemeCount);
  const width = phonemes.length + 1;
  const size = (letters.length + 1) * width;
  if (sums.forward.length < size) Object.assign(sums, { forward: new Float64Array(2 * size), backward: new Float64Array(2 * size) });
  const { forward, backward } = sums;
  forward.fill(0, 0, size);
  backward.fill(0, 0, size);
  forward[0] = 1;
  for (let i = 1; i <= letters.length; i++) {
    const row = letters[i - 1]! * labels;
    const last = Math.min(phonemes.length, 2 * i);
    for (let p = Math.max(0, phonemes.length - 2 * (letters.length - i)); p <= last; p++) {
      let sum = 0;
      for (let take = 0; take <= 2 && take <= p; take++) {
        sum += forward[(i - 1) * width + p - take]! * probability[row + chunk(phonemes, p, take, phonemeCount)]!;
      }
      forward[i * width + p] = sum;
    }
  }
  const total = forward[letters.length * width + phonemes.length]!;
  if (total === 0) return;
  backward[letters.length * width + phonemes.length] = 1;
  for (let i = letters.length; i >= 1; i--) {
    const row = letters[i - 1]! * labels;
    const last = Math.min(phonemes.length, 2 * i);
    for (let p = Math.max(0, phonemes.length - 2 * (letters.length - i)); p <= last; p++) {
      const after = backward[i * width + p]!;
      if (after === 0) continue;
      for (let take = 0; take <= 2 && take <= p; take++) {
        const before = (i - 1) * width + p - take;
        const at = row + chunk(phonemes, p, take, phonemeCount);
        const joint = probability[at]! * after;
        backward[before] = backward[before]! + joint;
        counts[at] = counts[at]! + (forward[before]! * joint) / total;
      }
    }
  }
}

const iterations = 3;

/**
 * Fit P(label | letter).
 *
 * @param keepLabels  labels that survive, by expected count, before the last iterations: a small set of classes
 */
export function fitAligner(pairs: readonly Pair[], letterCount: number, phonemeCount: number, keepLabels: number): Aligner {
  const labels = labelCountOf(phonemeCount);
  let probability = new Float64Array(letterCount * labels);
  // Silence and pairs start less likely than one phoneme a letter; the exact prior hardly matters.
  for (let letter = 0; letter < letterCount; letter++) {
    for (let label = 0; label < labels; label++) {
      probability[letter * labels + label] =
        label === 0 ? 0.2 : label <= phonemeCount ? 0.7 / phonemeCount : 0.1 / (phonemeCount * phonemeCount);
    }
  }
  const sums: Sums = { forward: new Float64Array(0), backward: new Float64Array(0) };
  for (let iteration = 0; iteration < 2 * iterations; iteration++) {
    const counts = new Float64Array(letterCount * labels);
    for (const pair of pairs) expect(pair, probability, counts, phonemeCount, sums);
    if (iteration === iterations - 1) keepMostUsed(counts, letterCount, labels, phonemeCount, keepLabels);
    probability = normalise(counts, letterCount, labels);
  }
  return { letterCount, phonemeCount, logProbability: probability.map((p) => Math.log(p)) };
}

function keepMostUsed(counts: Float64Array, letterCount: number, labels: number, phonemeCount: number, keepLabels: number): void {
  const used = Array.from({ length: labels }, (_, label) => {
    let sum = 0;
    for (let letter = 0; letter < letterCount; letter++) sum += counts[letter * labels + label]!;
    return { label, sum };
  });
  // Silence and single phonemes always stay, so that hardly a word is lost.
  const pairs = used.slice(1 + phonemeCount).sort((a, b) => b.sum - a.sum || a.label - b.label);
  for (const { label } of pairs.slice(Math.max(0, keepLabels - 1 - phonemeCount))) {
    for (let letter = 0; letter < letterCount; letter++) counts[letter * labels + label] = 0;
  }
}

function normalise(counts: Float64Array, letterCount: number, labels: number): Float64Array<ArrayBuffer> {
  const probability = new Float64Array(counts.length);
  for (let letter = 0; letter < letterCount; letter++) {
    let sum = 0;
    for (let label = 0; label < labels; label++) sum += counts[letter * labels + label]!;
    if (sum > 0) for (let label = 0; label < labels; label++) probability[letter * labels + label] = counts[letter * labels + label]! / sum;
  }
  return probability;
}

/** The most likely label of every letter, or undefined when the pair cannot be aligned with labels that were seen. */
export function align({ logProbability, phonemeCount }: Aligner, { letters, phonemes }: Pair): Int32Array | undefined {
  const labels = labelCountOf(phonemeCount);
  const width = phonemes.length + 1;
  const best = new Float64Array((letters.length + 1) * width).fill(-Infinity);
  const taken = new Uint8Array((letters.length + 1) * width);
  best[0] = 0;
  for (let i = 1; i <= letters.length; i++) {
    for (let p = 0; p < width; p++) {
      for (let take = 0; take <= 2 && take <= p; take++) {
        const score =
          best[(i - 1) * width + p - take]! + logProbability[letters[i - 1]! * labels + chunk(phonemes, p, take, phonemeCount)]!;
        if (score > best[i * width + p]!) {
          best[i * width + p] = score;
          taken[i * width + p] = take;
        }
      }
    }
  }
  if (best[letters.length * width + phonemes.length] === -Infinity) return undefined;
  const result = new Int32Array(letters.length);
  let p = phonemes.length;
  for (let i = letters.length; i >= 1; i--) {
    const take = taken[i * width + p]!;
    result[i - 1] = chunk(phonemes, p, take, phonemeCount);
    p -= take;
  }
  return result;
}

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { embed } from '../../generator/compress/embed.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { embedFloat } from '../../generator/compress/forward.js';

interface Worked {
  readonly inputScale: number;
  readonly embedding: readonly number[][];
  readonly positions: readonly number[][];
  readonly ids: readonly number[][];
  readonly sums: readonly number[][];
  readonly rows: readonly number[][];
}

it('the worked example of docs/host.md is what the host computes', () => {
  const page = readFileSync(new URL('../../docs/host.md', import.meta.url), 'utf8');
  const worked = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(page)![1]!) as Worked;
  const floats = (rows: readonly number[][]): Float32Array => Float32Array.from(rows.flat());
  const encoder = {
    config: { input: 'ids', width: worked.embedding[0]!.length, featureCount: 0, maxLength: worked.positions.length },
    embedding: floats(worked.embedding),
    embeddingBias: new Float32Array(worked.embedding[0]!.length),
    positions: floats(worked.positions),
  } as unknown as Encoder;
  const example = { length: worked.ids.length, ids: Int32Array.from(worked.ids.flat()), labels: new Int32Array(worked.ids.length) };
  expect([...embedFloat(encoder, example)].map((sum) => Number(sum.toFixed(4)))).toEqual(worked.sums.flat());
  expect([...embed(encoder, example, { inputScale: worked.inputScale, activationBits: 8 })]).toEqual(worked.rows.flat());
});

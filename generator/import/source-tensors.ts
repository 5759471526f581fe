/** Tensors of a source by name: every wrong one is noted, and so is which of them were used. */
import type { StoredTensor } from '../model/safetensors.js';
import { dtypesOf } from '../model/tensor-values.js';

/** Names of LayerNorm's parameters before they were renamed. */
const oldNames: readonly (readonly [RegExp, string])[] = [
  [/LayerNorm\.weight$/, 'LayerNorm.gamma'],
  [/LayerNorm\.bias$/, 'LayerNorm.beta'],
];

/** Heads, which stand beside the encoder and so bear no prefix. */
const outside = /^(?:(?:pre_)?classifier|qa_outputs)\./;

/** -1 stands for any size. */
export type Shape = readonly number[];

export class SourceTensors {
  readonly problems: string[] = [];
  /** Names of the source, to what it became. */
  readonly mapped = new Map<string, string>();

  constructor(
    private readonly tensors: ReadonlyMap<string, StoredTensor>,
    private readonly prefix: string,
  ) {}

  /** The name under which the file has a tensor of the encoder. */
  private find(name: string): string | undefined {
    const names = [name, ...oldNames.flatMap(([pattern, old]) => (pattern.test(name) ? [name.replace(pattern, old)] : []))];
    return names.flatMap((one) => [`${this.prefix}${one}`, one]).find((one) => this.tensors.has(one));
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  shapeOf(name: string): Shape | undefined {
    const found = this.find(name);
    return found === undefined ? undefined : this.tensors.get(found)!.shape;
  }

  /** A float tensor; undefined after a problem was noted. */
  take(name: string, shape: Shape, becomes: string): StoredTensor | undefined {
    const found = this.find(name);
    const wanted = `[${shape.map((size) => (size < 0 ? '*' : size)).join(', ')}]`;
    if (found === undefined)
      return void this.problems.push(
        `${outside.test(name) ? '' : this.prefix}${name}: is missing; needs ${wanted} of ${dtypesOf.float.join(', ')}`,
      );
    const tensor = this.tensors.get(found)!;
    this.mapped.set(found, becomes);
    if (!dtypesOf.float.includes(tensor.dtype))
      return void this.problems.push(`${found}.dtype = ${tensor.dtype}: must be one of ${dtypesOf.float.join(', ')}`);
    const fits =
      tensor.shape.length === shape.length && shape.every((size, i) => (size < 0 ? tensor.shape[i]! >= 1 : size === tensor.shape[i]));
    if (!fits)
      return void this.problems.push(
        `${found}.shape = [${tensor.shape.join(', ')}]: must be ${wanted}; config.json and the weights are of different models`,
      );
    return tensor;
  }

  /** Names that nothing has taken. */
  rest(): string[] {
    return [...this.tensors.keys()].filter((name) => !this.mapped.has(name));
  }

  stored(name: string): StoredTensor {
    return this.tensors.get(name)!;
  }
}

/**
 * What every input and every instruction leaves, as files for other people's models and boards: `index.json` names them all,
 * each tensor is a .npy file, and `input-N.json` holds those of one input as lists.
 */
import { join } from 'node:path';
import { dump } from 'npyjs';
import { makeFolder, replaceFile } from '../util/write-file.js';
import type { TraceEvent, TraceTensor } from '../golden/trace.js';

import type { Subject } from './subject.js';
import { loadOf } from '../operations/load/fields.js';

interface DumpedTensor {
  readonly instruction: number;
  readonly op: string;
  /** Memory written: X, H, Q, K, V, R, P, or out for the rows that leave. */
  readonly memory: string;
  /** First feature written. */
  readonly base: number;
  /** Tokens and features. */
  readonly shape: readonly [number, number];
  readonly type: 'int8' | 'int16';
  readonly file: string;
}

/** Writes the files of one input after the other; `finish` writes the index. */
export class RunDump {
  private readonly inputs: {
    readonly input: number;
    readonly tokens: number;
    readonly file: string;
    readonly tensors: readonly DumpedTensor[];
  }[] = [];
  private events: TraceEvent[] = [];

  constructor(
    private readonly folder: string,
    private readonly source: Subject,
  ) {}

  readonly trace = (event: TraceEvent): void => void this.events.push(event);

  /** Writes what was traced since the last call, as that of input `input`. */
  writeInput(input: number): void {
    const { image, requests } = this.source;
    const { outer } = loadOf(image.model);
    const request = requests[input]!;
    const name = `input-${input}`;
    makeFolder(join(this.folder, name));
    const rows: TraceTensor = { name: 'X', base: 0, width: outer, tokens: request.length / outer, data: request };
    this.npy(`${name}/rows.npy`, rows);
    const tensors: DumpedTensor[] = [];
    const lists: unknown[] = [];
    for (const {
      index,
      operation: { op },
      tensors: written,
    } of this.events) {
      for (const tensor of written) {
        const { name: memory, base, tokens, width, data } = tensor;
        const file = `${name}/${String(index).padStart(4, '0')}-${op}-${memory}.npy`;
        this.npy(file, tensor);
        const entry: DumpedTensor = {
          instruction: index,
          op,
          memory,
          base,
          shape: [tokens, width],
          type: data instanceof Int16Array ? 'int16' : 'int8',
          file,
        };
        tensors.push(entry);
        lists.push({ ...entry, values: listOf(tensor) });
      }
    }
    this.json(`${name}.json`, { input, rows: listOf(rows), tensors: lists });
    this.inputs.push({ input, tokens: rows.tokens, file: `${name}/rows.npy`, tensors });
    this.events = [];
  }

  finish(): void {
    const {
      name,
      image: { manifest },
    } = this.source;
    this.json('index.json', { format: 'trexgen run', version: 1, model: name, header: manifest, inputs: this.inputs });
  }

  private npy(file: string, { tokens, width, data }: TraceTensor): void {
    replaceFile(join(this.folder, file), Buffer.from(dump(data, [tokens, width])));
  }

  private json(file: string, value: unknown): void {
    replaceFile(join(this.folder, file), `${JSON.stringify(value)}\n`);
  }
}

function listOf({ tokens, width, data }: TraceTensor): number[][] {
  return Array.from({ length: tokens }, (_, t) => [...data.subarray(t * width, (t + 1) * width)]);
}

import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { counters, type CounterName } from '../contract/registers.js';
import type { Unit } from './render.js';

const byteBits = 32;
/** Of the sum of squared lengths. */
const squareBits = 24;

/** A whole cycle of the array, when `condition`. */
const all = (condition: string): string => `(busy_i && ${condition}) ? ALL : NONE`;
const bytes = (condition: string, count: string): string => `${condition} ? ${count} : 32'd0`;

/** What each counter adds in a cycle, in Verilog; `bits` wide, or as wide as a cycle of the array when left out. */
const added: Readonly<Record<CounterName, { readonly value: string; readonly bits?: number; readonly signed?: true }>> = {
  cycles: { value: 'busy_i', bits: 1 },
  windows: { value: 'window_i', bits: 1 },
  requests: { value: 'request_i', bits: 1 },
  tokens: { value: "admitted_i ? admitted_tokens_i : 12'd0", bits: 12 },
  readBeats: { value: 'read_beat_i', bits: 1 },
  writeBeats: { value: 'write_beat_i', bits: 1 },
  programBytes: { value: bytes('load_done_i', 'load_program_i'), bits: byteBits },
  codebooksBytes: { value: bytes('load_done_i', 'load_codebooks_i'), bits: byteBits },
  sparseValuesBytes: { value: bytes('section_done_q', 'section_values_q'), bits: byteBits },
  sparseIndicesBytes: { value: bytes('section_done_q', 'section_indices_q'), bits: byteBits },
  parametersBytes: {
    value: ['load_done_i ? load_parameters_i', 'section_done_q ? section_parameters_q', 'crc_beat_i ? BEAT']
      .map((one) => `(${one} : 32'd0)`)
      .join(' + '),
    bits: byteBits,
  },
  denseBytes: { value: bytes('section_done_q', 'section_dense_q'), bits: byteBits },
  activationsInBytes: { value: bytes('rows_in_beat_i', 'BEAT'), bits: byteBits },
  activationsOutBytes: { value: bytes('rows_out_beat_i', 'BEAT'), bits: byteBits },
  descriptorsBytes: { value: `(${bytes('descriptor_beat_i', 'BEAT')}) + (${bytes('completion_beat_i', 'BEAT')})`, bits: byteBits },
  densePeCycles: { value: '(issue && !sparse && !attention) ? issue_work_i : NONE' },
  sparsePeCycles: { value: '(issue && sparse) ? issue_work_i : NONE' },
  attentionPeCycles: { value: "(busy_i && useful_i) ? squares_i : 24'd0", bits: squareBits },
  maskedKeysPeCycles: {
    value: "{ {(31-WORK_BITS){1'b0}}, (issue && attention) ? issue_work_i : NONE } - ((busy_i && useful_i) ? { 7'd0, squares_i } : 31'd0)",
    bits: 31,
    signed: true,
  },
  paddingLanesPeCycles: { value: 'issue ? ALL - held : NONE' },
  paddingColumnsPeCycles: { value: 'issue ? held - issue_work_i : NONE' },
  weightStreamPeCycles: { value: all('wait_stream_i') },
  activationsPeCycles: { value: all('wait_rows_i') },
  vectorPeCycles: { value: all('wait_vector_i') },
  drainPeCycles: { value: all('wait_drain_i') },
  dependencyPeCycles: { value: all('wait_dependency_i') },
  noWindowPeCycles: { value: all('none') },
};

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Bytes, beats and PE-cycles. */
export function countersUnit(params: Params): Unit {
  const { columns } = params.array;
  const { lanes } = derive(params);
  const workBits = Math.ceil(Math.log2(lanes * columns + 1));
  return {
    name: 'counters',
    context: () => ({
      columns,
      lanes,
      busBytes: params.port.busBytes,
      counters: counters.map((name, index) => {
        const { value, bits = workBits, signed = false } = added[name];
        return { index, name: snake(name), high: bits - 1, bits, value, signed };
      }),
    }),
  };
}

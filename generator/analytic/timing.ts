/**
 * The cycles that the Verilog spends beside its loops. Those of pipelines come from the contract, which fills the templates and the benches
 * of the units. The numbers that stand here are steps of state machines, which no other part counts on: this model's own reading
 * of the template that each one names. Formulas that use them stand in cycles.ts of each operation, read-port.ts, write-port.ts
 * and run-cycles.ts; tests/analytic holds all of it against simulation.
 */
import {
  fifoLatency,
  issueLatency,
  normCycles,
  outstandingWrites,
  resultsDepth,
  softmaxCycles,
  turnerLatency,
} from '../contract/latencies.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';

export const timing = {
  /** sequencer: FETCH and DECODE of an instruction; END takes no more. */
  fetchDecode: 2,
  /** sequencer: SECTION when the decoder is idle, which it is once the last item of a section has left it. */
  section: 1,
  /** section_decoder: the output register is filled, then the bias of the first tile is taken. */
  sectionStart: 2,
  /** section_decoder: the bias of every further tile passes the same register as the steps. */
  tileBias: 1,
  /** softmax, from the cycle of its start: to its first probability; to the end of its walk and to its reciprocals, beside walk and solver. */
  softmax: softmaxCycles.walk,
  softmaxEnd: softmaxCycles.walk + 1,
  reciprocals: softmaxCycles.walk + 1 + softmaxCycles.solve,
  /** sequencer to rows: start, TAKE in which no segment is left, and the pulse of done. */
  rowsStart: 1,
  rowsEnd: 1,
  rowsDone: 1,
  /** rows' picker: from the start to its first request, and from one to the next; to the segment at the queue's output. */
  pickFirst: 2,
  pickNext: 4,
  pickQueue: 2,
  /** rows: the change from filling to spreading, or from gathering to sending. */
  rowsTurn: 1,
  /** rows: the register in front of the write channel. */
  rowsSend: 1,
  /** load_ahead: between sequencer and rows before a LOAD and a STORE begin, and behind them; a LOAD whose rows are in. */
  aheadStart: 2,
  aheadLoaded: 2,
  aheadStored: 1,
  aheadKnown: 3,
  /** load_ahead: from the end of a LOAD, or from a window that is formed, to the first request for the next rows. */
  aheadNext: 4,
  /** rows: from the last beat of a row to the request for the next one, when they ask row by row. */
  aheadRow: 1,
  /** batcher: from a formed window to its start, when it is formed ahead. */
  aheadBegin: 2,
  /** turner: from the word that makes a tile whole to the first word of the turned tile, when one is read a cycle. */
  turn: turnerLatency,
  /** axi_read and memory: from the issue of a burst to its first beat, beside the latency; stream_reader: from start to the first issue. */
  readRound: 2,
  streamStart: 2,
  /** stream_reader: from a beat that leaves the buffer to the burst that takes its room. */
  streamCredit: 2,
  /** fifo: from a beat at the port to its way out. */
  streamBuffer: fifoLatency,
  /** fifo and section_decoder: from a beat at the port to the item that may be made of it. */
  streamDecode: fifoLatency + 1,
  /** Bursts that the stream reader asks for before rows ask for theirs: window start to rows' request, one a cycle. */
  streamLead: 4,
  /** axi_write: from a request to the first beat of its first burst; the memory: from the last beat to its response. */
  writeStart: 2,
  writeRound: 3,
  /** axi_write: bursts without their response. */
  outstandingWrites,
  /** window_control: from END to window_done_o, and from the last response. */
  windowEnd: 2,
  /** batcher: from IDLE to window_start_o, beside the entries of the queue. */
  form: 3,
  /** batcher: from window_done_i to the first completion that is handed over, from one to its request, and from the last one to IDLE. */
  completionFirst: 1,
  completionAsk: 1,
  completionLast: 1,
  /** batcher: from the last response to the end of the report; the next window's completions are handed over then at the earliest. */
  report: 1,
  /** descriptor_reader: the first issue after a window began; from the last beat of a descriptor to the issue of the next. */
  descriptorStart: 1,
  descriptorNext: 4,
  /** descriptor_reader: from the last beat of a descriptor to IDLE. */
  descriptorGive: 2,
  /** batcher: from the cycle in which the ring is served to the first issue. */
  serve: 0,
} as const;

/** Cycles that grow with the registers that `timing` adds. */
export interface UnitTiming {
  /** norm: turns of a word of R in its last walk. */
  readonly normTurns: number;
  /** drain: from the issue of the last step of a tile to the cycle before its first word; the memory's answer and the array's pipeline. */
  readonly drainStart: number;
  /** results: words between drain and memory, and the cycle in which the sequencer sees that there are none. */
  readonly flush: number;
  /** norm: from its start to its last walk, beside the solver; beside its first walk; from the read of a word of R to the cycle behind its write to X. */
  readonly norm: number;
  readonly normSum: number;
  readonly normWord: number;
  /** window_former: for each entry of the queue. */
  readonly formEntry: number;
  /** rows' picker: until the size of a request is found. */
  readonly pickSize: number;
  /** rows: from the last word of a tile to the largest numbers of its rows, or to the staging file, which a turner in front of it does not wait for. */
  readonly bestLate: number;
  readonly stageLate: number;
}

export function unitTiming(params: Params): UnitTiming {
  const norm = normCycles(params);
  const { lanes, vectorLanes } = derive(params);
  const normTurns = lanes / vectorLanes;
  return {
    normTurns,
    drainStart: issueLatency(params),
    flush: resultsDepth(params) + 1,
    norm: norm.solve,
    normSum: norm.sum,
    normWord: norm.apply,
    formEntry: 1 + params.timing.extraStages,
    pickSize: params.timing.extraStages,
    bestLate: params.timing.extraStages,
    stageLate: params.registerFile.directions === 1 ? 0 : params.timing.extraStages,
  };
}

import type { Params } from '../../generator/params/fields.js';
import { axiRead } from '../../generator/rtl/axi_read.js';
import { outstandingWrites } from '../../generator/contract/latencies.js';
import { axiWrite } from '../../generator/rtl/axi_write.js';
import { codeStore } from '../../generator/rtl/code_store.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { keyMask } from '../../generator/rtl/key_mask.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { rotator } from '../../generator/rtl/rotator.js';
import { trf } from '../../generator/rtl/trf.js';
import { sequencer } from '../../generator/rtl/sequencer.js';
import { sectionDecoder } from '../../generator/rtl/section_decoder.js';
import { windowFormer } from '../../generator/rtl/window_former.js';
import { numbered, sources, type Claims } from './claims.js';
import type { Mutant, Property } from './prove.js';
import { registersProperties } from './registers.js';

/**
 * The queue as deep as the buffer of the weight stream; its words narrow, since it does nothing with their bits. Order is
 * proved for each place of the memory by itself, and for one bit a word, as each bit goes the same way: a proof for all at
 * once does not end.
 */
export function fifoProperties(params: Params, wordBits = 4): Property[] {
  const depth = params.port.prefetchBeats;
  return numbered('fifo', sources(params, fifo, ram), { WORD_BITS: wordBits, DEPTH: depth }, [
    [
      'never overflows, never gives a word that was not written',
      { what: 'is full one word late', find: 'wr_ready_o = count_q != FULL', put: "wr_ready_o = 1'b1" },
    ],
    [
      'keeps order and data',
      {
        what: 'overwrites the word at its output',
        find: "fetch = (count_q != {COUNT_BITS{1'b0}}) && (!rd_valid_q || rd_ready_i)",
        put: "fetch = (count_q != {COUNT_BITS{1'b0}})",
      },
    ],
    [
      'has room below DEPTH, gives a word after two cycles',
      { what: 'is full one word early', find: 'FULL = DEPTH;', put: 'FULL = DEPTH - 1;' },
    ],
    ['holds an output until it is taken', { what: 'drops its output', find: 'else if (rd_ready_i) rd_valid_q', put: 'else rd_valid_q' }],
    [
      'reads no word in the cycle that writes its place',
      {
        what: 'reads when it is empty, too',
        find: "fetch = (count_q != {COUNT_BITS{1'b0}}) && (",
        put: "fetch = (write || (count_q != {COUNT_BITS{1'b0}})) && (",
      },
    ],
  ]).map((property) =>
    property.index === 1
      ? { ...property, macros: { ...property.macros, WORD_BITS: 1 }, cases: { macro: 'PLACE', number: depth } }
      : property,
  );
}

/** Few instructions and places: which program runs, and how fast everything else is, is free. */
export function sequencerProperties(params: Params, directions: 1 | 2): Property[] {
  const files = sources({ ...params, registerFile: { ...params.registerFile, directions } }, sequencer, ram);
  const size = { COLUMNS: params.array.columns, PASSES: 2, INSTRUCTIONS: 2, CODE_WORDS: 2 };
  return numbered('sequencer', files, directions === 1 ? { ...size, TURNED: 1 } : size, [
    [
      'expands no ranks while some are under way',
      { what: 'does not wait for ranks', find: 'OP_EXPAND: needs_older = older_rank_q', put: "OP_EXPAND: needs_older = 1'b0" },
    ],
    ['scores no queries while some are under way', { what: 'waits for keys only', find: '(older_dst_q == TO_Q) || ', put: '' }],
    ['scores no keys while some are under way', { what: 'waits for queries only', find: ' || (older_dst_q == TO_K)', put: '' }],
    [
      directions === 1 ? 'turns no values while some are under way' : 'weighs no values while some are under way',
      directions === 1
        ? { what: 'does not wait for values', find: '(older_v && ATTENDED_V)', put: "1'b0" }
        : { what: 'begins a uniform attention at once', find: 'ins_uniform || older_qk', put: 'older_qk' },
    ],
  ]);
}

/** Bursts of both sides of the memory port come from the same text. */
const addressClaims = (valid: string, ready: string): Claims => [
  ['holds an address until it is taken', { what: 'does not wait for the address', find: `(!${valid} || ${ready})`, put: "1'b1" }],
  [
    'no burst crosses 4 KiB',
    { what: 'does not stop at a boundary', find: "BURST_9 - ({ 1'b0, addr[BUS_SHIFT +: 8] } & (BURST_9 - 9'd1))", put: 'BURST_9' },
  ],
  [
    'no burst is longer than allowed',
    { what: 'asks for one beat too many', find: "burst_less  = burst - 9'd1", put: 'burst_less  = burst' },
  ],
  ['no more bursts in flight than allowed', { what: 'does not count bursts', find: '(flight_q != FULL)', put: "1'b1" }],
];

export function axiReadProperties(params: Params): Property[] {
  const { busBytes, addressBits, burstBeats, outstandingReads } = params.port;
  const macros = { BUS_BYTES: busBytes, ADDR_BITS: addressBits, BURST_BEATS: burstBeats, OUTSTANDING: outstandingReads };
  return numbered('axi_read', sources(params, axiRead, fifo, ram), macros, [
    ...addressClaims('ar_valid_q', 'm_axi_arready'),
    [
      'a beat goes to one client at most',
      { what: 'gives beats to everyone', find: 'head_valid && (head == ME) && !blocked[n]', put: 'head_valid && !blocked[n]' },
    ],
    [
      'no address appears while all clients are aborted',
      { what: 'asks for one burst more', find: 'working && !blocked[client_q] &&', put: 'working &&' },
    ],
  ]);
}

export function axiWriteProperties(params: Params): Property[] {
  const { busBytes, addressBits, burstBeats } = params.port;
  const macros = { BUS_BYTES: busBytes, ADDR_BITS: addressBits, BURST_BEATS: burstBeats, OUTSTANDING: outstandingWrites };
  return numbered('axi_write', sources(params, axiWrite, fifo, ram), macros, [
    ...addressClaims('aw_valid_q', 'm_axi_awready'),
    ['holds a beat until it is taken', { what: 'does not wait for the beat', find: '!w_valid_q || m_axi_wready', put: "1'b1" }],
    [
      'as many beats as the address said, the last marked',
      { what: 'ends a burst early', find: "(w_left_q == 9'd1)", put: "(w_left_q <= 9'd2)" },
    ],
    [
      'no address appears while all clients are aborted',
      { what: 'begins one burst more', find: 'working && !blocked[client_q] &&', put: 'working &&' },
    ],
  ]);
}

/** The mutant is one that 4 words do not show. */
export function rotatorProperties(params: Params, count: number): Property[] {
  return numbered('rotator', sources(params, rotator), { COUNT: count, WORD_BITS: 8 }, [
    [
      'equals the naive rotation',
      { what: 'does not turn by 4', find: 'turned = forward[s] ?', put: 'turned = (forward[s] && (s != 2)) ?' },
    ],
  ]);
}

/** Few words: which one is followed is free, and all are alike. */
export function codeStoreProperties(params: Params): Property[] {
  return numbered('code_store', sources(params, codeStore, ram), { COLUMNS: params.array.columns, CODE_WORDS: 8, MATRICES: 2 }, [
    [
      'gives the entry that a code names, of every code and codebook',
      {
        what: 'leaves out the top bit of a code',
        find: 'codes[WEIGHT_CODE_BITS*c +: WEIGHT_CODE_BITS]',
        put: 'codes[WEIGHT_CODE_BITS*c +: WEIGHT_CODE_BITS-1]',
      },
    ],
  ]);
}

/** A slice that is no power of two of tokens; one window at a time, or the next one's map written meanwhile. */
export function keyMaskProperties(params: Params, windowBuffers: 1 | 2): Property[] {
  const size = { SLICES: 4, SLICE_LANES: 2, PASSES: 3, SEGMENTS: 4 };
  const files = sources({ ...params, batcher: { ...params.batcher, windowBuffers } }, keyMask, ram);
  return numbered('key_mask', files, windowBuffers === 2 ? { ...size, AHEAD: 1 } : size, [
    [
      'a lane looks at no key of another segment, of an empty place or, under a causal mask, ahead of it',
      windowBuffers === 2
        ? { what: 'writes the map that is read', find: '(wr_side_i ? TOKENS', put: '(side_i ? TOKENS' }
        : { what: 'looks at keys of slices ahead', find: 'offset[2] ||', put: '!own ||' },
    ],
    [
      'it looks at every other one',
      windowBuffers === 2
        ? { what: 'reads lanes of the other side', find: '(side_i ? PASSES', put: '(!side_i ? PASSES' }
        : { what: 'hides a token from itself', find: 'key_lane <= LANE', put: 'key_lane < LANE' },
    ],
  ]);
}

/** One bit an element: nothing looks at data, and every bit of an element goes the same way. One block shows no fault of its neighbour. */
export function trfProperties(
  params: Params,
  kind: Params['registerFile']['kind'],
  rows: number,
  cols: number,
  banks = 8,
  write = banks,
): Property[] {
  const files = sources({ ...params, registerFile: { ...params.registerFile, kind } }, trf, rotator, ram);
  const mutant =
    write < banks
      ? { what: 'offers narrow words unturned', find: '.amount_i(wr_turn[WRITE_BITS-1:0])', put: ".amount_i({WRITE_BITS{1'b0}})" }
      : Math.max(rows, cols) <= banks
        ? { what: 'does not turn by 4', find: 'turned = forward[s] ?', put: 'turned = (forward[s] && (s != 2)) ?' }
        : kind === 'grid'
          ? { what: 'never looks into the next block', find: "rd_before = ~({BANKS{1'b1}} << rd_turn)", put: "rd_before = {BANKS{1'b0}}" }
          : { what: 'never looks into the next block', find: 'rd_next   = rd_before[BANK_BITS];', put: "rd_next   = 1'b0;" };
  return numbered('trf', files, { ROWS: rows, COLS: cols, BANKS: banks, DATA_BITS: 1, WRITE: write }, [
    ['an element reads what was written to it, by row or by column', mutant],
    [
      'holds its output while nothing is read',
      { what: 'turns its output without a read', find: 'if (rd_en_i) rd_turn_q', put: 'rd_turn_q' },
    ],
  ]);
}

/**
 * A short queue, and few windows in which an entry may be passed over: every count is reached soon. That a window holds no more
 * segments than there may be shows where the queue is longer.
 */
export function windowFormerProperties(params: Params): Property[] {
  const { slices, lanesPerSlice, passes } = params.array;
  const files = sources(params, windowFormer, ram);
  const macros = { SLICES: slices, SLICE_LANES: lanesPerSlice, PASSES: passes, LOOKAHEAD: 4, SEGMENTS: 4, PASS_OVER: 1 };
  const places = 'segments never overlap, lie by the rules and leave no hole';
  return [
    ...numbered('window_former', files, macros, [
      [
        places,
        {
          what: 'fills a slice over its end',
          find: 'fits_here[s] = sum <= SLICE_TOKENS',
          put: "fits_here[s] = sum <= SLICE_TOKENS + 1'b1",
        },
      ],
      [
        'takes the oldest, and every entry once',
        {
          what: 'begins a walk with the entry behind it',
          find: "oldest   = look_at_q == {COUNT_BITS{1'b0}}",
          put: 'oldest   = look_at_q == ONE',
        },
      ],
      [
        'passes over an entry no more often than it may',
        { what: 'goes on behind an entry that must not be passed over', find: 'allowed && !stop_q &&', put: 'allowed &&' },
      ],
      ['keeps to single and uniform', { what: 'takes anyone in uniform', find: '(count == class_q) :', put: "1'b1 :" }],
      [
        'groups, keys, last pass and squares follow from the segments',
        {
          what: 'counts keys behind a tail from the start of the slice',
          find: 'filled[FILL_BITS*i +: FILL_BITS] &',
          put: 'length[FILL_BITS-1:0] &',
        },
      ],
      [
        'both ports tell of the segment at a place and its request',
        { what: 'keeps the places of all slices in one', find: 'begin_place = { first,', put: "begin_place = { 2'd0," },
      ],
    ]),
    ...numbered('window_former', files, { ...macros, SLICES: 2, SEGMENTS: 2 }, [
      [places, { what: 'takes more requests than the table holds', find: ' && (segments_q != SEGMENTS_FULL)', put: '' }],
    ]),
    ...numbered('window_former_walk', files, macros, [
      [
        'equals the naive walk',
        { what: 'places a short request as if long ones never waited', find: "over_1 || (longs_q != {COUNT_BITS{1'b0}})", put: 'over_1' },
      ],
    ]),
  ];
}

/** Sections of every kind, as KIND of the wrapper numbers them; each has a mutant in what only it uses. */
const sections: readonly (readonly [kind: string, mutant: Mutant])[] = [
  [
    'norm parameters',
    { what: 'gives gamma for beta', find: 'beta_o         = out_weights_q[15:8]', put: 'beta_o         = out_weights_q[7:0]' },
  ],
  [
    'biases and weights of 8 bits',
    { what: 'has no bias behind the first tile', find: 'bias_q <= !norm_q && !bias_q && last_step_q', put: "bias_q <= 1'b0" },
  ],
  [
    'biases and weights of 16 bits',
    {
      what: 'takes the next container for the second column',
      find: 'item[s*c +: 16]',
      put: 'item[s*((s == 16) ? c ^ (c >> 1) : c) +: 16]',
    },
  ],
  [
    'values and row indices of 16 bits',
    { what: 'takes the lowest bits of an index for the row', find: 'field[COLUMN_BITS+r]', put: 'field[r]' },
  ],
  ...[1, 2, 3].map(
    (bits) =>
      [
        `values and index codes of ${bits} bits`,
        {
          what: 'counts rows from the predecessor itself',
          find: "previous[ROW_BITS*c +: ROW_BITS] + 1'b1",
          put: 'previous[ROW_BITS*c +: ROW_BITS]',
        },
      ] as const,
  ),
];

/** The sizes of `tiny`; the beats kept are enough to meet a bank twice in a section with index codes. */
export function sectionDecoderProperties(params: Params): Property[] {
  const files = sources(params, sectionDecoder, ram);
  const macros = { COLUMNS: 4, BUS_BYTES: 8, BANK_ROWS: 8, BEATS: 6 };
  return sections.flatMap(([what, mutant], kind) => {
    const [data, held] = numbered('section_decoder', files, { ...macros, KIND: kind }, [
      [`gives ${what} as defined`, mutant],
      [
        `holds an item until it is taken (${what})`,
        { what: 'does not wait for whom it gives to', find: 'out_free = !(', put: "out_free = 1'b1 || !(" },
      ],
    ]);
    return [{ ...data!, frames: 12 }, ...(kind === 5 ? [held!] : [])];
  });
}

export function allProperties(params: Params): Property[] {
  return [
    ...fifoProperties(params),
    ...axiReadProperties(params),
    ...axiWriteProperties(params),
    ...registersProperties(params),
    ...sequencerProperties(params, 2),
    ...sequencerProperties(params, 1),
    ...codeStoreProperties(params),
    ...[8, 16].flatMap((count) => rotatorProperties(params, count)),
    ...keyMaskProperties(params, 1),
    ...keyMaskProperties(params, 2),
    ...windowFormerProperties(params),
    ...sectionDecoderProperties(params),
    ...trfProperties(params, 'async', 16, 16),
    ...trfProperties(params, 'async', 20, 12),
    ...trfProperties(params, 'async', 16, 16, 16),
    ...trfProperties(params, 'sync', 16, 16, 8, 2),
    ...trfProperties(params, 'grid', 16, 16),
  ];
}

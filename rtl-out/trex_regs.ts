/** Registers of the accelerator, made by trexgen from the table that its Verilog is made of; do not edit. */

/** Addresses in bytes, words of 32 bits; fields by their lowest bit and width. */
export const registers = {
  /** identifies this chip */
  ID: { address: 0x000, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** of descriptors and registers */
  VERSION: { address: 0x004, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** what the chip shall do */
  CONTROL: { address: 0x008, access: 'write', fields: { enable: { low: 0, bits: 1 }, load: { low: 1, bits: 1 }, clear: { low: 2, bits: 1 }, reset: { low: 3, bits: 1 }, policy: { low: 4, bits: 2 } } },
  /** what the chip does */
  STATUS: { address: 0x00c, access: 'read', fields: { loaded: { low: 0, bits: 1 }, loading: { low: 1, bits: 1 }, busy: { low: 2, bits: 1 }, window: { low: 3, bits: 1 }, resetting: { low: 4, bits: 1 }, portStuck: { low: 5, bits: 1 } } },
  /** what happened; write 1 to clear */
  IRQ_STATUS: { address: 0x010, access: 'clear', fields: { completion: { low: 0, bits: 1 }, loaded: { low: 1, bits: 1 }, error: { low: 2, bits: 1 }, reset: { low: 3, bits: 1 } } },
  /** irq_o = any bit set here and in IRQ_STATUS */
  IRQ_ENABLE: { address: 0x014, access: 'write', fields: { completion: { low: 0, bits: 1 }, loaded: { low: 1, bits: 1 }, error: { low: 2, bits: 1 }, reset: { low: 3, bits: 1 } } },
  /** latest error */
  ERROR: { address: 0x018, access: 'read', fields: { value: { low: 0, bits: 8 } } },
  /** request of the latest error */
  ERROR_TAG: { address: 0x01c, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** cold region, a multiple of the beat */
  COLD_ADDR_LOW: { address: 0x020, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** cold region */
  COLD_ADDR_HIGH: { address: 0x024, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** beats of the cold region, CRC beat included */
  COLD_BEATS: { address: 0x028, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** instructions of the program, END included */
  COLD_INSTRUCTIONS: { address: 0x02c, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** what else is in the cold region */
  COLD_MATRICES: { address: 0x030, access: 'write', fields: { number: { low: 0, bits: 4 }, table: { low: 8, bits: 1 }, wide: { low: 9, bits: 1 } } },
  /** pass region, a multiple of the beat */
  PASS_ADDR_LOW: { address: 0x034, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** pass region */
  PASS_ADDR_HIGH: { address: 0x038, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** beats of the pass region, CRC beat included */
  PASS_BEATS: { address: 0x03c, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 0 */
  COLD_WORDS_0: { address: 0x040, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 1 */
  COLD_WORDS_1: { address: 0x044, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 2 */
  COLD_WORDS_2: { address: 0x048, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 3 */
  COLD_WORDS_3: { address: 0x04c, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 4 */
  COLD_WORDS_4: { address: 0x050, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 5 */
  COLD_WORDS_5: { address: 0x054, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 6 */
  COLD_WORDS_6: { address: 0x058, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** code words of W_S matrix 7 */
  COLD_WORDS_7: { address: 0x05c, access: 'write', fields: { value: { low: 0, bits: 24 } } },
  /** descriptor ring, a multiple of its stride */
  RING_ADDR_LOW: { address: 0x060, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** descriptor ring */
  RING_ADDR_HIGH: { address: 0x064, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** shape of the ring */
  RING_LOG2: { address: 0x068, access: 'write', fields: { value: { low: 0, bits: 5 }, wide: { low: 8, bits: 1 } } },
  /** descriptors submitted; refused when it goes back or the ring cannot hold them */
  RING_TAIL: { address: 0x06c, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** descriptors completed */
  RING_HEAD: { address: 0x070, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** time limit of a load, a window or a descriptor's fetch, started again by a write */
  WATCHDOG: { address: 0x074, access: 'write', fields: { value: { low: 0, bits: 32 } } },
  /** array.columns */
  CONFIG_COLUMNS: { address: 0x080, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** array.slices */
  CONFIG_SLICES: { address: 0x084, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** array.lanesPerSlice */
  CONFIG_LANES: { address: 0x088, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** array.passes */
  CONFIG_PASSES: { address: 0x08c, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** port.busBytes */
  CONFIG_BUS_BYTES: { address: 0x090, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** envelope.width */
  CONFIG_WIDTH: { address: 0x094, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** envelope.hidden */
  CONFIG_HIDDEN: { address: 0x098, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** envelope.rank */
  CONFIG_RANK: { address: 0x09c, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** port.rowCrc */
  CONFIG_ROW_CRC: { address: 0x0a0, access: 'read', fields: { value: { low: 0, bits: 32 } } },
  /** batcher.segments */
  CONFIG_SEGMENTS: { address: 0x0a4, access: 'read', fields: { value: { low: 0, bits: 32 } } },
} as const;

/** What this chip reads in registers that never change. */
export const constants = {
  ID: 0x54524558,
  VERSION: 0x2,
  CONFIG_COLUMNS: 0x8,
  CONFIG_SLICES: 0x4,
  CONFIG_LANES: 0x2,
  CONFIG_PASSES: 0x10,
  CONFIG_BUS_BYTES: 0x10,
  CONFIG_WIDTH: 0x80,
  CONFIG_HIDDEN: 0x200,
  CONFIG_RANK: 0x80,
  CONFIG_ROW_CRC: 0x0,
  CONFIG_SEGMENTS: 0x20,
} as const;

/** Addresses of the low words of counters of 64 bits; reading one holds the high word at the next address. */
export const counters = {
  /** cycles in which a request was under way */
  cycles: 0x100,
  /** windows begun */
  windows: 0x108,
  /** requests completed, good or not */
  requests: 0x110,
  /** tokens of requests that entered the queue */
  tokens: 0x118,
  /** beats read */
  readBeats: 0x120,
  /** beats written */
  writeBeats: 0x128,
  /** bytes of class program */
  programBytes: 0x130,
  /** bytes of class codebooks */
  codebooksBytes: 0x138,
  /** bytes of class sparseValues */
  sparseValuesBytes: 0x140,
  /** bytes of class sparseIndices */
  sparseIndicesBytes: 0x148,
  /** bytes of class parameters */
  parametersBytes: 0x150,
  /** bytes of class dense */
  denseBytes: 0x158,
  /** bytes of class activationsIn */
  activationsInBytes: 0x160,
  /** bytes of class activationsOut */
  activationsOutBytes: 0x168,
  /** bytes of class descriptors */
  descriptorsBytes: 0x170,
  /** PE-cycles, dense */
  densePeCycles: 0x178,
  /** PE-cycles, sparse */
  sparsePeCycles: 0x180,
  /** PE-cycles, attention */
  attentionPeCycles: 0x188,
  /** PE-cycles, maskedKeys */
  maskedKeysPeCycles: 0x190,
  /** PE-cycles, paddingLanes */
  paddingLanesPeCycles: 0x198,
  /** PE-cycles, paddingColumns */
  paddingColumnsPeCycles: 0x1a0,
  /** PE-cycles, weightStream */
  weightStreamPeCycles: 0x1a8,
  /** PE-cycles, activations */
  activationsPeCycles: 0x1b0,
  /** PE-cycles, vector */
  vectorPeCycles: 0x1b8,
  /** PE-cycles, drain */
  drainPeCycles: 0x1c0,
  /** PE-cycles, dependency */
  dependencyPeCycles: 0x1c8,
  /** PE-cycles, noWindow */
  noWindowPeCycles: 0x1d0,
} as const;

/** Codes of completions and of the register ERROR. */
export const codes = {
  notDone: 0,
  good: 1,
  badLength: 2,
  misaligned: 3,
  badDescriptor: 4,
  readDescriptor: 5,
  readWeights: 6,
  readRows: 7,
  writeRows: 8,
  passCrc: 9,
  badProgram: 10,
  streamEnd: 11,
  readCold: 12,
  coldCrc: 13,
  coldShape: 14,
  writeCompletion: 15,
  coldValue: 16,
  descriptorCrc: 17,
  rowsCrc: 18,
  watchdog: 19,
  portStuck: 20,
} as const;

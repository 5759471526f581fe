/* Registers of the accelerator, made by trexgen from the table that its Verilog is made of; do not edit.
 *
 * Addresses are in bytes, words have 32 bits. A field has its lowest bit in _SHIFT and its bits in _MASK.
 */
#ifndef TREX_REGS_H
#define TREX_REGS_H

/* identifies this chip */
#define TREX_REG_ID 0x000u
#define TREX_ID_SHIFT 0
#define TREX_ID_MASK 0xffffffffu

/* of descriptors and registers */
#define TREX_REG_VERSION 0x004u
#define TREX_VERSION_SHIFT 0
#define TREX_VERSION_MASK 0xffffffffu

/* what the chip shall do */
#define TREX_REG_CONTROL 0x008u
#define TREX_CONTROL_ENABLE_SHIFT 0
#define TREX_CONTROL_ENABLE_MASK 0x00000001u
#define TREX_CONTROL_LOAD_SHIFT 1
#define TREX_CONTROL_LOAD_MASK 0x00000002u
#define TREX_CONTROL_CLEAR_SHIFT 2
#define TREX_CONTROL_CLEAR_MASK 0x00000004u
#define TREX_CONTROL_RESET_SHIFT 3
#define TREX_CONTROL_RESET_MASK 0x00000008u
#define TREX_CONTROL_POLICY_SHIFT 4
#define TREX_CONTROL_POLICY_MASK 0x00000030u

/* what the chip does */
#define TREX_REG_STATUS 0x00cu
#define TREX_STATUS_LOADED_SHIFT 0
#define TREX_STATUS_LOADED_MASK 0x00000001u
#define TREX_STATUS_LOADING_SHIFT 1
#define TREX_STATUS_LOADING_MASK 0x00000002u
#define TREX_STATUS_BUSY_SHIFT 2
#define TREX_STATUS_BUSY_MASK 0x00000004u
#define TREX_STATUS_WINDOW_SHIFT 3
#define TREX_STATUS_WINDOW_MASK 0x00000008u
#define TREX_STATUS_RESETTING_SHIFT 4
#define TREX_STATUS_RESETTING_MASK 0x00000010u
#define TREX_STATUS_PORT_STUCK_SHIFT 5
#define TREX_STATUS_PORT_STUCK_MASK 0x00000020u

/* what happened; write 1 to clear */
#define TREX_REG_IRQ_STATUS 0x010u
#define TREX_IRQ_STATUS_COMPLETION_SHIFT 0
#define TREX_IRQ_STATUS_COMPLETION_MASK 0x00000001u
#define TREX_IRQ_STATUS_LOADED_SHIFT 1
#define TREX_IRQ_STATUS_LOADED_MASK 0x00000002u
#define TREX_IRQ_STATUS_ERROR_SHIFT 2
#define TREX_IRQ_STATUS_ERROR_MASK 0x00000004u
#define TREX_IRQ_STATUS_RESET_SHIFT 3
#define TREX_IRQ_STATUS_RESET_MASK 0x00000008u

/* irq_o = any bit set here and in IRQ_STATUS */
#define TREX_REG_IRQ_ENABLE 0x014u
#define TREX_IRQ_ENABLE_COMPLETION_SHIFT 0
#define TREX_IRQ_ENABLE_COMPLETION_MASK 0x00000001u
#define TREX_IRQ_ENABLE_LOADED_SHIFT 1
#define TREX_IRQ_ENABLE_LOADED_MASK 0x00000002u
#define TREX_IRQ_ENABLE_ERROR_SHIFT 2
#define TREX_IRQ_ENABLE_ERROR_MASK 0x00000004u
#define TREX_IRQ_ENABLE_RESET_SHIFT 3
#define TREX_IRQ_ENABLE_RESET_MASK 0x00000008u

/* latest error */
#define TREX_REG_ERROR 0x018u
#define TREX_ERROR_SHIFT 0
#define TREX_ERROR_MASK 0x000000ffu

/* request of the latest error */
#define TREX_REG_ERROR_TAG 0x01cu
#define TREX_ERROR_TAG_SHIFT 0
#define TREX_ERROR_TAG_MASK 0xffffffffu

/* cold region, a multiple of the beat */
#define TREX_REG_COLD_ADDR_LOW 0x020u
#define TREX_COLD_ADDR_LOW_SHIFT 0
#define TREX_COLD_ADDR_LOW_MASK 0xffffffffu

/* cold region */
#define TREX_REG_COLD_ADDR_HIGH 0x024u
#define TREX_COLD_ADDR_HIGH_SHIFT 0
#define TREX_COLD_ADDR_HIGH_MASK 0xffffffffu

/* beats of the cold region, CRC beat included */
#define TREX_REG_COLD_BEATS 0x028u
#define TREX_COLD_BEATS_SHIFT 0
#define TREX_COLD_BEATS_MASK 0x00ffffffu

/* instructions of the program, END included */
#define TREX_REG_COLD_INSTRUCTIONS 0x02cu
#define TREX_COLD_INSTRUCTIONS_SHIFT 0
#define TREX_COLD_INSTRUCTIONS_MASK 0x00ffffffu

/* what else is in the cold region */
#define TREX_REG_COLD_MATRICES 0x030u
#define TREX_COLD_MATRICES_NUMBER_SHIFT 0
#define TREX_COLD_MATRICES_NUMBER_MASK 0x0000000fu
#define TREX_COLD_MATRICES_TABLE_SHIFT 8
#define TREX_COLD_MATRICES_TABLE_MASK 0x00000100u
#define TREX_COLD_MATRICES_WIDE_SHIFT 9
#define TREX_COLD_MATRICES_WIDE_MASK 0x00000200u

/* pass region, a multiple of the beat */
#define TREX_REG_PASS_ADDR_LOW 0x034u
#define TREX_PASS_ADDR_LOW_SHIFT 0
#define TREX_PASS_ADDR_LOW_MASK 0xffffffffu

/* pass region */
#define TREX_REG_PASS_ADDR_HIGH 0x038u
#define TREX_PASS_ADDR_HIGH_SHIFT 0
#define TREX_PASS_ADDR_HIGH_MASK 0xffffffffu

/* beats of the pass region, CRC beat included */
#define TREX_REG_PASS_BEATS 0x03cu
#define TREX_PASS_BEATS_SHIFT 0
#define TREX_PASS_BEATS_MASK 0x00ffffffu

/* code words of W_S matrix 0 */
#define TREX_REG_COLD_WORDS_0 0x040u
#define TREX_COLD_WORDS_0_SHIFT 0
#define TREX_COLD_WORDS_0_MASK 0x00ffffffu

/* code words of W_S matrix 1 */
#define TREX_REG_COLD_WORDS_1 0x044u
#define TREX_COLD_WORDS_1_SHIFT 0
#define TREX_COLD_WORDS_1_MASK 0x00ffffffu

/* code words of W_S matrix 2 */
#define TREX_REG_COLD_WORDS_2 0x048u
#define TREX_COLD_WORDS_2_SHIFT 0
#define TREX_COLD_WORDS_2_MASK 0x00ffffffu

/* code words of W_S matrix 3 */
#define TREX_REG_COLD_WORDS_3 0x04cu
#define TREX_COLD_WORDS_3_SHIFT 0
#define TREX_COLD_WORDS_3_MASK 0x00ffffffu

/* code words of W_S matrix 4 */
#define TREX_REG_COLD_WORDS_4 0x050u
#define TREX_COLD_WORDS_4_SHIFT 0
#define TREX_COLD_WORDS_4_MASK 0x00ffffffu

/* code words of W_S matrix 5 */
#define TREX_REG_COLD_WORDS_5 0x054u
#define TREX_COLD_WORDS_5_SHIFT 0
#define TREX_COLD_WORDS_5_MASK 0x00ffffffu

/* code words of W_S matrix 6 */
#define TREX_REG_COLD_WORDS_6 0x058u
#define TREX_COLD_WORDS_6_SHIFT 0
#define TREX_COLD_WORDS_6_MASK 0x00ffffffu

/* code words of W_S matrix 7 */
#define TREX_REG_COLD_WORDS_7 0x05cu
#define TREX_COLD_WORDS_7_SHIFT 0
#define TREX_COLD_WORDS_7_MASK 0x00ffffffu

/* descriptor ring, a multiple of its stride */
#define TREX_REG_RING_ADDR_LOW 0x060u
#define TREX_RING_ADDR_LOW_SHIFT 0
#define TREX_RING_ADDR_LOW_MASK 0xffffffffu

/* descriptor ring */
#define TREX_REG_RING_ADDR_HIGH 0x064u
#define TREX_RING_ADDR_HIGH_SHIFT 0
#define TREX_RING_ADDR_HIGH_MASK 0xffffffffu

/* shape of the ring */
#define TREX_REG_RING_LOG2 0x068u
#define TREX_RING_LOG2_SHIFT 0
#define TREX_RING_LOG2_MASK 0x0000001fu
#define TREX_RING_LOG2_WIDE_SHIFT 8
#define TREX_RING_LOG2_WIDE_MASK 0x00000100u

/* descriptors submitted; refused when it goes back or the ring cannot hold them */
#define TREX_REG_RING_TAIL 0x06cu
#define TREX_RING_TAIL_SHIFT 0
#define TREX_RING_TAIL_MASK 0xffffffffu

/* descriptors completed */
#define TREX_REG_RING_HEAD 0x070u
#define TREX_RING_HEAD_SHIFT 0
#define TREX_RING_HEAD_MASK 0xffffffffu

/* time limit of a load, a window or a descriptor's fetch, started again by a write */
#define TREX_REG_WATCHDOG 0x074u
#define TREX_WATCHDOG_SHIFT 0
#define TREX_WATCHDOG_MASK 0xffffffffu

/* array.columns */
#define TREX_REG_CONFIG_COLUMNS 0x080u
#define TREX_CONFIG_COLUMNS_SHIFT 0
#define TREX_CONFIG_COLUMNS_MASK 0xffffffffu

/* array.slices */
#define TREX_REG_CONFIG_SLICES 0x084u
#define TREX_CONFIG_SLICES_SHIFT 0
#define TREX_CONFIG_SLICES_MASK 0xffffffffu

/* array.lanesPerSlice */
#define TREX_REG_CONFIG_LANES 0x088u
#define TREX_CONFIG_LANES_SHIFT 0
#define TREX_CONFIG_LANES_MASK 0xffffffffu

/* array.passes */
#define TREX_REG_CONFIG_PASSES 0x08cu
#define TREX_CONFIG_PASSES_SHIFT 0
#define TREX_CONFIG_PASSES_MASK 0xffffffffu

/* port.busBytes */
#define TREX_REG_CONFIG_BUS_BYTES 0x090u
#define TREX_CONFIG_BUS_BYTES_SHIFT 0
#define TREX_CONFIG_BUS_BYTES_MASK 0xffffffffu

/* envelope.width */
#define TREX_REG_CONFIG_WIDTH 0x094u
#define TREX_CONFIG_WIDTH_SHIFT 0
#define TREX_CONFIG_WIDTH_MASK 0xffffffffu

/* envelope.hidden */
#define TREX_REG_CONFIG_HIDDEN 0x098u
#define TREX_CONFIG_HIDDEN_SHIFT 0
#define TREX_CONFIG_HIDDEN_MASK 0xffffffffu

/* envelope.rank */
#define TREX_REG_CONFIG_RANK 0x09cu
#define TREX_CONFIG_RANK_SHIFT 0
#define TREX_CONFIG_RANK_MASK 0xffffffffu

/* port.rowCrc */
#define TREX_REG_CONFIG_ROW_CRC 0x0a0u
#define TREX_CONFIG_ROW_CRC_SHIFT 0
#define TREX_CONFIG_ROW_CRC_MASK 0xffffffffu

/* batcher.segments */
#define TREX_REG_CONFIG_SEGMENTS 0x0a4u
#define TREX_CONFIG_SEGMENTS_SHIFT 0
#define TREX_CONFIG_SEGMENTS_MASK 0xffffffffu

/* What this chip reads in registers that never change. */
#define TREX_VALUE_ID 0x54524558u
#define TREX_VALUE_VERSION 0x2u
#define TREX_VALUE_CONFIG_COLUMNS 0x8u
#define TREX_VALUE_CONFIG_SLICES 0x4u
#define TREX_VALUE_CONFIG_LANES 0x2u
#define TREX_VALUE_CONFIG_PASSES 0x10u
#define TREX_VALUE_CONFIG_BUS_BYTES 0x10u
#define TREX_VALUE_CONFIG_WIDTH 0x80u
#define TREX_VALUE_CONFIG_HIDDEN 0x200u
#define TREX_VALUE_CONFIG_RANK 0x80u
#define TREX_VALUE_CONFIG_ROW_CRC 0x0u
#define TREX_VALUE_CONFIG_SEGMENTS 0x20u

/* Counters: 64 bits, the low word at this address, the high word behind it; reading the low word holds the high one. */
#define TREX_COUNTER_COUNT 27
#define TREX_COUNTER_BASE 0x100u
#define TREX_COUNTER_CYCLES 0x100u /* cycles in which a request was under way */
#define TREX_COUNTER_WINDOWS 0x108u /* windows begun */
#define TREX_COUNTER_REQUESTS 0x110u /* requests completed, good or not */
#define TREX_COUNTER_TOKENS 0x118u /* tokens of requests that entered the queue */
#define TREX_COUNTER_READ_BEATS 0x120u /* beats read */
#define TREX_COUNTER_WRITE_BEATS 0x128u /* beats written */
#define TREX_COUNTER_PROGRAM_BYTES 0x130u /* bytes of class program */
#define TREX_COUNTER_CODEBOOKS_BYTES 0x138u /* bytes of class codebooks */
#define TREX_COUNTER_SPARSE_VALUES_BYTES 0x140u /* bytes of class sparseValues */
#define TREX_COUNTER_SPARSE_INDICES_BYTES 0x148u /* bytes of class sparseIndices */
#define TREX_COUNTER_PARAMETERS_BYTES 0x150u /* bytes of class parameters */
#define TREX_COUNTER_DENSE_BYTES 0x158u /* bytes of class dense */
#define TREX_COUNTER_ACTIVATIONS_IN_BYTES 0x160u /* bytes of class activationsIn */
#define TREX_COUNTER_ACTIVATIONS_OUT_BYTES 0x168u /* bytes of class activationsOut */
#define TREX_COUNTER_DESCRIPTORS_BYTES 0x170u /* bytes of class descriptors */
#define TREX_COUNTER_DENSE_PE_CYCLES 0x178u /* PE-cycles, dense */
#define TREX_COUNTER_SPARSE_PE_CYCLES 0x180u /* PE-cycles, sparse */
#define TREX_COUNTER_ATTENTION_PE_CYCLES 0x188u /* PE-cycles, attention */
#define TREX_COUNTER_MASKED_KEYS_PE_CYCLES 0x190u /* PE-cycles, maskedKeys */
#define TREX_COUNTER_PADDING_LANES_PE_CYCLES 0x198u /* PE-cycles, paddingLanes */
#define TREX_COUNTER_PADDING_COLUMNS_PE_CYCLES 0x1a0u /* PE-cycles, paddingColumns */
#define TREX_COUNTER_WEIGHT_STREAM_PE_CYCLES 0x1a8u /* PE-cycles, weightStream */
#define TREX_COUNTER_ACTIVATIONS_PE_CYCLES 0x1b0u /* PE-cycles, activations */
#define TREX_COUNTER_VECTOR_PE_CYCLES 0x1b8u /* PE-cycles, vector */
#define TREX_COUNTER_DRAIN_PE_CYCLES 0x1c0u /* PE-cycles, drain */
#define TREX_COUNTER_DEPENDENCY_PE_CYCLES 0x1c8u /* PE-cycles, dependency */
#define TREX_COUNTER_NO_WINDOW_PE_CYCLES 0x1d0u /* PE-cycles, noWindow */

/* Codes of completions and of the register ERROR. */
enum trex_code {
  TREX_CODE_NOT_DONE = 0,
  TREX_CODE_GOOD = 1,
  TREX_CODE_BAD_LENGTH = 2,
  TREX_CODE_MISALIGNED = 3,
  TREX_CODE_BAD_DESCRIPTOR = 4,
  TREX_CODE_READ_DESCRIPTOR = 5,
  TREX_CODE_READ_WEIGHTS = 6,
  TREX_CODE_READ_ROWS = 7,
  TREX_CODE_WRITE_ROWS = 8,
  TREX_CODE_PASS_CRC = 9,
  TREX_CODE_BAD_PROGRAM = 10,
  TREX_CODE_STREAM_END = 11,
  TREX_CODE_READ_COLD = 12,
  TREX_CODE_COLD_CRC = 13,
  TREX_CODE_COLD_SHAPE = 14,
  TREX_CODE_WRITE_COMPLETION = 15,
  TREX_CODE_COLD_VALUE = 16,
  TREX_CODE_DESCRIPTOR_CRC = 17,
  TREX_CODE_ROWS_CRC = 18,
  TREX_CODE_WATCHDOG = 19,
  TREX_CODE_PORT_STUCK = 20
};

#endif

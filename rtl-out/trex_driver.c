/* See trex_driver.h. Made by trexgen, docs/driver.md. */
#include "trex_driver.h"
#include <string.h>

/* A register access that fails ends the function that made it. */
#define TRY(access) do { if ((access) != 0) return TREX_BUS; } while (0)

enum { BEAT = TREX_VALUE_CONFIG_BUS_BYTES, STRIDE = BEAT > 32 ? BEAT : 32 };
/* Bytes of a descriptor at which its fields stand; the CRC covers those before the status. */
enum { AT_INPUT = 0, AT_OUTPUT = 8, AT_TOKENS = 16, AT_TAG = 20, AT_STATUS = 24, AT_CRC = 28 };
/* Fields of the status word: lowest bit, and mask behind a shift by it. */
enum { CODE_LOW = 0, CODE_MASK = 255, CAUSE_LOW = 8, CAUSE_MASK = 1, WINDOW_LOW = 16, WINDOW_MASK = 65535 };
/* Behind the rows of a request, in and out, stands a beat with their CRC, or nothing. */
enum { ROW_CRC = TREX_VALUE_CONFIG_ROW_CRC };
/* Binary logarithm of the descriptors of the longest ring. */
enum { RING_LOG2_MAX = 16 };
/* Tokens of a window: no request is longer. */
enum { WINDOW = TREX_VALUE_CONFIG_SLICES * TREX_VALUE_CONFIG_LANES * TREX_VALUE_CONFIG_PASSES };

static const uint32_t all_events = TREX_IRQ_STATUS_COMPLETION_MASK | TREX_IRQ_STATUS_LOADED_MASK | TREX_IRQ_STATUS_ERROR_MASK | TREX_IRQ_STATUS_RESET_MASK;

static int read_register(trex_chip *chip, uint32_t address, uint32_t *value) {
  return chip->bus.read(chip->bus.context, address, value);
}

static int write_register(trex_chip *chip, uint32_t address, uint32_t value) {
  return chip->bus.write(chip->bus.context, address, value);
}

static void barrier(trex_chip *chip) {
  if (chip->bus.barrier != NULL) chip->bus.barrier(chip->bus.context);
}

static uint64_t round_up(uint64_t bytes, uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

/* Numbers in memory have their low byte first, whatever this processor does. */
static void put_bytes(unsigned char *at, uint64_t value, unsigned bytes) {
  unsigned i;
  for (i = 0; i < bytes; i++) at[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_word(const unsigned char *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* CRC-32 as in zlib, half a byte at a time. */
static uint32_t crc_of(const unsigned char *at, uint64_t bytes) {
  static const uint32_t table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
  };
  uint32_t crc = 0xffffffff;
  uint64_t i;
  for (i = 0; i < bytes; i++) {
    crc ^= at[i];
    crc = crc >> 4 ^ table[crc & 15];
    crc = crc >> 4 ^ table[crc & 15];
  }
  return ~crc;
}

/* Places of the ring free up by RING_HEAD, which moves with the response to a status word: memory shows the word before. */
static trex_result check_room(trex_chip *chip) {
  if (((chip->tail - chip->collected) >> chip->ring_log2) != 0) return TREX_BUSY;
  if (((chip->tail - chip->head) >> chip->ring_log2) == 0) return TREX_OK;
  TRY(read_register(chip, TREX_REG_RING_HEAD, &chip->head));
  return ((chip->tail - chip->head) >> chip->ring_log2) == 0 ? TREX_OK : TREX_BUSY;
}

/* Locked registers refuse writes until the chip is idle, some cycles behind the last status word. */
static trex_result check_idle(trex_chip *chip) {
  uint32_t status = 0;
  TRY(read_register(chip, TREX_REG_STATUS, &status));
  if ((status & TREX_STATUS_PORT_STUCK_MASK) != 0) return TREX_PORT_STUCK;
  return (status & (TREX_STATUS_BUSY_MASK | TREX_STATUS_LOADING_MASK | TREX_STATUS_RESETTING_MASK)) == 0 ? TREX_OK : TREX_BUSY;
}

/* Sleep until the interrupt, clear it, and see what the chip does then. */
static trex_result sleep_until_event(trex_chip *chip, uint32_t *status) {
  TRY(chip->bus.wait(chip->bus.context));
  TRY(write_register(chip, TREX_REG_IRQ_STATUS, all_events));
  TRY(read_register(chip, TREX_REG_STATUS, status));
  return (*status & TREX_STATUS_PORT_STUCK_MASK) == 0 ? TREX_OK : TREX_PORT_STUCK;
}

static int write_address(trex_chip *chip, uint32_t low_register, uint64_t offset) {
  uint64_t address = chip->bus.memory_address + offset;
  int failed = write_register(chip, low_register, (uint32_t)address);
  return failed != 0 ? failed : write_register(chip, low_register + 4, (uint32_t)(address >> 32));
}

static unsigned char *descriptor(trex_chip *chip, uint32_t number) {
  uint32_t slot = number & ((UINT32_C(1) << chip->ring_log2) - 1);
  return chip->bus.memory + chip->ring + (uint64_t)slot * STRIDE;
}

static uint64_t slot_offset(trex_chip *chip, uint32_t number) {
  uint32_t slot = number & ((UINT32_C(1) << chip->ring_log2) - 1);
  return chip->slots + slot * chip->slot_bytes;
}

static trex_result start_ring(trex_chip *chip) {
  TRY(write_address(chip, TREX_REG_RING_ADDR_LOW, chip->ring));
  TRY(write_register(chip, TREX_REG_RING_LOG2, chip->ring_log2));
  TRY(write_register(chip, TREX_REG_IRQ_STATUS, all_events));
  TRY(write_register(chip, TREX_REG_IRQ_ENABLE, all_events));
  return TREX_OK;
}

trex_result trex_open(trex_chip *chip, const trex_bus *bus, uint32_t ring_log2) {
  static const uint32_t expected[][2] = {
    { TREX_REG_ID, TREX_VALUE_ID },
    { TREX_REG_VERSION, TREX_VALUE_VERSION },
    { TREX_REG_CONFIG_COLUMNS, TREX_VALUE_CONFIG_COLUMNS },
    { TREX_REG_CONFIG_SLICES, TREX_VALUE_CONFIG_SLICES },
    { TREX_REG_CONFIG_LANES, TREX_VALUE_CONFIG_LANES },
    { TREX_REG_CONFIG_PASSES, TREX_VALUE_CONFIG_PASSES },
    { TREX_REG_CONFIG_BUS_BYTES, TREX_VALUE_CONFIG_BUS_BYTES },
    { TREX_REG_CONFIG_WIDTH, TREX_VALUE_CONFIG_WIDTH },
    { TREX_REG_CONFIG_HIDDEN, TREX_VALUE_CONFIG_HIDDEN },
    { TREX_REG_CONFIG_RANK, TREX_VALUE_CONFIG_RANK },
    { TREX_REG_CONFIG_ROW_CRC, TREX_VALUE_CONFIG_ROW_CRC },
    { TREX_REG_CONFIG_SEGMENTS, TREX_VALUE_CONFIG_SEGMENTS },
  };
  trex_result idle;
  uint32_t value = 0;
  size_t i;
  if (ring_log2 > RING_LOG2_MAX) return TREX_BAD_REQUEST;
  memset(chip, 0, sizeof *chip);
  chip->bus = *bus;
  chip->ring_log2 = ring_log2;
  for (i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    TRY(read_register(chip, expected[i][0], &value));
    if (value != expected[i][1]) return TREX_WRONG_CHIP;
  }
  if (((uint64_t)STRIDE << ring_log2) > bus->memory_bytes) return TREX_NO_MEMORY;
  TRY(write_register(chip, TREX_REG_CONTROL, 0));
  TRY(read_register(chip, TREX_REG_RING_TAIL, &chip->tail));
  TRY(read_register(chip, TREX_REG_RING_HEAD, &chip->head));
  if (chip->head != chip->tail) return TREX_BUSY;
  idle = check_idle(chip);
  if (idle != TREX_OK) return idle;
  chip->collected = chip->tail;
  return start_ring(chip);
}

trex_result trex_watchdog(trex_chip *chip, uint32_t cycles) {
  TRY(write_register(chip, TREX_REG_WATCHDOG, cycles));
  return TREX_OK;
}

trex_result trex_reset(trex_chip *chip) {
  uint32_t status = 0;
  chip->loaded = 0;
  chip->tail = 0;
  chip->head = 0;
  chip->collected = 0;
  TRY(write_register(chip, TREX_REG_CONTROL, TREX_CONTROL_RESET_MASK));
  TRY(write_register(chip, TREX_REG_IRQ_ENABLE, all_events));
  do {
    trex_result result = sleep_until_event(chip, &status);
    if (result != TREX_OK) return result;
  } while ((status & TREX_STATUS_RESETTING_MASK) != 0);
  return start_ring(chip);
}

/* Bytes of so many output rows. */
static uint64_t output_area(const trex_model *model, uint64_t rows) {
  return model->best ? round_up(rows * model->output_bytes, BEAT) : rows * round_up(model->output_bytes, BEAT);
}

/* Ring, cold region, pass region, then a slot with rows in and rows out for each place of the ring. */
static trex_result place_model(trex_chip *chip, const trex_model *model, uint64_t *cold, uint64_t *pass) {
  uint64_t places = UINT64_C(1) << chip->ring_log2;
  uint64_t rows_out = model->first_row ? 1 : WINDOW;
  *cold = chip->ring + places * STRIDE;
  *pass = *cold + model->cold_bytes;
  chip->slots = *pass + model->pass_bytes;
  chip->output_offset = WINDOW * round_up(model->input_bytes, BEAT) + ROW_CRC * BEAT;
  chip->slot_bytes = chip->output_offset + output_area(model, rows_out) + ROW_CRC * BEAT;
  return chip->slots + places * chip->slot_bytes <= chip->bus.memory_bytes ? TREX_OK : TREX_NO_MEMORY;
}

trex_result trex_load(trex_chip *chip, const trex_model *model) {
  uint64_t cold = 0;
  uint64_t pass = 0;
  trex_result idle;
  uint32_t status = 0;
  uint32_t m;
  if (model->matrices > 8 || model->cold_bytes % BEAT != 0 || model->pass_bytes % BEAT != 0) return TREX_BAD_REQUEST;
  if (chip->collected != chip->tail) return TREX_BUSY;
  idle = check_idle(chip);
  if (idle != TREX_OK) return idle;
  if (place_model(chip, model, &cold, &pass) != TREX_OK) return TREX_NO_MEMORY;
  chip->model = *model;
  chip->loaded = 0;
  memcpy(chip->bus.memory + cold, model->cold, model->cold_bytes);
  memcpy(chip->bus.memory + pass, model->pass, model->pass_bytes);
  barrier(chip);
  TRY(write_address(chip, TREX_REG_COLD_ADDR_LOW, cold));
  TRY(write_register(chip, TREX_REG_COLD_BEATS, model->cold_bytes / BEAT));
  TRY(write_register(chip, TREX_REG_COLD_INSTRUCTIONS, model->instructions));
  TRY(write_register(chip, TREX_REG_COLD_MATRICES,
                     model->matrices << TREX_COLD_MATRICES_NUMBER_SHIFT | model->table << TREX_COLD_MATRICES_TABLE_SHIFT |
                     model->wide << TREX_COLD_MATRICES_WIDE_SHIFT));
  for (m = 0; m < model->matrices; m++) TRY(write_register(chip, TREX_REG_COLD_WORDS_0 + 4 * m, model->words[m]));
  TRY(write_address(chip, TREX_REG_PASS_ADDR_LOW, pass));
  TRY(write_register(chip, TREX_REG_PASS_BEATS, model->pass_bytes / BEAT));
  TRY(write_register(chip, TREX_REG_CONTROL, TREX_CONTROL_LOAD_MASK));
  do {
    trex_result result = sleep_until_event(chip, &status);
    if (result != TREX_OK) return result;
  } while ((status & TREX_STATUS_LOADING_MASK) != 0);
  chip->loaded = (status & TREX_STATUS_LOADED_MASK) != 0;
  return chip->loaded ? TREX_OK : TREX_LOAD_FAILED;
}

trex_result trex_enable(trex_chip *chip, uint32_t enable, enum trex_policy policy) {
  uint32_t control = (uint32_t)policy << TREX_CONTROL_POLICY_SHIFT;
  if (enable) control |= TREX_CONTROL_ENABLE_MASK;
  TRY(write_register(chip, TREX_REG_CONTROL, control));
  return TREX_OK;
}

trex_result trex_submit(trex_chip *chip, const signed char *rows, uint32_t tokens, uint32_t tag) {
  uint64_t stride = round_up(chip->model.input_bytes, BEAT);
  uint64_t slot = slot_offset(chip, chip->tail);
  unsigned char *at = descriptor(chip, chip->tail);
  trex_result room;
  uint32_t t;
  if (!chip->loaded || tokens == 0 || tokens > WINDOW) return TREX_BAD_REQUEST;
  room = check_room(chip);
  if (room != TREX_OK) return room;
  for (t = 0; t < tokens; t++) {
    unsigned char *row = chip->bus.memory + slot + t * stride;
    memset(row, 0, stride);
    memcpy(row, rows + (uint64_t)t * chip->model.input_bytes, chip->model.input_bytes);
  }
  if (ROW_CRC) {
    unsigned char *rows_at = chip->bus.memory + slot;
    memset(rows_at + tokens * stride, 0, BEAT);
    put_bytes(rows_at + tokens * stride, crc_of(rows_at, tokens * stride), 4);
  }
  put_bytes(at + AT_INPUT, chip->bus.memory_address + slot, 8);
  put_bytes(at + AT_OUTPUT, chip->bus.memory_address + slot + chip->output_offset, 8);
  put_bytes(at + AT_TOKENS, tokens, 4);
  put_bytes(at + AT_TAG, tag, 4);
  put_bytes(at + AT_STATUS, 0, 4);
  put_bytes(at + AT_CRC, crc_of(at, AT_STATUS), 4);
  barrier(chip);
  TRY(write_register(chip, TREX_REG_RING_TAIL, chip->tail + 1));
  chip->tail++;
  return TREX_OK;
}

trex_result trex_wait(trex_chip *chip) {
  uint32_t status = 0;
  return sleep_until_event(chip, &status);
}

trex_result trex_collect(trex_chip *chip, trex_completion *completion) {
  const unsigned char *at = descriptor(chip, chip->collected);
  uint32_t status;
  if (chip->collected == chip->tail) return TREX_NOT_DONE;
  barrier(chip);
  status = get_word(at + AT_STATUS);
  if ((status >> CODE_LOW & CODE_MASK) == TREX_CODE_NOT_DONE) return TREX_NOT_DONE;
  completion->tag = get_word(at + AT_TAG);
  completion->code = status >> CODE_LOW & CODE_MASK;
  completion->cause = status >> CAUSE_LOW & CAUSE_MASK;
  completion->window = status >> WINDOW_LOW & WINDOW_MASK;
  completion->rows = chip->model.first_row ? 1 : get_word(at + AT_TOKENS);
  completion->row = chip->bus.memory + slot_offset(chip, chip->collected) + chip->output_offset;
  completion->row_stride = chip->model.best ? chip->model.output_bytes : (uint32_t)round_up(chip->model.output_bytes, BEAT);
  if (ROW_CRC && completion->code == TREX_CODE_GOOD) {
    uint64_t bytes = output_area(&chip->model, completion->rows);
    if (completion->rows > WINDOW || get_word(completion->row + bytes) != crc_of(completion->row, bytes)) {
      completion->code = TREX_CODE_ROWS_CRC;
      completion->cause = 1;
    }
  }
  chip->collected++;
  return TREX_OK;
}

trex_result trex_counter(trex_chip *chip, uint32_t address, uint64_t *value) {
  uint32_t low = 0;
  uint32_t high = 0;
  TRY(read_register(chip, address, &low));
  TRY(read_register(chip, address + 4, &high));
  *value = (uint64_t)high << 32 | low;
  return TREX_OK;
}

trex_result trex_clear_counters(trex_chip *chip) {
  uint32_t control = 0;
  TRY(read_register(chip, TREX_REG_CONTROL, &control));
  TRY(write_register(chip, TREX_REG_CONTROL, control | TREX_CONTROL_CLEAR_MASK));
  return TREX_OK;
}

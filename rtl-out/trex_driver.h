/* Driver of the accelerator in C99: load a model, submit requests, wait for the interrupt, collect results and counters.
 *
 * It calls nothing but the functions of a trex_bus and memcpy. One trex_chip per accelerator; not reentrant.
 * Made by trexgen, docs/driver.md.
 */
#ifndef TREX_DRIVER_H
#define TREX_DRIVER_H

#include <stdint.h>
#include "trex_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the platform gives. Functions return 0, or anything else for an error of the bus (SLVERR and the like). */
typedef struct {
  void *context; /* handed to every function */
  int (*read)(void *context, uint32_t address, uint32_t *value);
  int (*write)(void *context, uint32_t address, uint32_t value);
  int (*wait)(void *context);     /* returns when irq_o is high */
  void (*barrier)(void *context); /* memory that was written is seen by the other side; NULL where it always is */
  unsigned char *memory;          /* that the chip may read and write, as this program sees it */
  uint64_t memory_address;        /* its first byte as the chip sees it, a multiple of 4096 */
  uint64_t memory_bytes;
} trex_bus;

/* A model: its two regions and what the header of its *.tximg file says about them. */
typedef struct {
  const unsigned char *cold;
  const unsigned char *pass;
  uint32_t cold_bytes; /* both are multiples of the beat */
  uint32_t pass_bytes;
  uint32_t instructions; /* END included */
  uint32_t matrices;     /* of W_S, at most 8 */
  uint32_t words[8];     /* code words of each */
  uint32_t table;        /* 1: an activation table follows */
  uint32_t wide;         /* 1: W_S is uncoded, in containers of 16 bits */
  uint32_t input_bytes;  /* features of an input row */
  uint32_t output_bytes; /* of an output row */
  uint32_t first_row;    /* 1: one output row a request; 0: one a token */
  uint32_t best;         /* 1: rows are indices of the largest output, two bytes side by side; 0: each begins at a beat */
} trex_model;

enum trex_policy { TREX_SINGLE = 0, TREX_UNIFORM = 1, TREX_PACKED = 2, TREX_TOKENS = 3 };

typedef enum {
  TREX_OK = 0,
  TREX_BUS = 1,         /* a register access failed */
  TREX_WRONG_CHIP = 2,  /* not the configuration that this driver was made for */
  TREX_NO_MEMORY = 3,   /* memory_bytes do not hold the model and the slots of the ring */
  TREX_BUSY = 4,        /* requests are under way, or the ring is full: collect, wait, try again */
  TREX_BAD_REQUEST = 5, /* no model, no tokens, or more than the window holds */
  TREX_LOAD_FAILED = 6, /* register ERROR tells the code */
  TREX_NOT_DONE = 7,    /* the oldest request is not completed, or none is left */
  TREX_PORT_STUCK = 8   /* the chip's memory does not answer: trex_reset; when that says so, too, only a reset of the system helps */
} trex_result;

typedef struct {
  trex_bus bus;
  trex_model model;
  uint32_t ring_log2;
  uint32_t tail;         /* requests submitted and collected since reset, mod 2^32 */
  uint32_t collected;
  uint32_t head;         /* RING_HEAD when it was last read */
  uint64_t ring;         /* offsets in memory */
  uint64_t slots;
  uint64_t output_offset; /* of the output rows in a slot */
  uint64_t slot_bytes;
  uint32_t loaded;
} trex_chip;

typedef struct {
  uint32_t tag;
  uint32_t code;   /* enum trex_code; also TREX_CODE_ROWS_CRC where the chip said good but the output rows fail their CRC */
  uint32_t cause;  /* 1: this request is the cause of its error; 0: it shared the window */
  uint32_t window; /* number of its window since reset, low 16 bits */
  uint32_t rows;
  const unsigned char *row; /* first output row, valid until the slot is submitted again; next ones at row_stride */
  uint32_t row_stride;
} trex_completion;

/* Check the chip and forget what it did before. At most 2^ring_log2 requests (ring_log2 <= 16) wait at a time. */
trex_result trex_open(trex_chip *chip, const trex_bus *bus, uint32_t ring_log2);

/* Cycles that a load, a window or the fetch of a descriptor may take, 0 without end (after a reset): longer ones end with code
 * TREX_CODE_WATCHDOG, and when the memory does not answer by then, waiting functions return TREX_PORT_STUCK. */
trex_result trex_watchdog(trex_chip *chip, uint32_t cycles);

/* Soft reset, whatever the chip does; also when trex_open has found it busy. Requests that were not collected are forgotten, the model
 * must be loaded again, the watchdog is off. TREX_PORT_STUCK when the memory does not answer in time: later it may, try again. */
trex_result trex_reset(trex_chip *chip);

/* Copy a model into memory and let the chip read it. Returns when the chip has, or TREX_BUSY: right behind the last request the
 * chip is not idle yet; wait and try again. The ring is not served afterwards: enable it. */
trex_result trex_load(trex_chip *chip, const trex_model *model);

/* Serve the ring under a policy; 0 in `enable` lets requests already fetched finish and fetches no more. */
trex_result trex_enable(trex_chip *chip, uint32_t enable, enum trex_policy policy);

/* Queue one request: `tokens` rows of model.input_bytes, one behind the other. TREX_BUSY while no place of the ring is
 * free for the chip, even when all is collected: collect, wait and try again. */
trex_result trex_submit(trex_chip *chip, const signed char *rows, uint32_t tokens, uint32_t tag);

/* Sleep until something has happened; then collect until TREX_NOT_DONE. As long as the chip is busy, something will. */
trex_result trex_wait(trex_chip *chip);

/* The oldest request that was not collected. */
trex_result trex_collect(trex_chip *chip, trex_completion *completion);

/* One counter by its address, TREX_COUNTER_..., and all counters to 0. */
trex_result trex_counter(trex_chip *chip, uint32_t address, uint64_t *value);
trex_result trex_clear_counters(trex_chip *chip);

#ifdef __cplusplus
}
#endif

#endif

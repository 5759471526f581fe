/* Client of the driver on the simulated chip: a model and requests from files, completions and counters to a file.
 *
 * Usage     run_requests MODEL REQUESTS RESULTS POLICY RING_LOG2 [SEED GAP RESPONSE POLLS [HANGS [DAMAGE]]]
 *           SEED GAP RESPONSE: those of chip_pace; POLLS: 1 collects without waiting for the interrupt; 0 each when left out;
 *           HANGS: 1: memory falls silent in a window before all that, until the driver has told so and has reset the chip;
 *           DAMAGE: a bit of this byte of the first request's rows out flips before they are collected
 * Files     numbers of 32 bits, the low byte first
 *           MODEL     cold_bytes pass_bytes instructions matrices words[8] table wide input_bytes output_bytes first_row best, both regions
 *           REQUESTS  number; of each: tokens tag, rows
 *           RESULTS   of each in the order of requests: tag code cause window rows, rows; then all counters, 64 bits each;
 *                     the model is loaded once more right behind the last request
 * Exit      0 good, 1 a file, 2 the driver has not told what it must of a silent memory, 10 + result of the driver
 */
#include "chip_bus.h"
#include "trex_driver.h"
#include <stdio.h>
#include <stdlib.h>

static const uint64_t memory_address = 0x100000;
static const uint64_t memory_bytes = UINT64_C(1) << 23;

static unsigned char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  unsigned char *bytes;
  long size;
  if (file == NULL) exit(1);
  fseek(file, 0, SEEK_END);
  size = ftell(file);
  rewind(file);
  bytes = malloc((size_t)size + 1);
  if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) exit(1);
  fclose(file);
  return bytes;
}

static uint32_t next_word(const unsigned char **at) {
  uint32_t word = (uint32_t)(*at)[0] | (uint32_t)(*at)[1] << 8 | (uint32_t)(*at)[2] << 16 | (uint32_t)(*at)[3] << 24;
  *at += 4;
  return word;
}

static void put_word(FILE *file, uint32_t word) {
  int b;
  for (b = 0; b < 4; b++) fputc((int)(word >> (8 * b) & 0xff), file);
}

static void need(trex_result result) {
  if (result == TREX_OK) return;
  fprintf(stderr, "driver: result %d\n", (int)result);
  exit(10 + (int)result);
}

static trex_model parse_model(const unsigned char *at) {
  trex_model model;
  int m;
  model.cold_bytes = next_word(&at);
  model.pass_bytes = next_word(&at);
  model.instructions = next_word(&at);
  model.matrices = next_word(&at);
  for (m = 0; m < 8; m++) model.words[m] = next_word(&at);
  model.table = next_word(&at);
  model.wide = next_word(&at);
  model.input_bytes = next_word(&at);
  model.output_bytes = next_word(&at);
  model.first_row = next_word(&at);
  model.best = next_word(&at);
  model.cold = at;
  model.pass = at + model.cold_bytes;
  return model;
}

static uint32_t collect_all(trex_chip *chip, FILE *results) {
  trex_completion done;
  uint32_t number = 0;
  uint32_t row;
  while (trex_collect(chip, &done) == TREX_OK) {
    put_word(results, done.tag);
    put_word(results, done.code);
    put_word(results, done.cause);
    put_word(results, done.window);
    put_word(results, done.rows);
    for (row = 0; row < done.rows; row++) fwrite(done.row + (size_t)row * done.row_stride, 1, chip->model.output_bytes, results);
    number++;
  }
  return number;
}

static void write_counters(trex_chip *chip, FILE *results) {
  uint32_t i;
  for (i = 0; i < TREX_COUNTER_COUNT; i++) {
    uint64_t value = 0;
    need(trex_counter(chip, TREX_COUNTER_BASE + 8 * i, &value));
    put_word(results, (uint32_t)value);
    put_word(results, (uint32_t)(value >> 32));
  }
}

static void expect(trex_result result, trex_result wanted) {
  if (result == wanted) return;
  fprintf(stderr, "driver: result %d in place of %d\n", (int)result, (int)wanted);
  exit(2);
}

/* A window that hangs, and the ways out; then the model is loaded again. */
static void hang(trex_chip *chip, const trex_model *model, const unsigned char *request) {
  trex_result result;
  uint32_t tokens = next_word(&request);
  uint32_t tag = next_word(&request);
  uint32_t code = 0;
  need(trex_watchdog(chip, 30000));
  need(trex_submit(chip, (const signed char *)request, tokens, tag));
  chip_silence(1);
  need(trex_enable(chip, 1, TREX_SINGLE));
  while ((result = trex_wait(chip)) == TREX_OK) {}
  expect(result, TREX_PORT_STUCK);
  need(chip_read(NULL, TREX_REG_ERROR, &code) == 0 && code == TREX_CODE_PORT_STUCK ? TREX_OK : TREX_BUS);
  expect(trex_reset(chip), TREX_PORT_STUCK);
  expect(trex_load(chip, model), TREX_PORT_STUCK);
  chip_silence(0);
  expect(trex_reset(chip), TREX_OK);
  expect(trex_submit(chip, (const signed char *)request, tokens, tag), TREX_BAD_REQUEST);
  need(trex_load(chip, model));
}

int main(int argc, char **argv) {
  trex_bus bus = { NULL, chip_read, chip_write, chip_wait, chip_barrier, NULL, 0, 0 };
  trex_chip chip;
  trex_model model;
  const unsigned char *at;
  FILE *results;
  uint32_t number;
  uint32_t sent = 0;
  uint32_t done = 0;
  enum trex_policy policy;
  trex_result again;
  int polls;
  if (argc != 6 && argc != 10 && argc != 11 && argc != 12) return 1;
  model = parse_model(read_file(argv[1]));
  at = read_file(argv[2]);
  results = fopen(argv[3], "wb");
  policy = (enum trex_policy)atoi(argv[4]);
  if (results == NULL) return 1;
  chip_start(memory_address, memory_bytes);
  polls = argc >= 10 && atoi(argv[9]) != 0;
  if (argc >= 10) chip_pace((uint32_t)atoi(argv[6]), (uint32_t)atoi(argv[7]), (uint32_t)atoi(argv[8]));
  bus.memory = chip_memory();
  bus.memory_address = memory_address;
  bus.memory_bytes = memory_bytes;
  need(trex_open(&chip, &bus, (uint32_t)atoi(argv[5])));
  need(trex_load(&chip, &model));
  if (argc >= 11 && atoi(argv[10]) != 0) hang(&chip, &model, at + 4);
  need(trex_clear_counters(&chip));
  number = next_word(&at);
  while (done < number) {
    while (sent < number) {
      const unsigned char *request = at;
      uint32_t tokens = next_word(&request);
      uint32_t tag = next_word(&request);
      trex_result result = trex_submit(&chip, (const signed char *)request, tokens, tag);
      if (result == TREX_BUSY) break;
      need(result);
      at = request + (size_t)tokens * model.input_bytes;
      sent++;
    }
    /* What fits the ring is queued before the start, so windows depend on nothing but lengths and policy. */
    need(trex_enable(&chip, 1, policy));
    if (!polls) need(trex_wait(&chip));
    if (argc == 12 && done == 0) chip_memory()[chip.slots + chip.output_offset + (uint64_t)atoi(argv[11])] ^= 0x20;
    done += collect_all(&chip, results);
  }
  while ((again = trex_load(&chip, &model)) == TREX_BUSY) need(trex_wait(&chip));
  need(again);
  write_counters(&chip, results);
  chip_stop();
  return fclose(results) == 0 ? 0 : 1;
}

/* The simulated chip for a host in another process: one line a question on standard input, one line an answer.
 *
 *   r ADDRESS        value, or "error"      w ADDRESS VALUE  "ok", or "error"      i  "ok" when irq_o is high, or "error"
 *   m ADDRESS BYTES  bytes of memory        s ADDRESS BYTES  "ok"; the bytes follow the line as they are
 *   q ON             "ok": 1 memory is silent, 0 it answers again
 *
 * Numbers in hexadecimal; BYTES is their number. The answer to m is the bytes as they are.
 * Usage     serve MEMORY_ADDRESS MEMORY_BYTES [SEED GAP RESPONSE], these as chip_pace takes them
 */
#include "chip_bus.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  char line[64];
  uint64_t base;
  if (argc != 3 && argc != 6) return 1;
  base = strtoull(argv[1], NULL, 16);
  chip_start(base, strtoull(argv[2], NULL, 16));
  if (argc == 6) chip_pace((uint32_t)strtoul(argv[3], NULL, 16), (uint32_t)strtoul(argv[4], NULL, 16), (uint32_t)strtoul(argv[5], NULL, 16));
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *rest = line + 1;
    uint64_t address = strtoull(rest, &rest, 16);
    uint32_t value = (uint32_t)strtoull(rest, &rest, 16);
    switch (line[0]) {
      case 'r':
        if (chip_read(NULL, (uint32_t)address, &value) == 0) printf("%08x\n", (unsigned)value);
        else puts("error");
        break;
      case 'w': puts(chip_write(NULL, (uint32_t)address, value) == 0 ? "ok" : "error"); break;
      case 'i': puts(chip_wait(NULL) == 0 ? "ok" : "error"); break;
      case 'm':
        chip_barrier(NULL);
        fwrite(chip_memory() + (address - base), 1, value, stdout);
        break;
      case 's':
        if (fread(chip_memory() + (address - base), 1, value, stdin) != value) return 1;
        puts("ok");
        break;
      case 'q':
        chip_silence((int)address);
        puts("ok");
        break;
      default: return 1;
    }
    fflush(stdout);
  }
  chip_stop();
  return 0;
}

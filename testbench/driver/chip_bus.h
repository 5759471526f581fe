/* The chip in Verilator behind functions as a driver wants them: it is clocked only inside of them. */
#ifndef CHIP_BUS_H
#define CHIP_BUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reset the chip, with `bytes` of memory at `address`. */
void chip_start(uint64_t address, uint64_t bytes);
void chip_stop(void);

/* Rest for up to `gap` cycles before each access and barrier, and hold write responses up to `response` cycles longer. */
void chip_pace(uint32_t seed, uint32_t gap, uint32_t response);
void chip_barrier(void *context);

/* Memory that takes and answers nothing from now on, or answers again. */
void chip_silence(int on);

/* Registers over AXI4-Lite; 0, or the response of the bus. */
int chip_read(void *context, uint32_t address, uint32_t *value);
int chip_write(void *context, uint32_t address, uint32_t value);

/* Clock until irq_o is high; not 0 when it does not come. */
int chip_wait(void *context);

unsigned char *chip_memory(void);
uint64_t chip_cycles(void);

#ifdef __cplusplus
}
#endif

#endif

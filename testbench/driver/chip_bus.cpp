// Bus-functional layer around the chip in Verilator: AXI4-Lite accesses on demand, and an AXI4 memory.
//
// Macros    BUS_BYTES: bytes of a beat. RESET, RESET_LEVEL: reset of the top, and the level that resets. REG_ADDR_MASK: of a
//           register's byte address. The class of the chip is Vchip (verilator --prefix Vchip).
// Timing    one tick is one cycle: outputs of the chip are sampled before the rising edge
// Errors    beats outside of memory answer SLVERR
#include "chip_bus.h"
#include "Vchip.h"
#include "verilated.h"
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

namespace {

constexpr uint64_t kLatency = 20;       // cycles from an address to its first beat, and from the last beat to its response
constexpr uint64_t kPatience = 50000000;  // cycles of waiting after which an access has failed
constexpr int kSlaveError = 2;

struct Burst {
  uint64_t address;
  unsigned beats;  // left
  uint64_t ready;  // cycle from which it may answer
  bool failed;
};

std::unique_ptr<VerilatedContext> context;
std::unique_ptr<Vchip> chip;
std::vector<unsigned char> memory;
uint64_t base;
uint64_t cycle;
std::deque<Burst> reads;
std::deque<Burst> writes;
std::deque<Burst> responses;
bool silent;  // nothing is taken and nothing new is answered
bool beat_held;      // was given, not taken: it stays
bool response_held;
uint32_t random_state;
uint32_t most_gap;       // idle cycles before an access, at most
uint32_t most_response;  // cycles that a write response takes longer, at most

// 0 .. most, by xorshift.
uint32_t draw(uint32_t most) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return most == UINT32_MAX ? random_state : random_state % (most + 1);
}

// The place of a beat, or null outside of memory.
unsigned char* place(uint64_t address) {
  const uint64_t offset = address - base;
  return offset < memory.size() && memory.size() - offset >= BUS_BYTES ? memory.data() + offset : nullptr;
}

void drive() {
  const bool reading = beat_held || (!silent && !reads.empty() && reads.front().ready <= cycle);
  chip->m_axi_arready = !silent;
  chip->m_axi_rvalid = reading;
  if (reading) {
    const unsigned char* from = place(reads.front().address);
    if (from) std::memcpy(&chip->m_axi_rdata, from, BUS_BYTES);
    chip->m_axi_rresp = from ? 0 : kSlaveError;
    chip->m_axi_rlast = reads.front().beats == 1;
  }
  const bool responding = response_held || (!silent && !responses.empty() && responses.front().ready <= cycle);
  chip->m_axi_awready = !silent;
  chip->m_axi_wready = !silent && !writes.empty();
  chip->m_axi_bvalid = responding;
  if (responding) chip->m_axi_bresp = responses.front().failed ? kSlaveError : 0;
}

void write_beat() {
  Burst& burst = writes.front();
  unsigned char* to = place(burst.address);
  unsigned char data[BUS_BYTES];
  uint64_t strobes = 0;
  std::memcpy(data, &chip->m_axi_wdata, BUS_BYTES);
  std::memcpy(&strobes, &chip->m_axi_wstrb, (BUS_BYTES + 7) / 8);
  for (unsigned b = 0; to && b < BUS_BYTES; ++b) {
    if (strobes >> b & 1) to[b] = data[b];
  }
  burst.failed = burst.failed || !to;
  burst.address += BUS_BYTES;
  if (--burst.beats == 0) {
    responses.push_back({0, 0, cycle + kLatency + draw(most_response), burst.failed});
    writes.pop_front();
  }
}

void serve_memory() {
  beat_held = chip->m_axi_rvalid && !chip->m_axi_rready;
  response_held = chip->m_axi_bvalid && !chip->m_axi_bready;
  if (chip->m_axi_rvalid && chip->m_axi_rready) {
    Burst& burst = reads.front();
    burst.address += BUS_BYTES;
    if (--burst.beats == 0) reads.pop_front();
  }
  if (chip->m_axi_bvalid && chip->m_axi_bready) responses.pop_front();
  if (chip->m_axi_wvalid && chip->m_axi_wready) write_beat();
  if (chip->m_axi_arvalid && chip->m_axi_arready) reads.push_back({chip->m_axi_araddr, chip->m_axi_arlen + 1U, cycle + kLatency, false});
  if (chip->m_axi_awvalid && chip->m_axi_awready) writes.push_back({chip->m_axi_awaddr, chip->m_axi_awlen + 1U, 0, false});
}

struct Sample {
  bool aw, w, ar, b, r;
  int response;
  uint32_t data;
};

// One cycle; what the register port did in it.
Sample tick() {
  drive();
  chip->clk_i = 0;
  chip->eval();
  const Sample sample = {bool(chip->s_axil_awready), bool(chip->s_axil_wready), bool(chip->s_axil_arready),
                         bool(chip->s_axil_bvalid), bool(chip->s_axil_rvalid),
                         chip->s_axil_bvalid ? chip->s_axil_bresp : chip->s_axil_rresp, chip->s_axil_rdata};
  if (chip->RESET != RESET_LEVEL) serve_memory();
  chip->clk_i = 1;
  chip->eval();
  ++cycle;
  return sample;
}

// A host of its own speed: the chip goes on while it does something else.
void rest() {
  for (uint32_t left = draw(most_gap); left > 0; --left) tick();
}

}  // namespace

void chip_start(uint64_t address, uint64_t bytes) {
  context = std::make_unique<VerilatedContext>();
  chip = std::make_unique<Vchip>(context.get());
  memory.assign(bytes, 0xa5);
  base = address;
  cycle = 0;
  random_state = 1;
  silent = false;
  chip->s_axil_bready = 1;
  chip->s_axil_rready = 1;
  chip->s_axil_wstrb = 15;
  chip->RESET = RESET_LEVEL;
  for (int i = 0; i < 4; ++i) tick();
  chip->RESET = !RESET_LEVEL;
}

void chip_stop(void) {
  chip->final();
  chip.reset();
  context.reset();
}

void chip_pace(uint32_t seed, uint32_t gap, uint32_t response) {
  random_state = seed | 1;
  most_gap = gap;
  most_response = response;
}

void chip_silence(int on) { silent = on != 0; }

void chip_barrier(void*) {
  tick();
  rest();
}

int chip_read(void*, uint32_t address, uint32_t* value) {
  rest();
  chip->s_axil_arvalid = 1;
  chip->s_axil_araddr = address & REG_ADDR_MASK;
  for (const uint64_t end = cycle + kPatience; cycle < end;) {
    const Sample sample = tick();
    if (sample.ar) chip->s_axil_arvalid = 0;
    if (sample.r) {
      *value = sample.data;
      return sample.response;
    }
  }
  return -1;
}

int chip_write(void*, uint32_t address, uint32_t value) {
  rest();
  chip->s_axil_awvalid = 1;
  chip->s_axil_wvalid = 1;
  chip->s_axil_awaddr = address & REG_ADDR_MASK;
  chip->s_axil_wdata = value;
  for (const uint64_t end = cycle + kPatience; cycle < end;) {
    const Sample sample = tick();
    if (sample.aw) chip->s_axil_awvalid = 0;
    if (sample.w) chip->s_axil_wvalid = 0;
    if (sample.b) return sample.response;
  }
  return -1;
}

int chip_wait(void*) {
  for (const uint64_t end = cycle + kPatience; cycle < end;) {
    if (chip->irq_o) return 0;
    tick();
  }
  return -1;
}

unsigned char* chip_memory(void) { return memory.data(); }

uint64_t chip_cycles(void) { return cycle; }

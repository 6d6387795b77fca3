// Each thread has a table on the heap, indexed by the low bits of the module's number. Numbers are consecutive, so a
// module loses its place only to one whose number is at least 1,024 higher. Tested in unittests/jit/last_used_test.cpp.

#include "jit/loaded/last_used.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <utility>

namespace dijitso::last_used {
namespace {

struct Table {
  struct Use {
    std::uint64_t module, time;
  };
  std::uint64_t now;
  std::array<Use, 1024> uses;

  Use& place_of(std::uint64_t module) { return uses[module % uses.size()]; }
};

// A plain pointer without a destructor, because a thread may call note() after its thread_local objects were destroyed.
thread_local constinit Table* table = nullptr;

struct FreeAtEnd {
  ~FreeAtEnd() { std::free(std::exchange(table, nullptr)); }
};

Table* make_table() noexcept {
  thread_local const FreeAtEnd free_at_end;
  return table = static_cast<Table*>(std::calloc(1, sizeof(Table)));
}

}  // namespace

std::uint64_t next_number() {
  static constinit std::atomic<std::uint64_t> last{0};
  return ++last;
}

void note(std::uint64_t module) noexcept {
  Table* known = table;
  if (!known) known = make_table();
  if (known) known->place_of(module) = {module, ++known->now};
}

std::uint64_t rank(std::uint64_t module) noexcept {
  Table* const known = table;
  if (!known) return 0;
  const Table::Use& use = known->place_of(module);
  return use.module == module ? use.time : 0;
}

}  // namespace dijitso::last_used

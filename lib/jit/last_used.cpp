// A table on the heap for each thread, with one place for all numbers that end in the same bits: numbers follow each
// other, so a place is lost only to a module that is thousands younger. Tested in unittests/jit/last_used_test.cpp.

#include "jit/last_used.h"

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
  std::array<Use, 4096> uses;

  Use& place_of(std::uint64_t module) { return uses[module % uses.size()]; }
};

// No object with a destructor: a thread may come here after the destructors of its objects have run.
thread_local constinit Table* table = nullptr;

struct FreeAtEnd {
  ~FreeAtEnd() { std::free(std::exchange(table, nullptr)); }
};

void make_table() noexcept {
  thread_local const FreeAtEnd free_at_end;
  table = static_cast<Table*>(std::calloc(1, sizeof(Table)));  // pages that are not used cost nothing
}

}  // namespace

std::uint64_t next_number() {
  static constinit std::atomic<std::uint64_t> last{0};
  return ++last;
}

void note(std::uint64_t module) noexcept {
  if (!table) make_table();
  if (table) table->place_of(module) = {module, ++table->now};
}

std::uint64_t rank(std::uint64_t module) noexcept {
  if (!table) return 0;
  const Table::Use& use = table->place_of(module);
  return use.module == module ? use.time : 0;
}

}  // namespace dijitso::last_used

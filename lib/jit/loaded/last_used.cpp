// A table on the heap for each thread, with one place for all numbers that end in the same bits: numbers follow each
// other, so a place is lost only to a module that is a thousand younger, or more. Tested in
// unittests/jit/last_used_test.cpp.

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

// No object with a destructor: a thread may come here after the destructors of its objects have run.
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

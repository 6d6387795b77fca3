// The symbols of a module that others can see, found by name. Large modules have thousands, so it is two arrays and one
// text, not a map. Tested in unittests/orc/exports_test.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::orc {

struct Export {
  std::uintptr_t value = 0;  // address, or offset in the image for a thread-local variable
  bool thread_local_variable = false;
};

class Exports {
 public:
  struct Named {
    std::string_view name;
    Export symbol;
  };

  Exports() = default;
  // Copies the names. When a name occurs twice, its last symbol counts.
  explicit Exports(const std::vector<Named>& symbols);

  // Returns nullptr when there is none. The pointer is valid as long as this object.
  const Export* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }

 private:
  struct Entry {
    Export symbol;
    std::size_t name_begin;
    std::uint32_t name_size;
    std::uint32_t next;  // of the same slot: its number + 1, or 0
  };

  std::size_t slot_of(std::string_view name) const { return std::hash<std::string_view>()(name) & (slots_.size() - 1); }

  std::string names_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // as Entry::next; their number is a power of two
};

}  // namespace dijitso::orc

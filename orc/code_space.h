// Memory pages for the code of many modules.
//
// The number of mappings of a process is limited (vm.max_map_count), and pages side by side with the same protection
// are one mapping. So the modules of a session share slabs: large mappings with a region for each protection, in which
// the pages of modules lie side by side. Where the system refuses to make written pages executable, the executable
// pages of each module are a mapping of their own. Thread-safety: all functions may be called from any thread. Tested
// in unittests/orc/code_space_test.cpp.
#pragma once

#include "support/fork.h"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dijitso::orc {

enum class Protection { read, execute, write };
inline constexpr std::size_t count_of_protections = 3;
constexpr std::size_t index_of(Protection protection) { return static_cast<std::size_t>(protection); }

// Whole pages; empty when a module has nothing of that protection.
struct Pages {
  std::byte* begin = nullptr;
  std::size_t size = 0;
};
using PagesOfModule = std::array<Pages, count_of_protections>;  // by index_of()

class CodeSpace {
 public:
  CodeSpace() = default;
  CodeSpace(const CodeSpace&) = delete;
  CodeSpace& operator=(const CodeSpace&) = delete;
  ~CodeSpace();

  // Sets `pages` to zero bytes that can be read and written, at most 2 GB apart when that is possible. `sizes` are in
  // bytes. Returns an error message, empty on success.
  [[nodiscard]] std::string take(const std::array<std::size_t, count_of_protections>& sizes, PagesOfModule& pages);

  // Their content and protections are lost.
  void give_back(const PagesOfModule& pages) noexcept;

 private:
  // A part of a slab, with its free pages.
  struct Region {
    std::byte* begin = nullptr;
    std::size_t size = 0;
    std::map<std::size_t, std::size_t> free;  // sizes, by offset; no two are side by side

    bool has(std::size_t wanted) const;
    std::byte* take(std::size_t wanted) noexcept;
    void give_back(const Pages& pages);
  };
  struct Slab {
    std::byte* begin = nullptr;
    std::size_t size = 0;
    std::size_t users = 0;  // modules
    std::array<Region, count_of_protections> regions;
  };

  std::string add_slab(const std::array<std::size_t, count_of_protections>& sizes) DIJITSO_REQUIRES(mutex_);

  forking::Mutex mutex_;
  std::vector<Slab> slabs_ DIJITSO_GUARDED_BY(mutex_);
};

}  // namespace dijitso::orc

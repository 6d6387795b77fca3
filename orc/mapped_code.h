// The memory in which the code of one module runs: its pages, and the code's unwind tables, which it registers with the
// unwinder. Neither survives this object. Tested in unittests/orc/code_memory_test.cpp and, for the unwind tables,
// session_test.cpp.
#pragma once

#include "orc/code_space.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace dijitso::orc {

class MappedCode {
 public:
  explicit MappedCode(std::shared_ptr<CodeSpace> space) : space_(std::move(space)) {}
  MappedCode(const MappedCode&) = delete;
  MappedCode& operator=(const MappedCode&) = delete;
  ~MappedCode();

  // Takes zero bytes that can be read and written. Call it once. Returns an error message, empty on success.
  [[nodiscard]] std::string map(const std::array<std::size_t, count_of_protections>& sizes);

  std::byte* begin(Protection protection) const { return pages_[index_of(protection)].begin; }

  bool contains(std::uintptr_t address) const;

  // From now on exceptions can pass through the code. `frames` is the start of a section .eh_frame in this memory.
  void register_frames(const void* frames) noexcept;

 private:
  const std::shared_ptr<CodeSpace> space_;
  PagesOfModule pages_;
  const void* frames_ = nullptr;
  alignas(std::max_align_t) std::byte record_[256];  // of the unwinder; libgcc needs 48 bytes
};

}  // namespace dijitso::orc

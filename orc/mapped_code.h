// The memory in which the code of one module runs: one mapping, and the code's unwind tables, which it registers with
// the unwinder. Neither survives this object. Tested in unittests/orc/code_memory_test.cpp and, for the unwind tables,
// session_test.cpp.
#pragma once

#include <cstddef>
#include <string>

namespace dijitso::orc {

class MappedCode {
 public:
  MappedCode() = default;
  MappedCode(const MappedCode&) = delete;
  MappedCode& operator=(const MappedCode&) = delete;
  ~MappedCode();

  // Maps zero bytes that can be read and written. Call it once. Returns an error message, empty on success.
  [[nodiscard]] std::string map(std::size_t size);

  std::byte* begin() const { return begin_; }

  // Unmaps the pages from `size` on.
  void shrink(std::size_t size) noexcept;

  // From now on exceptions can pass through the code. `frames` is the start of a section .eh_frame in this memory.
  void register_frames(const void* frames) noexcept;

 private:
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
  const void* frames_ = nullptr;
  alignas(std::max_align_t) std::byte record_[256];  // of the unwinder; libgcc needs 48 bytes
};

}  // namespace dijitso::orc

// libgcc's __register_frame allocates its record and does not check whether it got the memory. So the record is part of
// this object. Tested in unittests/orc/code_memory_test.cpp and tests/faults/memory_test.py.
#include "orc/mapped_code.h"

#include "support/fork.h"

#include <algorithm>

extern "C" {
void __register_frame(const void* frames);
void __deregister_frame(const void* frames);
// Other unwinders do not have these functions.
[[gnu::weak]] void __register_frame_info(const void* frames, void* record);
[[gnu::weak]] void* __deregister_frame_info(const void* frames);
}

namespace dijitso::orc {

MappedCode::~MappedCode() {
  // The unwinder has a lock, and a forked child that found it locked could neither link nor throw.
  const forking::Section section;
  if (frames_ && __deregister_frame_info) {
    __deregister_frame_info(frames_);
  } else if (frames_) {
    __deregister_frame(frames_);
  }
  space_->give_back(pages_);
}

std::string MappedCode::map(const std::array<std::size_t, count_of_protections>& sizes) {
  return space_->take(sizes, pages_);
}

bool MappedCode::contains(std::uintptr_t address) const {
  return std::ranges::any_of(
      pages_, [&](const Pages& pages) { return address - reinterpret_cast<std::uintptr_t>(pages.begin) < pages.size; });
}

void MappedCode::register_frames(const void* frames) noexcept {
  if (*static_cast<const std::uint32_t*>(frames) == 0) return;  // the unwinder ignores an empty table
  if (__register_frame_info) {
    __register_frame_info(frames, record_);
  } else {
    __register_frame(frames);
  }
  frames_ = frames;
}

}  // namespace dijitso::orc

// A file of its own, because compilers object when they see that free() ends what operator new began.
#include "allocation_count.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count = 0;

void* counted(void* memory) {
  ++count;
  return memory ? memory : throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }

void* operator new(std::size_t size, std::align_val_t alignment) {
  void* memory = nullptr;
  return counted(::posix_memalign(&memory, std::max(static_cast<std::size_t>(alignment), sizeof(void*)), size) == 0
                     ? memory
                     : nullptr);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

std::size_t orc_test::allocation_count() { return count; }

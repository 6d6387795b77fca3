// A file of its own, because compilers object when they see that free() ends what operator new began.
#include "allocation_count.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count = 0;

void* required(void* memory) { return memory ? memory : throw std::bad_alloc(); }

}  // namespace

// The others of the standard library call these, but those of a sanitizer do not.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return std::malloc(size == 0 ? 1 : size);
}

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  ++count;
  void* memory = nullptr;
  ::posix_memalign(&memory, std::max(static_cast<std::size_t>(alignment), sizeof(void*)), size);
  return memory;
}

void* operator new(std::size_t size) { return required(operator new(size, std::nothrow)); }

void* operator new(std::size_t size, std::align_val_t alignment) {
  return required(operator new(size, alignment, std::nothrow));
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

std::size_t orc_test::allocation_count() { return count; }

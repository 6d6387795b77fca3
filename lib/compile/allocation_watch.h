// Looks at a compile from where LLVM allocates memory: the one place that is reached even in the middle of a pass, of a
// constant expression, or of templates that Clang goes on instantiating.
#pragma once

#include <cstdint>
#include <functional>

namespace dijitso::compile {

// While this lives, allocations of this thread call a function now and then. It may throw, which abandons what LLVM was
// doing (llvm-config/out_of_memory.h), and is not called any more then.
class AllocationWatch {
 public:
  // It is told how many bytes of the stack are left: when these are few it is called at each allocation.
  using Look = std::function<void(std::uint64_t stack_left)>;

  // `stack_end` is the lowest address of this thread's stack, and `stack_reserve` how many bytes of it are few.
  AllocationWatch(Look look, std::uintptr_t stack_end, std::uint64_t stack_reserve);
  ~AllocationWatch();
  AllocationWatch(const AllocationWatch&) = delete;
  AllocationWatch& operator=(const AllocationWatch&) = delete;

  // From the allocator.
  void note(std::uint64_t bytes);

 private:
  const Look look_;
  const std::uintptr_t stack_end_;
  const std::uint64_t stack_reserve_;
  AllocationWatch* const before_;
  std::uint64_t allocations_ = 0, bytes_ = 0;
  bool is_off_ = false;
};

}  // namespace dijitso::compile

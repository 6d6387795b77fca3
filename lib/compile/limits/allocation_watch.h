// Checks a compile whenever LLVM allocates memory. This is the only place that is reached even in the middle of a pass,
// of a constant expression, or of template instantiations.
#pragma once

#include <cstdint>
#include <functional>

namespace dijitso::compilation {

// While this object exists, allocations of its thread call a function from time to time. The function may throw, which
// abandons the work of LLVM (llvm-config/out_of_memory.h); it is not called again after that.
class AllocationWatch {
 public:
  // The argument is the number of bytes left on the stack. When few are left, the function is called at each
  // allocation.
  using Check = std::function<void(std::uint64_t stack_left)>;

  // `stack_end` is the lowest address of this thread's stack. "Few" means at most `stack_reserve` bytes.
  AllocationWatch(Check check, std::uintptr_t stack_end, std::uint64_t stack_reserve);
  ~AllocationWatch();
  AllocationWatch(const AllocationWatch&) = delete;
  AllocationWatch& operator=(const AllocationWatch&) = delete;

  // Called by the allocator.
  void note(std::uint64_t bytes);

 private:
  const Check check_;
  const std::uintptr_t stack_end_;
  const std::uint64_t stack_reserve_;
  AllocationWatch* const before_;
  std::uint64_t allocations_ = 0, bytes_ = 0;
  bool is_off_ = false;
};

}  // namespace dijitso::compilation

// llvm::thread is not used, because it ends the process when the system cannot create a thread.
//
// A thread starts with the rounding mode, the floating-point traps and the locale of the thread that creates it. LLVM
// folds constants with functions of the C library. So in a host that rounds upwards other numbers would get into the
// cache, and in a host that traps overflow exp(1000.0) would end the process. A compile therefore runs with the default
// settings of a new program. Tested in unittests/compile/large_stack_test.cpp.

#include "compile/limits/large_stack.h"

#include "support/own_thread.h"
#include "support/process.h"

#include <clang/Basic/Stack.h>
#include <dijitso/error.h>
#include <malloc.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cfenv>
#include <clocale>
#include <cstdint>
#include <string>
#include <system_error>

namespace dijitso::compilation {
namespace {

thread_local StackExtent extent_of_this_thread;

// A mapping that begins with an inaccessible guard page. Huge pages are off: even a small compile would have to clear 2
// MiB.
class Stack {
 public:
  explicit Stack(std::size_t bytes) : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    for (bytes_ = bytes; !map() && bytes_ / 2 >= least_stack_bytes;) bytes_ /= 2;
    if (!is_mapped() || bytes_ == bytes) return;
    is_short_ = true;
    // `bytes_` is about half of the address space that is left, and the compile itself needs some too.
    unmap();
    bytes_ = std::max(bytes_ / 8, least_stack_bytes);
    map();
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack() { unmap(); }

  bool is_short() const { return is_mapped() && is_short_; }
  bool is_mapped() const { return mapping_ != MAP_FAILED; }
  char* low() const { return static_cast<char*>(mapping_) + page_; }
  std::size_t bytes() const { return bytes_; }

 private:
  bool map() {
    mapping_ = ::mmap(nullptr, bytes_ + page_, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (!is_mapped()) return false;
    ::mprotect(mapping_, page_, PROT_NONE);
    ::madvise(mapping_, bytes_ + page_, MADV_NOHUGEPAGE);
    return true;
  }

  void unmap() {
    if (is_mapped()) ::munmap(mapping_, bytes_ + page_);
    mapping_ = MAP_FAILED;
  }

  const std::size_t page_;
  std::size_t bytes_ = 0;
  bool is_short_ = false;  // the address space was too small
  void* mapping_ = MAP_FAILED;
};

bool is_overcommit_off() {
  static const bool is_off = read_small_file("/proc/sys/vm/overcommit_memory").starts_with('2');
  return is_off;
}

// glibc reserves 64 MiB of address space for each thread that allocates, and 128 MiB for a moment. When it cannot, it
// maps a page for every small object, which uses up the rest. So all threads use one arena.
void share_heaps() { ::mallopt(M_ARENA_MAX, 1); }

void note_bottom() { clang::noteBottomOfStack(/*ForceSet=*/true); }

// Clang measures its stack from a base address. When nearly 8 MiB are used, it continues on another thread with the
// same stack size, and ends the process when there is no such thread. To prevent that, Clang gets the wrong end of this
// stack as its base, so the distance is large until nothing is left. CompileWatch stops a compile in time.
void keep_clang_on_this_stack(char* low_end) {
  constexpr std::size_t enough = std::size_t{64} << 10;
  ucontext_t here, there;
  if (::getcontext(&there) != 0) return;
  there.uc_stack.ss_sp = low_end;
  there.uc_stack.ss_size = enough;
  there.uc_link = &here;
  ::makecontext(&there, note_bottom, 0);
  ::swapcontext(&here, &there);
}

void use_default_settings() {
  std::fesetenv(FE_DFL_ENV);
  static const locale_t classic = ::newlocale(LC_ALL_MASK, "C", nullptr);
  ::uselocale(classic);
}

}  // namespace

void run_on_large_stack(const std::function<void()>& function, std::size_t bytes) {
  const Stack stack(is_overcommit_off() ? std::min(bytes, costly_stack_bytes) : bytes);
  if (stack.is_short()) share_heaps();
  const auto on_stack = [&] {
    extent_of_this_thread = {reinterpret_cast<std::uintptr_t>(stack.low()) + stack.bytes(), stack.bytes()};
    use_default_settings();
    keep_clang_on_this_stack(stack.low());
    function();
  };
  const int error = stack.is_mapped() ? call_on_own_thread(on_stack, stack.bytes(), stack.low()) : ENOMEM;
  if (error != 0)
    throw Error("cannot start a thread with a stack of " + std::to_string(stack.bytes()) +
                " bytes for the compiler: " + std::generic_category().message(error) +
                "; raise the limits on memory and processes (ulimit -v, ulimit -u)");
}

StackExtent this_stack() { return extent_of_this_thread; }

}  // namespace dijitso::compilation

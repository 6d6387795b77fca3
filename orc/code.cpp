// Runs static constructors and destructors. No frames of LLVM are on the stack here, so exceptions can pass. The order
// at the end is that of dlclose: first the destructor functions (.fini_array), while all objects still exist, then the
// objects' destructors. Tested in unittests/orc/lifetime_test.cpp.
#include "orc/code.h"

#include <sys/auxv.h>
#include <unistd.h>

extern "C" void __cxa_finalize(void* dso);

namespace dijitso::orc {

namespace {

// glibc passes the arguments of main to constructors; a module has no arguments.
using Function = void (*)(int, char**, char**);

void run(const FunctionArray& array) {
  static char* no_arguments[] = {nullptr};
  const auto* functions = reinterpret_cast<const Function*>(array.address);
  for (std::size_t i = 0; i < array.count; ++i) {
    functions[array.backwards ? array.count - 1 - i : i](0, no_arguments, environ);
  }
}

// Calls an ifunc resolver with the arguments that the dynamic loader would pass.
std::uintptr_t resolve(std::uintptr_t resolver) {
#if defined(__aarch64__)
  struct Argument {
    unsigned long size = sizeof(Argument);
    unsigned long hwcap = getauxval(AT_HWCAP);
    unsigned long hwcap2 = getauxval(AT_HWCAP2);
  } argument;
  constexpr unsigned long has_argument = 1UL << 62;  // _IFUNC_ARG_HWCAP
  return reinterpret_cast<std::uintptr_t (*)(unsigned long, const Argument*)>(resolver)(argument.hwcap | has_argument,
                                                                                        &argument);
#else
  return reinterpret_cast<std::uintptr_t (*)()>(resolver)();
#endif
}

}  // namespace

void Code::choose_functions() {
  for (const auto word : chosen_functions) {
    auto& address = *reinterpret_cast<std::uintptr_t*>(word);
    address = resolve(address);
  }
}

void Code::run_constructors() {
  for (const auto& array : constructors) run(array);
  constructed_ = true;
}

void Code::run_destructors() noexcept {
  if (constructed_.exchange(false)) {
    for (const auto& array : destructors) run(array);
  }
  for (;;) {
    AtExit next;
    {
      const Lock lock(mutex_);
      if (at_exit_.empty()) break;
      next = at_exit_.back();
      at_exit_.pop_back();
    }
    next.function(next.argument);
  }
  if (has_fork_handlers.exchange(false)) __cxa_finalize(this);
}

void Code::at_exit(void (*function)(void*), void* argument) {
  const Lock lock(mutex_);
  at_exit_.push_back({function, argument});
}

void Code::redirect_to(std::unique_ptr<Code> optimised) {
  const Code& code = *optimised;
  {
    const Lock lock(mutex_);
    optimised_ = std::move(optimised);
  }
  // Functions that the optimised code does not export (inlined or removed) stay in the quick code.
  for (const auto& [name, word] : redirects) {
    if (const auto* found = code.exports.find(name))
      std::atomic_ref(*reinterpret_cast<std::uintptr_t*>(word)).store(found->value, std::memory_order_release);
  }
}

bool Code::is_redirected() const {
  const Lock lock(mutex_);
  return optimised_ != nullptr;
}

bool Code::contains(std::uintptr_t address) const {
  if (memory.contains(address)) return true;
  const Lock lock(mutex_);
  return optimised_ && optimised_->contains(address);
}

}  // namespace dijitso::orc

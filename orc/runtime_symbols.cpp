// A module's __dso_handle is the address of a word that holds the address of its Code (see graph_passes.cpp).
//
// at_quick_exit and pthread_atfork are, like atexit, in the static part of the C library (libc_nonshared.a), which
// passes them the handle of the program or library that contains it.
//
// The C library would run the destructors of thread_local objects at the end of the thread even if their code was
// unloaded before. So each registration keeps its module alive, just as dlclose does not unload a library with such
// objects. Tested in unittests/orc/lifetime_test.cpp and thread_local_test.cpp.
#include "orc/runtime_symbols.h"

#include "orc/code.h"
#include "orc/imports.h"
#include "orc/module.h"
#include "orc/process_exit.h"
#include "orc/registry.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <pthread.h>

#include <memory>
#include <utility>

extern "C" {
extern void* __dso_handle __attribute__((visibility("hidden")));
int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(), void* dso);
void __stack_chk_fail();
}

namespace dijitso::orc {

namespace {

struct ThreadObject {
  void (*destroy)(void*);
  void* object;
  std::shared_ptr<const LinkedModule> owner;
};

Code& code_of(void* dso) { return **static_cast<Code**>(dso); }

int at_exit_of(void (*function)(void*), void* argument, void* dso) {
  code_of(dso).at_exit(function, argument);
  return 0;
}

// atexit has no handle argument, so the module is found by the address of the function.
int at_exit(void (*function)()) { return Registry::instance().at_exit(function) ? 0 : at_process_exit(function); }

std::shared_ptr<Module> module_of(const void* address) {
  return Registry::instance().module_at(reinterpret_cast<std::uintptr_t>(address));
}

std::shared_ptr<Module> module_of(void (*function)()) {
  return function ? module_of(reinterpret_cast<const void*>(function)) : nullptr;
}

// The C library calls the function even after the module was destroyed, so the code stays mapped.
int at_quick_exit(void (*function)()) {
  if (const auto module = module_of(function)) module->code().keep_mapped = true;
  return std::at_quick_exit(function);
}

int at_fork(void (*prepare)(), void (*parent)(), void (*child)()) {
  for (const auto function : {prepare, parent, child}) {
    const auto module = module_of(function);
    if (!module) continue;
    module->code().has_fork_handlers = true;
    return __register_atfork(prepare, parent, child, &module->code());
  }
  return pthread_atfork(prepare, parent, child);
}

// The dynamic loader does not know linked code, so RTLD_NEXT must be resolved here.
void* find_symbol(void* handle, const char* name) {
  if (handle == RTLD_NEXT) {
    if (const auto module = module_of(__builtin_return_address(0))) {
      const auto found = find_imports({{name}}, module->search_order());
      if (!found.empty()) return reinterpret_cast<void*>(found.begin()->second.address);
    }
    handle = RTLD_DEFAULT;  // the symbol is not found (dlsym reports it), or a tail call hides the caller
  }
  return dlsym(handle, name);
}

int at_thread_exit_of(void (*destroy)(void*), void* object, void* dso) {
  Code& code = code_of(dso);
  auto owner = code.owner.lock();
  if (!owner) code.keep_mapped = true;
  const auto run = [](void* registered) {
    const std::unique_ptr<ThreadObject> last(static_cast<ThreadObject*>(registered));
    last->destroy(last->object);
  };
  return abi::__cxa_thread_atexit(run, new ThreadObject{destroy, object, std::move(owner)}, &__dso_handle);
}

template <class Result, class... Arguments>
void* address_of(Result (*function)(Arguments...)) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

void* runtime_symbol(std::string_view name) {
  if (name == "__cxa_atexit") return address_of(at_exit_of);
  if (name == "atexit") return address_of(at_exit);
  if (name == "at_quick_exit") return address_of(at_quick_exit);
  if (name == "pthread_atfork" || name == "__pthread_atfork") return address_of(at_fork);
  if (name == "dlsym") return address_of(find_symbol);
  if (name == "__stack_chk_fail_local") return address_of(__stack_chk_fail);
  if (name == "__cxa_thread_atexit" || name == "__cxa_thread_atexit_impl") return address_of(at_thread_exit_of);
  if (native_tls && name == "__tls_get_addr") return reinterpret_cast<void*>(dijitso_orc_tls_address);
  return nullptr;
}

}  // namespace dijitso::orc

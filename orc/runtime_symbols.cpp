// A module's __dso_handle is the address of a word that holds the address of its Code (see graph_passes.cpp).
//
// thread_local objects: the C library would run their destructors at the end of the thread even if the code is gone by
// then. Each registration therefore holds the module, as dlclose does not unload a library that still has such objects.
// Tested in unittests/orc/lifetime_test.cpp and thread_local_test.cpp.
#include "orc/runtime_symbols.h"

#include "orc/code.h"
#include "orc/process_exit.h"
#include "orc/registry.h"

#include <cxxabi.h>

#include <memory>
#include <utility>

extern "C" void* __dso_handle __attribute__((visibility("hidden")));

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

// atexit has no handle: the function that is registered tells the module.
int at_exit(void (*function)()) { return Registry::instance().at_exit(function) ? 0 : at_process_exit(function); }

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
  if (name == "__cxa_thread_atexit" || name == "__cxa_thread_atexit_impl") return address_of(at_thread_exit_of);
  if (native_tls && name == "__tls_get_addr") return reinterpret_cast<void*>(dijitso_orc_tls_address);
  return nullptr;
}

}  // namespace dijitso::orc

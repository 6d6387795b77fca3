// The libraries are looked for beside this one, then as the dynamic linker does. They are never closed: code of theirs
// may be running until the process ends. Tested in unittests/jit/backends_test.cpp.

#include "jit/backends.h"

#include "llvm-config/host.h"

#include <dijitso/error.h>
#include <dlfcn.h>

#include <filesystem>
#include <mutex>

namespace dijitso {
namespace {

void* open_library(const std::string& file, const std::string& remedy) {
  if (void* handle = dlopen((llvm_config::own_directory() / file).c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  const char* told = dlerror();
  const std::string reason = told ? told : "unknown reason";
  if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  throw CacheError("cannot open " + file + ": " + reason + "; " + remedy);
}

template <class Function>
Function* entry_point(void* library, const char* name) {
  if (void* address = dlsym(library, name)) return reinterpret_cast<Function*>(address);
  throw CacheError(std::string("the library that should define ") + name +
                   " is of another version: install dijitso anew");
}

}  // namespace

std::shared_ptr<orc::Session> new_link_session() {
  void* library = open_library("libdijitso-orc.so", "install dijitso completely, libLLVM included");
  const std::unique_ptr<std::shared_ptr<orc::Session>> session(
      entry_point<decltype(dijitso_orc_new_session)>(library, "dijitso_orc_new_session")());
  return *session;
}

compile::Compiler& compiler_for(const std::string& signature) {
  static std::mutex mutex;
  static compile::Compiler* compiler = nullptr;  // lives as long as the process
  const std::lock_guard lock(mutex);
  if (compiler == nullptr) {
    void* library =
        open_library("libdijitso-compiler.so", "module '" + signature +
                                                   "' is not in the cache and must be compiled: install the compiler "
                                                   "library, or copy a cache that holds the module");
    const std::unique_ptr<std::unique_ptr<compile::Compiler>> made(
        entry_point<decltype(dijitso_compile_new_compiler)>(library, "dijitso_compile_new_compiler")());
    compiler = made->release();
  }
  return *compiler;
}

}  // namespace dijitso

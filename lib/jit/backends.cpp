// The libraries are looked for beside this one, then as the dynamic linker does. They are never closed: code of theirs
// may be running until the process ends. Tested in unittests/jit/backends_test.cpp.

#include "jit/backends.h"

#include "llvm-config/host.h"
#include "params/layers.h"

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

void* compiler_library(const std::string& signature, const std::string& need) {
  return open_library("libdijitso-compiler.so", "module '" + signature + "' is not in the cache and " + need +
                                                    ": install the compiler library, or copy a cache that holds the "
                                                    "module");
}

template <class Function>
Function* entry_point(void* library, const char* name) {
  if (void* address = dlsym(library, name)) return reinterpret_cast<Function*>(address);
  throw CacheError(std::string("the library that should define ") + name +
                   " is of another version: install dijitso anew");
}

}  // namespace

std::shared_ptr<orc::Session> new_link_session() {
  const orc::SessionOptions options{.perf_map = params::perf_map_is_wanted(params::read_environment())};
  void* library = open_library("libdijitso-orc.so", "install dijitso completely, libLLVM included");
  const std::unique_ptr<std::shared_ptr<orc::Session>> session(
      entry_point<decltype(dijitso_orc_new_session)>(library, "dijitso_orc_new_session")(options));
  return *session;
}

compile::Compiler& compiler_for(const std::string& signature) {
  static std::mutex mutex;
  static compile::Compiler* compiler = nullptr;  // lives as long as the process
  const std::lock_guard lock(mutex);
  if (compiler == nullptr) {
    void* library = compiler_library(signature, "must be compiled");
    const std::unique_ptr<std::unique_ptr<compile::Compiler>> made(
        entry_point<decltype(dijitso_compile_new_compiler)>(library, "dijitso_compile_new_compiler")());
    compiler = made->release();
  }
  return *compiler;
}

exporter::SharedLinker& shared_linker_for(const std::string& signature) {
  static std::mutex mutex;
  static exporter::SharedLinker* linker = nullptr;  // lives as long as the process
  const std::lock_guard lock(mutex);
  if (linker == nullptr) {
    void* library = compiler_library(signature, "must be made a shared library");
    const std::unique_ptr<std::unique_ptr<exporter::SharedLinker>> made(
        entry_point<decltype(dijitso_export_new_linker)>(library, "dijitso_export_new_linker")());
    linker = made->release();
  }
  return *linker;
}

}  // namespace dijitso

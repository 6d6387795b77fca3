// The libraries are looked for beside this one, then as the dynamic linker does. They are never closed: code of theirs
// may be running until the process ends. Tested in unittests/jit/backends_test.cpp.

#include "jit/backends.h"

#include "llvm-config/host.h"
#include "params/layers.h"
#include "support/float_environment.h"

#include <dijitso/error.h>
#include <dlfcn.h>

#include <filesystem>
#include <mutex>
#include <type_traits>

namespace dijitso {
namespace {

constexpr const char* compiler_file = "libdijitso-compiler.so";

std::filesystem::path beside_us(const std::string& file) {
  return (llvm_config::own_directory() / file).lexically_normal();
}

void* open_library(const std::string& file, const std::string& need, const std::string& remedy) {
  const std::filesystem::path path = beside_us(file);
  const DefaultFloatEnvironment usual;  // static objects of LLVM's are made now
  if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  const char* told = dlerror();
  const std::string reason = told ? told : "unknown reason";
  if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  std::error_code ignored;
  const std::string what = std::filesystem::exists(path, ignored)
                               ? "cannot open " + file + ": " + reason
                               : file + " is not in '" + path.parent_path().string() + "'";
  throw CacheError(need + what + "; " + remedy);
}

template <class Function>
Function* entry_point(void* library, const char* name) {
  if (void* address = dlsym(library, name)) return reinterpret_cast<Function*>(address);
  throw CacheError(std::string("the library that should define ") + name +
                   " is of another version: install dijitso anew");
}

// What a function of the compiler library makes, made at the first call.
template <class Maker>
auto& made_once(const char* maker, const std::string& need, const std::string& remedy) {
  using Made = std::remove_pointer_t<std::invoke_result_t<Maker>>;  // a std::unique_ptr
  static std::mutex mutex;
  static typename Made::pointer instance = nullptr;  // lives as long as the process
  const std::lock_guard lock(mutex);
  if (instance == nullptr) {
    void* library = open_library(compiler_file, need, remedy);
    const std::unique_ptr<Made> made(entry_point<Maker>(library, maker)());
    instance = made->release();
  }
  return *instance;
}

template <class Maker>
auto& made_for_module(const char* maker, const std::string& signature, const std::string& need) {
  return made_once<Maker>(maker, "module '" + signature + "' is not in the cache and " + need + ", but ",
                          "install the compiler library, or bring the module from a machine that has it "
                          "(dijitso-cache export and import, or cache.readonly_dirs)");
}

}  // namespace

std::shared_ptr<orc::Session> new_link_session() {
  const orc::SessionOptions options{.perf_map = params::perf_map_is_wanted(params::read_environment())};
  void* library = open_library("libdijitso-orc.so", "code cannot be linked: ", "install dijitso completely");
  const std::unique_ptr<std::shared_ptr<orc::Session>> session(
      entry_point<decltype(dijitso_orc_new_session)>(library, "dijitso_orc_new_session")(options));
  return *session;
}

bool has_compiler() {
  static const bool has =
      std::filesystem::exists(beside_us(compiler_file)) || dlopen(compiler_file, RTLD_LAZY | RTLD_LOCAL);
  return has;
}

compile::Compiler& compiler_for(const std::string& signature) {
  return made_for_module<decltype(dijitso_compile_new_compiler)>("dijitso_compile_new_compiler", signature,
                                                                 "must be compiled");
}

compile::Compiler& compiler_for_headers() {
  return made_once<decltype(dijitso_compile_new_compiler)>("dijitso_compile_new_compiler",
                                                           "the compiler says where the system's headers are, but ",
                                                           "install the compiler library");
}

exporter::SharedLinker& shared_linker_for(const std::string& signature) {
  return made_for_module<decltype(dijitso_export_new_linker)>("dijitso_export_new_linker", signature,
                                                              "must be made a shared library");
}

}  // namespace dijitso

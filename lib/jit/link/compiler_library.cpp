// The dynamic loader identifies a library by its i-node, so a copy must be a separate file; it is a file in memory. It
// is opened as /proc/thread-self/fd/<number>. The loader identifies it by this name too, so the descriptor is never
// closed.

#include "jit/link/compiler_library.h"

#include "llvm-config/host.h"
#include "support/descriptor.h"
#include "support/file_size_signal.h"
#include "support/float_environment.h"
#include "support/fork.h"
#include "support/memory_file.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

namespace dijitso {
namespace {

constexpr const char* compiler_file = "libdijitso-compiler.so";

// Neither this nor what it points to is destroyed: code of the library may be running until the process ends.
struct State {
  forking::Mutex mutex;
  void* original DIJITSO_GUARDED_BY(mutex) = nullptr;  // handle of dlopen
  struct stat file DIJITSO_GUARDED_BY(mutex) = {};     // i-node of the original when it was opened
  compilation::Compiler* compiler DIJITSO_GUARDED_BY(mutex) = nullptr;
  exporter::SharedLinker* linker DIJITSO_GUARDED_BY(mutex) = nullptr;
  std::size_t users DIJITSO_GUARDED_BY(mutex) = 0;
  std::uint64_t copy DIJITSO_GUARDED_BY(mutex) = 0;
};
constinit State state;

// Not checked, because it runs in a child of fork() before that has a second thread.
void forget_library_in_use() DIJITSO_UNCHECKED {
  if (state.users == 0) return;
  state.users = 0;
  state.compiler = nullptr;
  state.linker = nullptr;
  ++state.copy;
}

std::string loader_message() {
  const char* message = dlerror();
  return message ? message : "unknown reason";
}

// The file from which a library was loaded.
std::string file_of(void* library) {
  link_map* map = nullptr;
  return dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : "";
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

[[noreturn]] void cannot_copy(const std::string& reason) {
  throw CacheError(
      std::string("this process was made by fork() while another thread of its parent was compiling, and ") +
      compiler_file + " cannot be opened a second time: " + reason +
      "; fork when no other thread compiles, or allow more memory or larger files (ulimit -f)");
}

// Copies an open file to a file in memory.
Descriptor copy_in_memory(const Descriptor& source, std::size_t size) {
  Descriptor memory = open_memory_file(compiler_file);
  if (!memory.is_open()) cannot_copy(std::generic_category().message(errno));
  const NoFileSizeSignal guard;
  while (size > 0) {
    const ssize_t sent = ::sendfile(memory.get(), source.get(), nullptr, size);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) cannot_copy(std::generic_category().message(sent < 0 ? errno : EIO));
    size -= static_cast<std::size_t>(sent);
  }
  return memory;
}

void* open_copy() DIJITSO_REQUIRES(state.mutex) {
  const std::string path = file_of(state.original);
  const Descriptor source(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat now = {};
  if (!source.is_open() || ::fstat(source.get(), &now) != 0 || !is_same_file(now, state.file))
    cannot_copy("'" + path + "' has been removed or replaced since");
  Descriptor memory = copy_in_memory(source, static_cast<std::size_t>(now.st_size));
  void* library = dlopen(path_of_open_file(memory.get()).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) cannot_copy(loader_message());
  memory.release();  // stays open: see above
  return library;
}

template <class Made>
std::unique_ptr<Made> make(void* library, const char* maker) {
  using Maker = std::unique_ptr<Made>*();
  const std::unique_ptr<std::unique_ptr<Made>> made(reinterpret_cast<Maker*>(entry_point(library, maker))());
  return std::move(*made);
}

void open_if_needed(const std::string& need, const std::string& remedy) DIJITSO_REQUIRES(state.mutex) {
  if (state.compiler) return;
  void* library = state.original ? open_copy() : open_library(compiler_file, need, remedy);
  auto compiler = make<compilation::Compiler>(library, "dijitso_compile_new_compiler");
  auto linker = make<exporter::SharedLinker>(library, "dijitso_export_new_linker");
  if (!state.original) {
    state.original = library;
    ::stat(file_of(library).c_str(), &state.file);
    forking::call_in_child(forget_library_in_use);
  }
  state.linker = linker.release();
  state.compiler = compiler.release();
}

std::filesystem::path beside_us(const std::string& file) {
  return (llvm_config::own_directory() / file).lexically_normal();
}

}  // namespace

void* open_library(const std::string& file, const std::string& need, const std::string& remedy) {
  const forking::Section section;
  const DefaultFloatEnvironment usual;  // dlopen runs static constructors of LLVM
  const std::filesystem::path path = beside_us(file);
  if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  const std::string reason = loader_message();
  if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  std::error_code ignored;
  const std::string what = std::filesystem::exists(path, ignored)
                               ? "cannot open " + file + ": " + reason
                               : file + " is not in '" + path.parent_path().string() + "'";
  throw CacheError(need + what + "; " + remedy);
}

void* entry_point(void* library, const char* name) {
  const forking::Section section;
  if (void* address = dlsym(library, name)) return address;
  throw CacheError(std::string("the library that should define ") + name +
                   " is of another version: install dijitso anew");
}

void open_compiler_library(const std::string& need, const std::string& remedy) {
  const Lock lock(state.mutex);
  open_if_needed(need, remedy);
}

bool compiler_library_is_there() {
  static constinit forking::Once<const bool> has;
  return has.get([] {
    std::error_code unknown;  // on an error, such as no permission to search, opening it reports the reason
    return std::filesystem::exists(beside_us(compiler_file), unknown) || dlopen(compiler_file, RTLD_LAZY | RTLD_LOCAL);
  });
}

CompilerUse::CompilerUse() {
  const Lock lock(state.mutex);
  open_if_needed("", "install the compiler library");
  compiler_ = state.compiler;
  linker_ = state.linker;
  ++state.users;
}

CompilerUse::~CompilerUse() {
  const Lock lock(state.mutex);
  --state.users;
}

std::uint64_t CompilerUse::copy() noexcept {
  const Lock lock(state.mutex);
  return state.copy;
}

}  // namespace dijitso

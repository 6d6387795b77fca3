// The file that is opened must be the one that was verified, although other processes may replace it at any time. Its
// i-node is kept open while it is verified and opened by name. If the name still refers to that i-node afterwards, it
// did so all the time, because libraries are only replaced by new files. Otherwise the verified bytes are opened from
// memory.
//
// A file in memory is opened as /proc/thread-self/fd/<number>. The loader identifies libraries by such names too, so
// the descriptor stays open as long as the library is loaded. A file whose path contains '$' is opened in this way too,
// because dlopen replaces $ORIGIN and similar words in its argument. Tested in tests/export.

#include "jit/link/shared_code.h"

#include "support/close_library.h"
#include "support/descriptor.h"
#include "support/file.h"
#include "support/file_size_signal.h"
#include "support/fork.h"
#include "support/memory_file.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

namespace dijitso {
namespace {

// The libraries that this process has opened, by handle. All dlopen calls for one library return the same handle.
struct Opened {
  forking::LongMutex mutex;  // a static constructor may call jit
  struct Record {
    Digest origin;
    std::string path;  // in the cache; empty for a library opened from memory
    std::size_t uses = 0;
  };
  std::map<void*, Record> records DIJITSO_GUARDED_BY(mutex);  // changed in a Section, together with the loader's state
};

Opened& opened() {
  static constinit forking::Once<Opened> instance;  // a static Library of the program may outlive other static objects
  return instance.get();
}

std::string loader_message() {
  const char* message = dlerror();
  return message ? message : "the dynamic loader gives no reason";
}

bool is_same_file(const struct stat& a, const std::string& path) {
  struct stat b;
  return ::stat(path.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::string private_soname(const std::string& soname, const Digest& origin) {
  static std::atomic<std::uint64_t> counter{0};
  return soname + "." + origin.hex().substr(0, 16) + "." + std::to_string(counter++);
}

std::string published_path(const cache::Store& store, const std::string& signature) {
  return std::filesystem::absolute(store.layout().lib_file(signature)).lexically_normal().string();
}

bool write_whole(int descriptor, ByteView content) {
  const NoFileSizeSignal guard;
  return ::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size());
}

bool can_be_executed(int descriptor) {
  void* const mapped = ::mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0);
  return mapped != MAP_FAILED && ::munmap(mapped, 1) == 0;
}

link_map* map_of(void* handle) {
  link_map* map = nullptr;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 ? map : nullptr;
}

}  // namespace

std::shared_ptr<const SharedCode> SharedCode::load(cache::Store& store, const cache::Entry& entry, ByteView object,
                                                   const std::vector<std::shared_ptr<const SharedCode>>& dependencies) {
  const Lock lock(opened().mutex);
  prepare_to_close_libraries();
  const std::shared_ptr<SharedCode> code(new SharedCode);
  const CacheParams& params = store.layout().params();
  std::string soname = published_soname(store.layout(), entry.signature);
  code->origin_ = origin_of_library(entry.identity(), soname, params);

  bool is_name_free = true;
  if (const forking::Section section; void* present = dlopen(soname.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD)) {
    const auto known = opened().records.find(present);
    is_name_free = known != opened().records.end() && known->second.origin == code->origin_ &&
                   published_path(store, entry.signature) == known->second.path;
    close_library(present);
  }
  const bool can_be_published =
      is_name_free && std::all_of(dependencies.begin(), dependencies.end(),
                                  [](const auto& dependency) { return dependency->is_published_; });
  if (can_be_published && code->open_published(store, entry)) return code;

  if (!is_name_free || !can_be_published) soname = private_soname(soname, code->origin_);
  if (!code->file_.bytes || code->file_.soname != soname) {
    std::vector<SharedFile> files;
    for (const auto& dependency : dependencies) files.push_back(dependency->file_);
    code->file_ = make_shared_file(entry, object, soname, files, params);
  }
  if (can_be_published) {
    if (const auto failed = store.publish_library(entry.signature, *code->file_.bytes))
      store.warn_once(*failed);
    else if (code->open_published(store, entry))
      return code;
  }
  code->open_from_memory(entry.signature);
  return code;
}

// Returns false when the cache has no such library, or it has been replaced.
bool SharedCode::open_published(cache::Store& store, const cache::Entry& entry) {
  const std::string path = published_path(store, entry.signature);
  Descriptor held(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!held.is_open()) return false;
  const bool is_plain = path.find('$') == path.npos;
  struct stat verified;
  const bool is_known = ::fstat(held.get(), &verified) == 0;
  std::optional<SharedFile> stored = stored_shared_file(store, entry.signature, entry.identity());
  void* handle = nullptr;
  const forking::Section section;
  if (is_known && stored && is_same_file(verified, path))
    handle = dlopen(is_plain ? path.c_str() : path_of_open_file(held.get()).c_str(), RTLD_NOW | RTLD_LOCAL);
  const std::string reason = handle || !stored ? "" : loader_message();
  const bool is_same = is_known && is_same_file(verified, path);
  if (stored) file_ = std::move(*stored);
  if (handle && !is_same) {
    close_library(handle);
    handle = nullptr;
  }
  if (handle && !is_plain) file_in_use_ = std::move(held);
  if (!handle && !reason.empty() && is_same)
    throw LinkFailed("the shared library of module '" + entry.signature + "' cannot be loaded: " + reason);
  if (!handle) return false;
  is_published_ = true;
  note(handle, path);
  return true;
}

void SharedCode::note(void* handle, const std::string& path) {
  const Lock lock(opened().mutex);  // again: load() has it locked
  handle_ = handle;
  auto& record = opened().records[handle];
  record.origin = origin_;
  record.path = path;
  ++record.uses;
}

void SharedCode::open_from_memory(const std::string& signature) {
  file_in_use_ = open_memory_file(file_.soname);
  const std::string path = path_of_open_file(file_in_use_.get());
  if (!file_in_use_.is_open() || !write_whole(file_in_use_.get(), *file_.bytes))
    throw LinkFailed("the shared library of module '" + signature +
                     "' cannot be kept in memory: " + std::generic_category().message(errno) +
                     "; allow more open files (ulimit -n), larger files (ulimit -f) or memory");
  const forking::Section section;
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const std::string reason = loader_message();
    throw LinkFailed("the shared library of module '" + signature + "' cannot be loaded: " + reason +
                     (can_be_executed(file_in_use_.get())
                          ? ""
                          : "; a policy of the system (SELinux, a seccomp filter) forbids to execute a file in memory: "
                            "allow it, name a cache directory that can be written, or use cache.lib_loader 'orc'"));
  }
  note(handle, "");
}

SharedCode::~SharedCode() {
  const Lock lock(opened().mutex);
  const forking::Section section;
  if (handle_) {
    const auto record = opened().records.find(handle_);
    if (record != opened().records.end() && --record->second.uses == 0 && may_close_libraries())
      opened().records.erase(record);
    close_library(handle_);
  }
  if (!file_in_use_.is_open()) return;
  // The loader keeps a library loaded while a thread still needs it for its thread_local objects; then its file stays
  // open.
  if (void* still =
          handle_ ? dlopen(path_of_open_file(file_in_use_.get()).c_str(), RTLD_LAZY | RTLD_NOLOAD) : nullptr) {
    close_library(still);
    file_in_use_.release();
  }
  file_in_use_.close();
}

void* SharedCode::find(const std::string& symbol) const {
  const forking::Section section;
  void* address = dlsym(handle_, symbol.c_str());
  if (!address) return nullptr;
  // dlsym also searches the dependencies, so the address must belong to this library. Addresses of thread_local
  // variables belong to none.
  Dl_info info;
  link_map* owner = nullptr;
  if (dladdr1(address, &info, reinterpret_cast<void**>(&owner), RTLD_DL_LINKMAP) == 0) return address;
  return owner == map_of(handle_) ? address : nullptr;
}

std::string SharedCode::file_name() const {
  const forking::Section section;
  const link_map* const map = map_of(handle_);
  return map ? map->l_name : "";
}

}  // namespace dijitso

// Code loaded with dlopen, for cache.lib_loader `dlopen`, `ctypes` and `import`: the alternative to the run-time
// linker.
//
// The dynamic loader identifies a library by its SONAME in the whole process. So the library in the cache's lib
// directory is opened only when no other library has its name. Another variant, or one of another cache directory, is
// linked again with a unique name and opened from memory, and so is a library whose directory cannot be written.
// Thread-safety: all functions may be called from any thread; loads run one after another.
#pragma once

#include "cache/format/entry.h"
#include "cache/store/store.h"
#include "jit/link/shared_file.h"
#include "orc/session.h"
#include "support/descriptor.h"

#include <memory>
#include <vector>

namespace dijitso {

class SharedCode : public orc::LinkedModule {
 public:
  // `dependencies` are those of the entry, in its order. Throws LinkFailed.
  static std::shared_ptr<const SharedCode> load(cache::Store& store, const cache::Entry& entry, ByteView object,
                                                const std::vector<std::shared_ptr<const SharedCode>>& dependencies);

  ~SharedCode() override;

  // As in orc::LinkedModule, except that the name of a thread_local variable of a dependency finds that variable.
  void* find(const std::string& symbol) const override;

  std::string file_name() const override;

 private:
  SharedCode() = default;
  bool open_published(cache::Store& store, const cache::Entry& entry);
  void open_from_memory(const std::string& signature);
  void note(void* handle, const std::string& path);

  void* handle_ = nullptr;
  SharedFile file_;
  Digest origin_;
  bool is_published_ = false;  // opened under its name in the cache
  Descriptor file_in_use_;     // of a file that was opened as /proc/thread-self/fd/<number>
};

}  // namespace dijitso

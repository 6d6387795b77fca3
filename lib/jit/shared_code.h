// Code that was loaded with dlopen, for cache.lib_loader `dlopen`, `ctypes` and `import`: the second way beside the
// run-time linker.
//
// The dynamic loader knows a library by its SONAME, for the whole process. So the library in the cache's lib directory
// is opened when nothing else has its name; another variant, or one of another cache directory, is linked anew under a
// name of its own and opened from memory, as is every library whose directory cannot be written.
// Thread-safety: all functions may be called from any thread; loads run one after another.
#pragma once

#include "cache/entry.h"
#include "cache/store.h"
#include "jit/shared_file.h"
#include "orc/session.h"
#include "support/descriptor.h"

#include <memory>
#include <vector>

namespace dijitso {

class SharedCode : public orc::LinkedModule {
 public:
  // `dependencies` are those of the entry, in its order. LinkFailed.
  static std::shared_ptr<const SharedCode> load(cache::Store& store, const cache::Entry& entry, ByteView object,
                                                const std::vector<std::shared_ptr<const SharedCode>>& dependencies);

  ~SharedCode() override;

  // As orc::LinkedModule says. For a thread_local variable of a dependency it gives that of the dependency.
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
  bool is_published_ = false;  // opened under the name that it has in the cache
  Descriptor file_in_use_;     // of a file that was opened as /proc/thread-self/fd/<number>
};

}  // namespace dijitso

// Each thread has a table of its copies. The index is the slot that an image gets at its first use. A destroyed image
// frees its copies in all tables, so slots can be reused. Only the owner reads its table without the lock. Growing the
// table and emptying a slot take the lock (no code of an unloaded module can read that slot any more). Tested in
// unittests/orc/thread_local_test.cpp.
#include "orc/tls.h"

#include "support/fork.h"

#include <link.h>
#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <set>

#if defined(__x86_64__)
// The dynamic loader's own type, which <link.h> does not declare.
struct dijitso_host_tls_index {
  unsigned long module;
  unsigned long offset;
};
extern "C" void* __tls_get_addr(dijitso_host_tls_index*);
#endif

namespace dijitso::orc {

namespace {

struct Copy {
  std::byte* data = nullptr;
  std::size_t alignment = 0;

  void release() {
    if (data) ::operator delete(data, std::align_val_t{alignment});
    data = nullptr;
  }
};

struct ThreadTable {
  std::vector<Copy> copies;  // by slot
};

void free_table(void* table);

struct Tables {
  forking::Mutex mutex;
  std::set<ThreadTable*> all DIJITSO_GUARDED_BY(mutex);
  std::vector<std::size_t> free_slots DIJITSO_GUARDED_BY(mutex);
  std::size_t slots DIJITSO_GUARDED_BY(mutex) = 1;
  std::map<std::size_t, TlsImage> host_images DIJITSO_GUARDED_BY(mutex);
  pthread_key_t key{};

  // A key's destructor runs after all thread_local destructors, which may still use the table.
  Tables() {
    if (pthread_key_create(&key, free_table) != 0) throw std::bad_alloc();
  }
};

// Never destroyed: threads may end after the static destructors have run.
Tables& tables() {
  static constinit forking::Once<Tables> instance;
  return instance.get();
}

thread_local ThreadTable* this_thread = nullptr;

void free_table(void* pointer) {
  auto* table = static_cast<ThreadTable*>(pointer);
  {
    const Lock lock(tables().mutex);
    tables().all.erase(table);
  }
  for (auto& copy : table->copies) copy.release();
  delete table;
  this_thread = nullptr;
}

// Returns the calling thread's table, and creates it if needed.
ThreadTable& own_table() DIJITSO_REQUIRES(tables().mutex) {
  if (!this_thread) {
    this_thread = new ThreadTable;
    tables().all.insert(this_thread);
    pthread_setspecific(tables().key, this_thread);
  }
  return *this_thread;
}

void* host_instance([[maybe_unused]] std::size_t module, [[maybe_unused]] std::size_t offset) {
#if defined(__x86_64__)
  dijitso_host_tls_index index{module, offset};
  return __tls_get_addr(&index);
#else
  return nullptr;
#endif
}

}  // namespace

TlsImage::~TlsImage() {
  if (slot_ == 0) return;
  const Lock lock(tables().mutex);
  for (auto* table : tables().all) {
    if (slot_ < table->copies.size()) table->copies[slot_].release();
  }
  tables().free_slots.push_back(slot_);
}

std::size_t TlsImage::reserve(std::size_t size, std::size_t alignment) {
  const std::size_t offset = (size_ + alignment - 1) / alignment * alignment;
  size_ = offset + size;
  alignment_ = std::max(alignment_, alignment);
  return offset;
}

std::byte* TlsImage::make_copy() const {
  auto* data = static_cast<std::byte*>(::operator new(size_, std::align_val_t{alignment_}));
  std::memset(data, 0, size_);
  for (const auto& part : parts_) std::memcpy(data + part.offset, part.content, part.size);
  const Lock lock(tables().mutex);
  if (slot_ == 0) {
    if (tables().free_slots.empty()) tables().free_slots.push_back(tables().slots++);
    slot_ = tables().free_slots.back();
    tables().free_slots.pop_back();
  }
  auto& copies = own_table().copies;
  if (copies.size() <= slot_) copies.resize(slot_ + 1);
  copies[slot_] = Copy{data, alignment_};
  return data;
}

void* TlsImage::instance(std::size_t offset) const {
  if (host_module_ != 0) return host_instance(host_module_, offset);
  // Another thread may be assigning the slot to the image at this moment. This thread, which has no copy, then reads 0
  // or the slot's number; both work.
  const std::size_t slot = slot_;
  if (slot != 0 && this_thread && slot < this_thread->copies.size() && this_thread->copies[slot].data) {
    return this_thread->copies[slot].data + offset;
  }
  return make_copy() + offset;
}

std::optional<TlsVariable> host_tls_variable(const void* address) {
  struct Search {
    std::uintptr_t address;
    std::size_t module;
    std::size_t offset;
  } search{reinterpret_cast<std::uintptr_t>(address), 0, 0};
  const forking::Section section;  // locks the list of libraries, and a child could open none
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto& wanted = *static_cast<Search*>(data);
        const auto start = reinterpret_cast<std::uintptr_t>(info->dlpi_tls_data);
        if (start == 0 || wanted.address < start) return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          if (info->dlpi_phdr[i].p_type != PT_TLS || wanted.address - start >= info->dlpi_phdr[i].p_memsz) continue;
          wanted.module = info->dlpi_tls_modid;
          wanted.offset = wanted.address - start;
          return 1;
        }
        return 0;
      },
      &search);
  if (search.module == 0) return std::nullopt;
  const Lock lock(tables().mutex);
  const auto& image = tables().host_images.try_emplace(search.module, search.module).first->second;
  return TlsVariable{&image, search.offset};
}

extern "C" void* dijitso_orc_tls_address(const TlsVariable* variable) noexcept {
  return variable->image->instance(variable->offset);
}

}  // namespace dijitso::orc

// A cache directory that does not exist yet, and one entry for it.
#pragma once

#include "cache/store/store.h"
#include "unittests/cache/sample_entry.h"
#include "unittests/support/scratch.h"

namespace dijitso::testing {

inline const Digest slot = blake3("slot");
inline const std::string signature = "poisson_1";

struct CachePlace : Scratch {
  CachePlace() { params.cache_dir = path() / "c"; }
  fs::path root() const { return params.cache_dir; }
  fs::path file() const { return cache::Layout(params).obj_file(signature, slot); }
  // Without a store: as another process would leave it.
  void write(const Bytes& bytes) const {
    fs::create_directories(file().parent_path());
    write_text(file(), as_text(bytes));
  }
  CacheParams params;
};

inline Bytes sample_bytes(const std::string& header = "int f();\n") {
  cache::Entry entry = sample_entry();
  entry.header = header;
  return encode(entry, sample_object());
}

inline bool publish(cache::Store& store, const Bytes& bytes, bool replace = false) {
  return store.publish(signature, slot, bytes, "the header\n", "the source\n", "the log\n", replace);
}

}  // namespace dijitso::testing

// Fills the cache $DIJITSO_CACHE_DIR, which has the module element, with as many copies of it under other names as the
// argument says, for many_test.py. They are published like entries from elsewhere.
#include "cache/format/entry.h"
#include "cache/store/entry_files.h"
#include "unittests/cache/sample_entry.h"

#include <dijitso/cache.h>

#include <exception>
#include <iostream>

namespace {

using namespace dijitso;

void fill(int count) {
  const CacheParams params = validate_params({}).cache;
  cache::StoredEntry element;
  for (const cache::EntryFile& file : cache::list_entry_files(params))
    if (file.signature == "element") element = cache::inspect_entry(file.file).stored;
  const std::string request = element.entry.request;
  const Bytes object = testing::sample_object();
  std::vector<Bytes> copies;
  for (int i = 0; i < count; ++i) {
    cache::Entry copy = element.entry;
    copy.signature = "copy_" + std::to_string(i);
    copy.request = request + copy.signature;
    copies.push_back(cache::encode(copy, object));
  }
  cache::publish_entries(copies, params);
}

}  // namespace

int main(int, char** argv) {
  try {
    fill(std::stoi(argv[1]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

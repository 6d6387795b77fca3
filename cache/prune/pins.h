// Pins mark modules that pruning does not remove. A pin is an empty file pins/<signature>. It belongs to the module and
// not to an entry, so it stays when the module is built again. Thread-safety: all functions may be called from any
// thread and any number of processes. Errors: InvalidArgument for a malformed signature, CacheError for a directory
// that cannot be read or written. Tested in tests/cli/gc_test.py.
#pragma once

#include <dijitso/params.h>

#include <string>
#include <vector>

namespace dijitso::cache {

// Sorted.
std::vector<std::string> pinned_modules(const CacheParams& params);

// False when it was pinned already.
bool pin(const std::string& signature, const CacheParams& params);

// False when it was not pinned.
bool unpin(const std::string& signature, const CacheParams& params);

}  // namespace dijitso::cache

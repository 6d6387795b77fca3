// Makes packs of headers (header_pack.h). The same directories with the same texts always give the same bytes, except
// for the original paths, which a pack stores. Thread-safety: no state is shared. Tested in
// unittests/support/header_pack_test.cpp.
#pragma once

#include "support/packs/header_pack.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dijitso {

struct HeaderToPack {
  std::string path;    // relative to its directory
  std::string source;  // the file; two headers with the same source are one file with two names
};

struct DirectoryToPack {
  HeaderKind kind = HeaderKind::given;
  std::uint8_t place = 0;
  std::vector<std::string> paths;     // its locations
  std::vector<HeaderToPack> headers;  // without duplicate paths
};

// Gets texts from `read`, which returns the content of a source. Directories of kind `given` with equal headers are
// merged. Throws CacheError for files that a pack cannot contain.
Bytes make_header_pack(std::vector<DirectoryToPack> directories,
                       const std::function<Bytes(const std::string& source)>& read,
                       const std::function<void(std::size_t done, std::size_t all)>& progress = {});

}  // namespace dijitso

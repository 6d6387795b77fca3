// Makes packs of headers (header_pack.h). The same directories with the same texts always give the same bytes, but for
// the paths at which they lay, which a pack keeps. Thread-safety: none is needed. Tested in
// unittests/support/header_pack_test.cpp.
#pragma once

#include "support/header_pack.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dijitso {

struct HeaderToPack {
  std::string path;    // in its directory
  std::string source;  // the file; two that have one source are one file under two names
};

struct DirectoryToPack {
  HeaderKind kind = HeaderKind::given;
  std::uint8_t place = 0;
  std::vector<std::string> paths;     // where it is
  std::vector<HeaderToPack> headers;  // each path once
};

// Takes the texts from `read`, which gives the content of a source. Directories of kind `given` with the same headers
// become one. CacheError for what a pack cannot hold.
Bytes make_header_pack(std::vector<DirectoryToPack> directories,
                       const std::function<Bytes(const std::string& source)>& read,
                       const std::function<void(std::size_t done, std::size_t all)>& progress = {});

}  // namespace dijitso

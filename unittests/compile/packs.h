// Header packs for the tests of the compiler.
#pragma once

#include "requests.h"
#include "support/packs/header_pack.h"
#include "support/packs/header_pack_writer.h"

#include <map>
#include <string>
#include <vector>

namespace dijitso::testing {

struct HeadersToPack {
  HeaderKind kind = HeaderKind::given;
  std::uint8_t place = 0;
  std::map<std::string, std::string> texts;  // by path
};

inline Bytes pack_bytes(const std::vector<HeadersToPack>& all) {
  std::map<std::string, std::string> texts;
  std::vector<DirectoryToPack> directories;
  for (const HeadersToPack& headers : all) {
    directories.push_back({headers.kind, headers.place, {"/was/" + std::to_string(directories.size())}, {}});
    for (const auto& [path, text] : headers.texts) {
      const std::string source = std::to_string(directories.size()) + path;
      directories.back().headers.push_back({path, source});
      texts[source] = text;
    }
  }
  return make_header_pack(std::move(directories), [&](const std::string& source) {
    const ByteView text = as_bytes(texts.at(source));
    return Bytes(text.begin(), text.end());
  });
}

// A pack whose file is removed at once.
inline std::shared_ptr<const HeaderPack> pack_of(const std::vector<HeadersToPack>& all) {
  const Scratch scratch;
  write_text(scratch / "headers.pack", as_text(pack_bytes(all)));
  return HeaderPack::open(scratch / "headers.pack");
}

// A system of which nothing but what tests include is there.
inline std::vector<HeadersToPack> small_system() {
  return {{HeaderKind::clang, 0, {{"stddef.h", "typedef unsigned long size_t;\n"}}},
          {HeaderKind::cxx, 0, {{"cmath", "#include <math.h>\n"}}},
          {HeaderKind::c,
           0,
           {{"math.h", "double sin(double);\ninline int unused() { int never_used; return 1 ? 1 : 2; }\n"}}}};
}

inline std::string place_in(const HeaderPack& pack, std::size_t directory = 0) {
  return std::string(packed_headers_dir) + "/" + pack.directories().at(directory).name;
}

}  // namespace dijitso::testing

// An entry that was damaged on disk, in any place, is noticed before anything looks into it: it is put aside, the
// module is built again, and the answer is right. Every bit is tried in unittests/cache/entry_test.cpp; here a spread
// of them goes the whole way.
#include "tests/support/modules.h"

#include <elf.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <set>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

// Where the parts of an object file begin and end.
std::set<std::size_t> boundaries(const std::string& object) {
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof header);
  std::set<std::size_t> found{0, 1, sizeof header, header.e_shoff, object.size() - 1};
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    std::memcpy(&section, object.data() + header.e_shoff + i * sizeof section, sizeof section);
    found.insert(header.e_shoff + i * sizeof section);
    if (section.sh_type == SHT_NOBITS) continue;
    found.insert(section.sh_offset);
    found.insert(section.sh_offset + section.sh_size);
  }
  found.erase(object.size());
  return found;
}

// A cache with one entry, which is damaged and must be recovered.
struct Victim {
  Place place;

  Victim() { Jit().jit("m", place.params, gives_value(42)); }

  void replace(const std::string& content) {
    const fs::path entry = only_entry(place.cache);
    write_text(entry, content);
    const Warnings warnings;
    Jit jit;
    CHECK(value(jit.jit("m", place.params, gives_value(42))) == 42);
    const Counters counters = jit.counters();
    CHECK((counters.quarantined == 1 && counters.compiles == 1 && counters.disk_hits == 0 && counters.published == 1));
    CHECK_THAT(warnings.only(), Contains(entry.string()));
    const std::vector<std::string> aside = names_in(place.cache / "quarantine");
    REQUIRE(aside.size() == 1);
    CHECK(read_text(place.cache / "quarantine" / aside[0]) == content);
    fs::remove(place.cache / "quarantine" / aside[0]);
  }
};

}  // namespace

TEST_CASE("a flipped bit") {
  constexpr std::size_t flips = 300;
  Victim victim;
  for (std::size_t i = 0; i < flips; ++i) {
    std::string content = read_text(only_entry(victim.place.cache));
    const std::size_t bit = i * (content.size() * 8 - 1) / (flips - 1);
    CAPTURE(bit);
    content[bit / 8] = static_cast<char>(content[bit / 8] ^ (1 << (bit % 8)));
    victim.replace(content);
  }
}

TEST_CASE("an entry that was cut off, at the borders of its parts") {
  Victim victim;
  const std::set<std::size_t> sizes = boundaries(read_text(only_entry(victim.place.cache)));
  CHECK(sizes.size() > 15);
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const std::string whole = read_text(only_entry(victim.place.cache));
    victim.replace(whole.substr(0, std::min(size, whole.size() - 1)));
  }
}

TEST_CASE("an entry with something behind it, of zeros, or of text") {
  Victim victim;
  const std::string whole = read_text(only_entry(victim.place.cache));
  victim.replace(whole + '\0');
  victim.replace(whole + whole);
  victim.replace(std::string(whole.size(), '\0'));
  victim.replace("#!/bin/sh\n");
}

TEST_CASE("a whole entry of another module under this one's name does not answer") {
  Place place;
  Jit().jit("m", place.params, gives_value(42));
  const fs::path entry = only_entry(place.cache);
  Jit().jit("other", place.params, gives_value(13));
  for (const std::string& name : names_in(place.cache / "obj"))
    if (name.starts_with("other.")) write_text(entry, read_text(place.cache / "obj" / name));
  Jit jit;
  CHECK(value(jit.jit("m", place.params, gives_value(42))) == 42);
  CHECK(jit.counters().compiles == 1);
  CHECK(value(Jit().jit("m", place.params, never)) == 42);
}

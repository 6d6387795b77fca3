#include "cache/format/elf_sections.h"

#include "unittests/cache/sample_entry.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using dijitso::testing::sample_object;

namespace {

// An object whose table has `count` sections; all but the last, the name table, are of type SHT_NULL.
Bytes object_with_sections(std::size_t count) {
  Bytes bytes = sample_object();
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  Elf64_Shdr names;
  std::memcpy(&names, bytes.data() + header.e_shoff + 2 * sizeof names, sizeof names);
  bytes.resize(header.e_shoff + count * sizeof names);
  std::memset(bytes.data() + header.e_shoff, 0, count * sizeof names);
  std::memcpy(bytes.data() + header.e_shoff + (count - 1) * sizeof names, &names, sizeof names);
  Elf64_Shdr first{};
  header.e_shnum = static_cast<Elf64_Half>(count < SHN_LORESERVE ? count : 0);
  header.e_shstrndx = static_cast<Elf64_Half>(count - 1 < SHN_LORESERVE ? count - 1 : SHN_XINDEX);
  first.sh_size = count < SHN_LORESERVE ? 0 : count;
  first.sh_link = static_cast<Elf64_Word>(count - 1 < SHN_LORESERVE ? 0 : count - 1);
  std::memcpy(bytes.data() + header.e_shoff, &first, sizeof first);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

std::string_view content_of(const Bytes& object, std::string_view name) {
  auto sections = list_sections(object);
  REQUIRE(sections);
  for (const NamedSection& section : *sections)
    if (section.name == name) return as_text(section.content);
  return "<none>";
}

}  // namespace

TEST_CASE("sections are found by name", "[elf]") {
  Bytes object = sample_object("hello");
  CHECK(content_of(object, ".data") == "hello");
  CHECK(content_of(object, ".text") == "<none>");
}

TEST_CASE("cleared sections are gone, and the others stay", "[elf]") {
  const Bytes object = *append_sections(sample_object("hello"), {{".own.a", as_bytes("a")}, {".other", as_bytes("b")}});
  Bytes cleared = object;
  clear_sections(cleared, ".own.");
  CHECK(content_of(cleared, ".own.a") == "<none>");
  CHECK(content_of(cleared, ".other") == "b");
  CHECK(content_of(cleared, ".data") == "hello");
  CHECK(cleared.size() == object.size());
  Bytes text{'n', 'o', ' ', 'o', 'b', 'j', 'e', 'c', 't'};
  const Bytes before = text;
  clear_sections(text, "n");
  CHECK(text == before);
}

TEST_CASE("appended sections are there, and nothing that was there has moved", "[elf]") {
  Bytes object = sample_object("hello");
  auto extended = append_sections(object, {{".one", as_bytes("first")}, {".two", as_bytes("")}});
  REQUIRE(extended);
  CHECK(content_of(*extended, ".one") == "first");
  CHECK(content_of(*extended, ".two").empty());
  CHECK(content_of(*extended, ".data") == "hello");
  auto body = [&](const Bytes& bytes) {
    return Bytes(bytes.begin() + sizeof(Elf64_Ehdr), bytes.begin() + object.size());
  };
  CHECK(body(*extended) == body(object));
  auto twice = append_sections(*extended, {{".three", as_bytes("third")}});
  REQUIRE(twice);
  CHECK(content_of(*twice, ".one") == "first");
  CHECK(content_of(*twice, ".three") == "third");
}

TEST_CASE("an object without its appended sections is what it was", "[elf]") {
  for (const std::size_t count : {3u, 65279u, 65280u, 65300u}) {
    INFO(count);
    const Bytes object = count == 3 ? sample_object("hello") : object_with_sections(count);
    const Bytes extended = *append_sections(object, {{".own.a", as_bytes("a")}, {".own.b", as_bytes("")}});
    const std::optional<Bytes> restored = without_appended_sections(extended, ".own.");
    REQUIRE(restored);
    CHECK(*restored == object);
  }
  CHECK_FALSE(without_appended_sections(sample_object(), ".own."));
  CHECK_FALSE(without_appended_sections(as_bytes("no object"), ".own."));
  // The section table of this object is not at its end.
  Bytes longer = sample_object();
  longer.push_back(0);
  CHECK_FALSE(without_appended_sections(*append_sections(longer, {{".own.a", as_bytes("a")}}), ".own."));
}

TEST_CASE("the limit of the ordinary numbering is crossed correctly", "[elf]") {
  std::size_t count = GENERATE(3, SHN_LORESERVE - 4, SHN_LORESERVE - 3, SHN_LORESERVE - 2, SHN_LORESERVE - 1,
                               SHN_LORESERVE, SHN_LORESERVE + 1, 100000);
  auto extended = append_sections(object_with_sections(count), {{".one", as_bytes("first")}});
  REQUIRE(extended);
  CHECK(content_of(*extended, ".one") == "first");
  Elf64_Ehdr header;
  Elf64_Shdr first;
  std::memcpy(&header, extended->data(), sizeof header);
  std::memcpy(&first, extended->data() + header.e_shoff, sizeof first);
  std::size_t total = count + 2;
  CHECK(header.e_shnum == (total < SHN_LORESERVE ? total : 0));
  CHECK(first.sh_size == (total < SHN_LORESERVE ? 0 : total));
  CHECK(header.e_shstrndx == (total - 1 < SHN_LORESERVE ? total - 1 : SHN_XINDEX));
  CHECK(first.sh_link == (total - 1 < SHN_LORESERVE ? 0 : total - 1));
}

TEST_CASE("what is no relocatable 64-bit object is refused", "[elf]") {
  const auto changed = [](std::size_t offset, std::uint8_t value) {
    Bytes object = sample_object();
    object[offset] = value;
    return object;
  };
  const auto unterminated_names = [&] {
    Elf64_Ehdr header;
    std::memcpy(&header, sample_object().data(), sizeof header);
    return changed(header.e_shoff + 2 * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_size), 16);
  };
  for (const Bytes& object :
       {Bytes(), Bytes(10), Bytes(64), Bytes(1000), changed(0, 'x'), changed(EI_CLASS, ELFCLASS32),
        changed(EI_DATA, ELFDATA2MSB), changed(offsetof(Elf64_Ehdr, e_type), ET_EXEC),
        changed(offsetof(Elf64_Ehdr, e_shentsize), 40), changed(offsetof(Elf64_Ehdr, e_shnum), 4),
        changed(offsetof(Elf64_Ehdr, e_shnum), 0), changed(offsetof(Elf64_Ehdr, e_shstrndx), 0),
        changed(offsetof(Elf64_Ehdr, e_shstrndx), 1), changed(offsetof(Elf64_Ehdr, e_shstrndx), 3),
        changed(offsetof(Elf64_Ehdr, e_shoff) + 7, 0xff), unterminated_names()}) {
    CHECK_FALSE(list_sections(object));
    CHECK_FALSE(append_sections(object, {}));
  }
}

TEST_CASE("no change of one byte and no truncation leads outside the object", "[elf]") {
  // The result does not matter here, the sanitizers do; every view has to lie within the object.
  const Bytes object = *append_sections(sample_object(), {{".one", as_bytes("first")}});
  auto check = [](const Bytes& bytes) {
    auto sections = list_sections(bytes);
    bool inside = true;
    for (const NamedSection& section : sections.value_or(std::vector<NamedSection>{})) {
      inside = inside && section.content.data() >= bytes.data() &&
               section.content.data() + section.content.size() <= bytes.data() + bytes.size();
    }
    append_sections(bytes, {{".two", as_bytes("second")}});
    return inside;
  };
  bool all_inside = true;
  for (std::size_t i = 0; i < object.size(); ++i) {
    for (std::uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      Bytes bytes = object;
      bytes[i] = value;
      all_inside = all_inside && check(bytes);
    }
    all_inside = all_inside && check(Bytes(object.begin(), object.begin() + static_cast<std::ptrdiff_t>(i)));
  }
  CHECK(all_inside);
}

#include "cache/format/entry.h"

#include "cache/format/elf_sections.h"
#include "unittests/cache/sample_entry.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>
#include <functional>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

constexpr std::size_t footer_size = 56;

std::string damage_of(ByteView bytes) {
  auto decoded = decode(bytes);
  auto* damage = std::get_if<Damage>(&decoded);
  return damage ? damage->reason : "";
}

// An object with a footer whose digest is right, whatever the object is.
Bytes sealed(Bytes bytes, std::uint32_t schema = entry_schema) {
  const Bytes sample = encode(sample_entry(), sample_object());
  Bytes footer(sample.end() - footer_size, sample.end());
  std::uint64_t size = bytes.size() + footer_size;
  std::memcpy(footer.data() + 8, &schema, sizeof schema);
  std::memcpy(footer.data() + 16, &size, sizeof size);
  bytes.insert(bytes.end(), footer.begin(), footer.end());
  Digest digest = blake3(ByteView(bytes).first(bytes.size() - 32));
  std::memcpy(bytes.data() + bytes.size() - 32, digest.bytes.data(), 32);
  return bytes;
}

Bytes object_with(const std::vector<NamedSection>& sections) { return *append_sections(sample_object(), sections); }

}  // namespace

TEST_CASE("an entry comes back as it was encoded, and so does the object", "[entry]") {
  for (const Entry& entry : {sample_entry(), Entry()}) {
    Bytes bytes = encode(entry, sample_object());
    auto decoded = decode(bytes);
    REQUIRE(std::holds_alternative<Entry>(decoded));
    CHECK(same(std::get<Entry>(decoded), entry));
    auto sections = list_sections(ByteView(bytes).first(bytes.size() - footer_size));
    REQUIRE(sections);
    CHECK(as_text((*sections)[0].content) == "content");
  }
}

TEST_CASE("the object of an entry is the one that it was made from", "[entry]") {
  CHECK(object_of(encode(sample_entry(), sample_object("hello"))) == sample_object("hello"));
  // One of another form at least hides the entry.
  Bytes longer = sample_object("hello");
  longer.push_back(0);
  const Bytes hidden = object_of(encode(sample_entry(), longer));
  const auto sections = list_sections(hidden);
  REQUIRE(sections);
  CHECK(std::ranges::none_of(*sections, [](const NamedSection& s) { return s.name.starts_with(".dijitso"); }));
}

TEST_CASE("the same entry always gives the same bytes", "[entry]") {
  CHECK(encode(sample_entry(), sample_object()) == encode(sample_entry(), sample_object()));
}

TEST_CASE("every change of a single bit is damage", "[entry]") {
  Bytes bytes = encode(sample_entry(), sample_object());
  std::size_t undetected = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    auto decoded = decode(bytes);
    auto* damage = std::get_if<Damage>(&decoded);
    undetected += !damage || damage->other_schema;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
  }
  CHECK(undetected == 0);
  CHECK(damage_of(bytes).empty());
}

TEST_CASE("every truncation and every extension is damage", "[entry]") {
  Bytes bytes = encode(sample_entry(), sample_object());
  std::size_t undetected = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) undetected += damage_of(ByteView(bytes).first(size)).empty();
  CHECK(undetected == 0);
  bytes.push_back(0);
  CHECK_FALSE(damage_of(bytes).empty());
  Bytes doubled = encode(sample_entry(), sample_object());
  doubled.insert(doubled.end(), doubled.begin(), doubled.end());
  CHECK_FALSE(damage_of(doubled).empty());
}

TEST_CASE("damage is explained", "[entry]") {
  const Bytes bytes = encode(sample_entry(), sample_object());
  CHECK(damage_of({}) == "it is empty");
  CHECK(damage_of(ByteView(bytes).first(100)) == "truncated: 100 of " + std::to_string(bytes.size()) + " bytes");
  CHECK(damage_of(as_bytes("some text")) == "it does not end as an entry does");
  CHECK(damage_of(as_bytes(std::string(1000, 'x'))) == "it does not end as an entry does");
  Bytes flipped = bytes;
  flipped[70] ^= 1;
  CHECK(damage_of(flipped) == "its digest does not match its contents");
  flipped = bytes;
  flipped.insert(flipped.begin() + 70, 'x');
  CHECK(damage_of(flipped) == "its length is not the recorded one");
}

TEST_CASE("an entry of another version is told from a damaged one", "[entry]") {
  Bytes bytes = sealed(sample_object(), entry_schema + 1);
  auto decoded = decode(bytes);
  REQUIRE(std::holds_alternative<Damage>(decoded));
  CHECK(std::get<Damage>(decoded).other_schema);
  bytes[70] ^= 1;
  decoded = decode(bytes);
  CHECK_FALSE(std::get<Damage>(decoded).other_schema);
}

TEST_CASE("a right digest does not make up for wrong contents", "[entry]") {
  CHECK(damage_of(sealed({})) == "it is no well-formed object file");
  CHECK(damage_of(sealed(Bytes(500))) == "it is no well-formed object file");
  CHECK(damage_of(sealed(sample_object())) == "it lacks a section that entries have");
  const NamedSection request{".dijitso.request", as_bytes("")};
  const NamedSection header{".dijitso.header", as_bytes("")};
  const NamedSection build{".dijitso.build", as_bytes("")};
  CHECK(damage_of(sealed(object_with({request, header, build, {".dijitso.inputs", as_bytes("nonsense")}}))) ==
        "its section .dijitso.inputs is malformed");
  Bytes bytes = object_with({request, header, build});
  CHECK(damage_of(sealed(bytes)) == "it lacks a section that entries have");
  // A section table that points outside.
  Elf64_Ehdr elf;
  std::memcpy(&elf, bytes.data(), sizeof elf);
  bytes[elf.e_shoff + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_offset) + 6] = 0x7f;
  CHECK(damage_of(sealed(bytes)) == "it is no well-formed object file");
}

TEST_CASE("an entry is put into relocatable objects only, and once", "[entry]") {
  CHECK_THROWS_AS(encode(sample_entry(), as_bytes("no object")), InvalidArgument);
  CHECK_THROWS_AS(encode(sample_entry(), Bytes()), InvalidArgument);
  CHECK_THROWS_WITH(encode(sample_entry(), encode(sample_entry(), sample_object())),
                    Catch::Contains(".dijitso.request"));
}

TEST_CASE("the identity depends on what determines the code, and on nothing else", "[entry]") {
  const Entry entry = sample_entry();
  const std::vector<std::function<void(Entry&)>> relevant{
      [](Entry& e) { e.signature += "x"; },
      [](Entry& e) { e.request += "x"; },
      [](Entry& e) { e.header += "x"; },
      [](Entry& e) { e.source = blake3("x"); },
      [](Entry& e) { e.dependencies[0].signature += "x"; },
      [](Entry& e) { e.dependencies[0].identity = blake3("x"); },
      [](Entry& e) { e.dependencies.pop_back(); },
      [](Entry& e) { std::swap(e.dependencies[0], e.dependencies[1]); },
      [](Entry& e) { e.files[0].path += "x"; },
      [](Entry& e) { e.files[0].digest = blake3("x"); },
      [](Entry& e) { e.files.pop_back(); },
      [](Entry& e) { e.isa_features.pop_back(); },
      // The same characters, in other fields.
      [](Entry& e) { e.signature += e.request[0], e.request.erase(0, 1); },
  };
  for (const auto& change : relevant) {
    Entry changed = entry;
    change(changed);
    CHECK(changed.identity() != entry.identity());
  }
  const std::vector<std::function<void(Entry&)>> irrelevant{
      [](Entry& e) { e.files[0].mtime_ns += 1; },
      [](Entry& e) { e.build_info += "x"; },
  };
  for (const auto& change : irrelevant) {
    Entry changed = entry;
    change(changed);
    CHECK(changed.identity() == entry.identity());
  }
}

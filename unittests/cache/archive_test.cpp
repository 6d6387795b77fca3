#include "cache/transfer/archive.h"

#include "cache/transfer/tar.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using Catch::Contains;

namespace {

const std::string first = "element.0123456789abcdef.o";
const std::string second = std::string(150, 's') + ".fedcba9876543210.o";

Bytes sample_archive() {
  const std::vector<ArchiveMember> members = {{first, 3}, {second, 512}};
  ArchiveWriter writer(members);
  writer.add(members[0], as_bytes("one"));
  writer.add(members[1], Bytes(512, 'x'));
  return writer.finish();
}

std::vector<std::string> contents(ByteView archive) {
  ArchiveReader reader(archive, "a.tar.zst");
  std::vector<std::string> all;
  while (const auto bytes = reader.next()) all.emplace_back(as_text(*bytes));
  return all;
}

Bytes unpacked(ByteView archive) {
  Bytes tar(100'000);
  tar.resize(ZstdReader(archive).read(tar.data(), tar.size()).value());
  return tar;
}

Bytes packed(ByteView tar) {
  ZstdWriter writer;
  writer.write(tar);
  return writer.finish();
}

// The same without compressing, which would take most of the time of those that pack thousands of times.
Bytes stored(ByteView tar) {
  Bytes frame = {0x28, 0xb5, 0x2f, 0xfd, 0x60};  // the magic number; the size of the content follows, in two bytes
  const std::size_t size = tar.size() - 256, block = tar.size() << 3 | 1;  // the last block, and as it is
  for (const std::size_t byte : {size, size >> 8, block, block >> 8, block >> 16})
    frame.push_back(static_cast<unsigned char>(byte));
  frame.insert(frame.end(), tar.begin(), tar.end());
  return frame;
}

// An archive with this list and then these bytes.
Bytes with_list(const std::string& list, ByteView rest = {}) {
  Bytes tar = tar_header("dijitso-archive", list.size());
  tar.insert(tar.end(), list.begin(), list.end());
  tar.resize(tar.size() + tar_padding(list.size()));
  tar.insert(tar.end(), rest.begin(), rest.end());
  return packed(tar);
}

std::string refusal(ByteView archive) {
  try {
    contents(archive);
    return "none";
  } catch (const CacheError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("an archive and back", "[archive]") {
  const Bytes archive = sample_archive();
  CHECK(ArchiveReader(archive, "a").members() == std::vector<ArchiveMember>{{first, 3}, {second, 512}});
  CHECK(contents(archive) == std::vector<std::string>{"one", std::string(512, 'x')});
  CHECK(archive == sample_archive());
  ArchiveWriter empty({});
  CHECK(contents(empty.finish()).empty());
}

TEST_CASE("an archive that ends too early, or goes on, is refused", "[archive]") {
  const Bytes archive = sample_archive();
  for (std::size_t size = 0; size < archive.size(); ++size)
    CHECK_THAT(refusal(ByteView(archive).first(size)), Contains("'a.tar.zst' is not a sound archive"));
  const Bytes tar = unpacked(archive);
  for (std::size_t size = 0; size < tar.size(); size += 64)
    CHECK_THAT(refusal(packed(ByteView(tar).first(size))), Contains("is not a sound archive"));
  Bytes longer = tar;
  longer.resize(longer.size() + 19 * tar_block);
  CHECK(refusal(packed(longer)) == "none");  // as programs fill them up
  longer.resize(longer.size() + 1);
  CHECK_THAT(refusal(packed(longer)), Contains("does not end after the last entry"));
  longer = tar;
  longer.back() = 1;
  CHECK_THAT(refusal(packed(longer)), Contains("does not end after the last entry"));
}

TEST_CASE("every changed byte that tells what is in an archive is noticed", "[archive]") {
  const Bytes tar = unpacked(sample_archive());
  const std::vector<std::string> expected = contents(sample_archive());
  REQUIRE(contents(stored(tar)) == expected);
  for (std::size_t i = 0; i < tar.size(); ++i) {
    Bytes changed = tar;
    changed[i] ^= 1;
    std::string refused = refusal(stored(changed));
    if (refused == "none") refused = contents(stored(changed)).size() == expected.size() ? "" : "another number";
    CHECK_THAT(refused, Contains("is not a sound archive") || Catch::Equals(""));
  }
}

TEST_CASE("the list of an archive is bounded and well formed", "[archive]") {
  for (const auto& [list, reason] : std::vector<std::pair<std::string, std::string>>{
           {"", "does not begin with"},
           {"dijitso archive 2\n", "another version"},
           {"dijitso archive 1\n3 a.0123456789abcdef.o", "malformed"},
           {"dijitso archive 1\na.0123456789abcdef.o\n", "malformed"},
           {"dijitso archive 1\n3\n", "malformed"},
           {"dijitso archive 1\n3 \n", "malformed"},
           {"dijitso archive 1\n-3 a.0123456789abcdef.o\n", "malformed"},
           {"dijitso archive 1\n99999999999999999999 a.0123456789abcdef.o\n", "malformed"},
           {"dijitso archive 1\n3 ../a.0123456789abcdef.o\n", "'../a.0123456789abcdef.o' is not the name of an entry"},
           {"dijitso archive 1\n3 /a.0123456789abcdef.o\n", "is not the name of an entry"},
           {"dijitso archive 1\n3 .a.0123456789abcdef.o\n", "is not the name of an entry"},
           {"dijitso archive 1\n3 a.o\n", "is not the name of an entry"},
           {"dijitso archive 1\n268435457 a.0123456789abcdef.o\n", "at most 268435456 are possible"},
           {"dijitso archive 1\n" +
                [] {
                  std::string many;
                  for (int i = 0; i < 65; ++i) many += "268435456 a.0123456789abcdef.o\n";
                  return many;
                }(),
            "more than 17179869184 bytes"}})
    CHECK_THAT(refusal(with_list(list)), Contains(reason));
  CHECK_THAT(refusal(packed(tar_header("dijitso-archive", (16 << 20) + 1))), Contains("its list has 16777217 bytes"));
}

TEST_CASE("members are those of the list", "[archive]") {
  const std::string list = "dijitso archive 1\n3 " + first + "\n";
  const std::string name = "obj/" + first;
  CHECK_THAT(refusal(with_list(list)), Contains("ends in '" + name + "'"));
  CHECK_THAT(refusal(with_list(list, tar_header("../../evil", 3))), Contains("has '../../evil' where '" + name));
  CHECK_THAT(refusal(with_list(list, tar_header("/" + name, 3))), Contains("has '/" + name + "' where"));
  CHECK_THAT(refusal(with_list(list, tar_header(name, 4))), Contains("'" + name + "' has 4 bytes, not 3"));
  CHECK_THAT(refusal(with_list(list, Bytes(1024))), Contains("'" + name + "' is missing"));
  CHECK_THAT(refusal(with_list(list, Bytes(512, 'g'))), Contains("'" + name + "' is missing"));
}

TEST_CASE("what is announced and does not come costs no memory", "[archive]") {
  const std::string list = "dijitso archive 1\n268435456 " + first + "\n";
  CHECK_THAT(refusal(with_list(list, tar_header("obj/" + first, 268435456))), Contains("it ends in 'obj/" + first));
}

TEST_CASE("an archive that no reader would take is not written", "[archive]") {
  CHECK_THROWS_WITH(ArchiveWriter({{first, largest_archived_entry + 1}}), Contains("cannot be made"));
  CHECK_THROWS_WITH(ArchiveWriter(std::vector<ArchiveMember>(65, {first, largest_archived_entry})),
                    Contains("make several"));
  CHECK_THROWS_WITH(ArchiveWriter(std::vector<ArchiveMember>(100'000, {second, 1})), Contains("make several"));
}

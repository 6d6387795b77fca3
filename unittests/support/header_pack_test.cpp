#include "support/packs/header_pack.h"

#include "support/packs/header_pack_format.h"
#include "support/packs/header_pack_writer.h"
#include "support/scratch.h"
#include "support/zstd.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <string>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;
using Catch::EndsWith;

namespace {

using Texts = std::map<std::string, std::string>;  // of sources, which are called as paths are

DirectoryToPack directory(HeaderKind kind, std::vector<std::string> paths, const std::vector<std::string>& names) {
  DirectoryToPack directory{kind, 0, std::move(paths), {}};
  for (const std::string& name : names) directory.headers.push_back({name, name});
  return directory;
}

Bytes packed(std::vector<DirectoryToPack> directories, const Texts& texts) {
  return make_header_pack(std::move(directories), [&](const std::string& source) {
    const ByteView text = as_bytes(texts.at(source));
    return Bytes(text.begin(), text.end());
  });
}

const Texts texts = {{"ufc.h", "int ufc;\n"}, {"empty.h", ""}, {"a/b/c.hpp", "struct C {};\n"}, {"a/z", "int z;"}};

Bytes sample() {
  return packed({directory(HeaderKind::c, {"/usr/include"}, {"empty.h", "a/z"}),
                 directory(HeaderKind::given, {"/home/a/ufc"}, {"ufc.h", "a/b/c.hpp", "empty.h", "a/z"})},
                texts);
}

class File {
 public:
  explicit File(const Bytes& bytes) { write(bytes); }
  void write(const Bytes& bytes) const { write_text(path(), as_text(bytes)); }
  std::string path() const { return (scratch_ / "headers.pack").string(); }

 private:
  Scratch scratch_;
};

std::shared_ptr<const HeaderPack> opened(const Bytes& bytes) {
  const File file(bytes);
  return HeaderPack::open(file.path());  // and the file is gone
}

std::map<std::string, std::string> contents(const HeaderPack& pack, std::size_t number) {
  std::map<std::string, std::string> contents;
  for (const PackedFile& file : pack.files(number)) contents[std::string(file.path)] = pack.read(file).text;
  return contents;
}

// What is said of a pack with these bytes when everything in it is read.
std::string fault_of(const Bytes& bytes) try {
  opened(bytes)->verify();
  return "";
} catch (const CacheError& error) {
  return error.what();
}

// Lets the digests of header, table and list fit again.
void mend(Bytes& pack) {
  using namespace header_pack;
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, pack.data() + at, sizeof value);
    return value;
  };
  const auto put = [&](std::size_t at, const Digest& digest) {
    std::copy(digest.bytes.begin(), digest.bytes.end(), pack.begin() + static_cast<std::ptrdiff_t>(at));
  };
  const ByteView all(pack);
  const std::uint64_t table = std::min<std::uint64_t>(number(table_size_at), pack.size() - header_size);
  put(table_digest_at, blake3(all.subspan(header_size, table)));
  const std::uint64_t index = std::min<std::uint64_t>(number(index_stored_at), pack.size() - header_size - table);
  put(index_digest_at, blake3(all.subspan(header_size + table, index)));
  put(header_digest_at, blake3(all.first(header_digest_at)));
}

// The sample with another list of files, which `change` makes of the one that it has.
Bytes with_list(const std::function<void(Bytes&)>& change) {
  using namespace header_pack;
  const Bytes pack = sample();
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, pack.data() + at, sizeof value);
    return value;
  };
  const std::size_t begin = header_size + number(table_size_at);
  const std::size_t end = begin + number(index_stored_at);
  Bytes list = zstd_unpacked(ByteView(pack).subspan(begin, end - begin), number(index_size_at)).value();
  change(list);
  const Bytes stored = zstd_packed(list, 1);
  Bytes changed(pack.begin(), pack.begin() + static_cast<std::ptrdiff_t>(begin));
  changed.insert(changed.end(), stored.begin(), stored.end());
  changed.insert(changed.end(), pack.begin() + static_cast<std::ptrdiff_t>(end), pack.end());
  const auto put = [&](std::size_t at, std::uint64_t value) { std::memcpy(changed.data() + at, &value, sizeof value); };
  put(index_stored_at, stored.size());
  put(index_size_at, list.size());
  put(file_size_at, changed.size());
  mend(changed);
  return changed;
}

// Puts `text` in place of another of its size.
void replace(Bytes& bytes, std::string_view what, std::string_view text) {
  const std::size_t at = as_text(bytes).find(what);
  REQUIRE(at != std::string_view::npos);
  std::copy(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

TEST_CASE("a header pack gives back what was put into it") {
  const auto pack = opened(sample());
  REQUIRE(pack->directories().size() == 2);
  const PackedDirectory& given = pack->directories()[0];
  CHECK(given.kind == HeaderKind::given);
  CHECK(given.name == "a-" + given.digest.hex().substr(0, 16));
  CHECK(given.paths == std::vector<std::string>{"/home/a/ufc"});
  CHECK(given.files == 4);
  CHECK(given.bytes == 28);
  CHECK(contents(*pack, 0) == texts);
  CHECK(pack->directories()[1].name == "c");
  CHECK(contents(*pack, 1) == Texts{{"empty.h", ""}, {"a/z", "int z;"}});
  for (const PackedFile& file : pack->files(0)) CHECK(*pack->read(file).text.end() == '\0');
  CHECK_NOTHROW(pack->verify());
}

TEST_CASE("a header pack may have nothing in it") { CHECK_NOTHROW(opened(packed({}, {}))->verify()); }

TEST_CASE("the same headers give the same bytes, and wherever they lie the same digest") {
  CHECK(sample() == sample());
  const auto elsewhere =
      opened(packed({directory(HeaderKind::given, {"/opt/ufc"}, {"a/z", "ufc.h", "a/b/c.hpp", "empty.h"}),
                     directory(HeaderKind::c, {"/include"}, {"empty.h", "a/z"})},
                    texts));
  const auto pack = opened(sample());
  CHECK(elsewhere->digest() == pack->digest());
  CHECK(elsewhere->directories()[0].name == pack->directories()[0].name);
  CHECK(elsewhere->directories()[0].paths == std::vector<std::string>{"/opt/ufc"});
}

TEST_CASE("what a compiler sees of a header pack is in its digest") {
  const auto digest = [](const std::vector<DirectoryToPack>& directories, const Texts& of) {
    return opened(packed(directories, of))->digest();
  };
  const std::vector<DirectoryToPack> one = {directory(HeaderKind::given, {"/a"}, {"ufc.h", "empty.h"})};
  const Digest before = digest(one, texts);
  CHECK(digest(one, {{"ufc.h", "int UFC;\n"}, {"empty.h", ""}}) != before);
  CHECK(digest({directory(HeaderKind::c, {"/a"}, {"ufc.h", "empty.h"})}, texts) != before);
  CHECK(digest({directory(HeaderKind::given, {"/a"}, {"ufc.h"})}, texts) != before);
  auto second = one;
  second[0].headers[0].path = "ufd.h";
  CHECK(digest(second, texts) != before);
  second = one;
  second[0].place = 1;
  CHECK(digest(second, texts) != before);
}

TEST_CASE("one file under two names is one, and equal files are two") {
  DirectoryToPack one = directory(HeaderKind::given, {"/a"}, {"a.h", "b.h"});
  one.headers.push_back({"link.h", "a.h"});
  const auto pack = opened(packed({one}, {{"a.h", "same"}, {"b.h", "same"}}));
  const std::vector<PackedFile>& files = pack->files(0);
  CHECK(files[0].same_as == 0);
  CHECK(files[1].same_as == 1);
  CHECK(files[2].same_as == 0);
  CHECK(files[1].offset == files[0].offset);  // stored once
}

TEST_CASE("two given directories with the same headers are one that lay at two places") {
  const auto pack = opened(packed(
      {directory(HeaderKind::given, {"/b"}, {"ufc.h"}), directory(HeaderKind::given, {"/a"}, {"ufc.h"})}, texts));
  REQUIRE(pack->directories().size() == 1);
  CHECK(pack->directories()[0].paths == std::vector<std::string>{"/a", "/b"});
}

TEST_CASE("many and large headers are packed in blocks") {
  Texts many = {{"large.h", std::string(1'000'000, 'x')}};
  std::vector<std::string> names = {"large.h"};
  for (int i = 0; i < 500; ++i) {
    names.push_back("h" + std::to_string(i) + ".h");
    many[names.back()] = "int v" + std::to_string(i) + ";" + std::string(1000, static_cast<char>('a' + i % 26));
  }
  const auto pack = opened(packed({directory(HeaderKind::given, {"/a"}, names)}, many));
  CHECK(pack->files(0).back().block > pack->files(0).front().block);
  CHECK(contents(*pack, 0) == many);
}

TEST_CASE("a header pack that was opened goes on working when its file is replaced or removed") {
  const File file(sample());
  const auto pack = HeaderPack::open(file.path());
  file.write(packed({}, {}));  // removes the file first
  CHECK(contents(*pack, 0) == texts);
  CHECK(HeaderPack::open(file.path())->directories().empty());
}

TEST_CASE("a header pack that is truncated under its reader is told so") {
  const File file(sample());
  const auto pack = HeaderPack::open(file.path());
  fs::resize_file(file.path(), 300);
  CHECK_THROWS_WITH(pack->verify(), Contains("is truncated"));
}

TEST_CASE("what is no header pack is refused, with a remedy") {
  const Scratch scratch;
  const auto reason = [](const fs::path& path) -> std::string {
    try {
      HeaderPack::open(path);
    } catch (const CacheError& error) {
      CHECK_THAT(error.what(), Contains(path.string()) &&
                                   EndsWith("'dijitso-cache pack-headers', or take it out of build.header_packs"));
      return error.what();
    }
    return "";
  };
  CHECK_THAT(reason(scratch / "none"), Contains("cannot be opened: No such file"));
  CHECK_THAT(reason(scratch.path()), Contains("is not a regular file"));
  ::mkfifo((scratch / "fifo").c_str(), 0600);
  CHECK_THAT(reason(scratch / "fifo"), Contains("is not a regular file"));
  write_text(scratch / "empty", "");
  CHECK_THAT(reason(scratch / "empty"), Contains("is too short"));
  write_text(scratch / "foreign", std::string(1000, 'x'));
  CHECK_THAT(reason(scratch / "foreign"), Contains("is a file of another kind"));
}

TEST_CASE("every bit of a header pack is protected") {
  const Bytes pack = sample();
  REQUIRE(fault_of(pack).empty());
  for (std::size_t at = 0; at < pack.size(); ++at) {
    Bytes damaged = pack;
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1u << at % 8));
    INFO(at);
    CHECK_THAT(fault_of(damaged), Contains("headers.pack") && Contains("dijitso-cache pack-headers"));
  }
}

TEST_CASE("a header pack of any other length is refused") {
  const Bytes pack = sample();
  for (std::size_t size = 0; size < pack.size(); size += 7)
    CHECK_FALSE(fault_of(Bytes(pack.begin(), pack.begin() + static_cast<std::ptrdiff_t>(size))).empty());
  Bytes longer = pack;
  longer.push_back(0);
  CHECK_THAT(fault_of(longer), Contains("truncated, or something was added"));
}

TEST_CASE("hostile headers of a pack are refused before memory is taken") {
  for (const std::size_t at : {header_pack::directories_at, header_pack::table_size_at, header_pack::blocks_at,
                               header_pack::index_stored_at, header_pack::index_size_at, header_pack::file_size_at})
    for (const std::uint64_t value :
         {~std::uint64_t{0}, std::uint64_t{1} << 40, std::uint64_t{1} << 27, std::uint64_t{0}}) {
      Bytes pack = sample();
      const std::size_t size = at == header_pack::directories_at ? 4 : 8;
      std::memcpy(pack.data() + at, &value, size);
      mend(pack);
      INFO(at << " " << value);
      CHECK_THAT(fault_of(pack), Contains("cannot be used"));
    }
  Bytes newer = sample();
  newer[header_pack::schema_at] = 2;
  mend(newer);
  CHECK_THAT(fault_of(newer), Contains("another version of dijitso made it"));
}

TEST_CASE("a list of files that claims what cannot be is refused") {
  REQUIRE(fault_of(with_list([](Bytes&) {})).empty());
  const auto refused = [](std::string_view what, std::string_view by) {
    return fault_of(with_list([&](Bytes& list) { replace(list, what, by); }));
  };
  for (const std::string_view path : std::initializer_list<std::string_view>{
           "../.././x", "/etc/pass", "a/b//.hpp", "a/b/c.hp/", "a/./c.hpp", std::string_view("a/b\0c.hpp", 9)})
    CHECK_THAT(refused("a/b/c.hpp", path), Contains("an invalid name"));
  CHECK_THAT(refused("ufc.h", "a/z.h"), Contains("not sorted"));
  CHECK_THAT(refused("ufc.h", "vfc.h"), Contains("do not match their digest"));
  CHECK_THAT(fault_of(with_list([](Bytes& list) { list.pop_back(); })), Contains("malformed"));
  CHECK_THAT(fault_of(with_list([](Bytes& list) { list.push_back(0); })), Contains("malformed"));
  CHECK_THAT(fault_of(with_list([](Bytes& list) { list.clear(); })), Contains("impossible sizes"));
}

TEST_CASE("places of texts in a header pack that cannot be are refused") {
  // The first file is "a/b/c.hpp": behind its name are size, block, offset, number; the list ends with the blocks.
  const auto changed = [](std::size_t behind_name, std::uint32_t value) {
    return fault_of(with_list([&](Bytes& list) { std::memcpy(list.data() + 4 + 9 + behind_name, &value, 4); }));
  };
  for (const std::uint32_t value : {0xffffffffu, 0x7fffffffu, 1000u})
    for (const std::size_t at : {0, 4, 8, 12}) CHECK_THAT(changed(at, value), Contains("an impossible position"));
  const auto block = [](std::size_t from_end, std::uint64_t value, std::size_t size) {
    return fault_of(with_list([&](Bytes& list) { std::memcpy(list.data() + list.size() - from_end, &value, size); }));
  };
  CHECK_THAT(block(16, ~std::uint64_t{0}, 8), Contains("an invalid block"));
  CHECK_THAT(block(8, 0xffffffff, 4), Contains("an invalid block"));
  CHECK_THAT(block(4, 0xffffffff, 4), Contains("an invalid block"));
  CHECK_THAT(block(4, 60 << 20, 4), Contains("texts in it are damaged"));  // the frame says another size
}

TEST_CASE("what a header pack cannot hold is told when it is made") {
  CHECK_THROWS_WITH(packed({directory(HeaderKind::given, {"/a"}, {"large.h"})},
                           {{"large.h", std::string(header_pack::largest_file + 1, 'x')}}),
                    Contains("'large.h' cannot be packed"));
}

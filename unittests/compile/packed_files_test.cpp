#include "compile/frontend/packed_files.h"

#include "packs.h"

#include <catch2/catch.hpp>

#include <fcntl.h>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::string text_of(PackedFiles& files, const std::string& path) {
  auto file = files.openFileForRead(path);
  if (!file) return "no: " + file.getError().message();
  auto buffer = (*file)->getBuffer(path);
  REQUIRE(buffer);
  CHECK(*(*buffer)->getBufferEnd() == '\0');
  CHECK((*buffer)->getBufferIdentifier() == path);
  return (*buffer)->getBuffer().str();
}

bool is_directory(PackedFiles& files, const std::string& path) {
  const auto status = files.status(path);
  return status && status->isDirectory();
}

}  // namespace

TEST_CASE("packed headers are files and directories") {
  const auto pack = pack_of({{HeaderKind::given, 0, {{"a/b/c.h", "int c;"}, {"a/b-d.h", "int d;"}, {"e.h", ""}}}});
  PackedFiles files({pack}, llvm::vfs::getRealFileSystem());
  const std::string dir = place_in(*pack);
  CHECK(text_of(files, dir + "/a/b/c.h") == "int c;");
  CHECK(text_of(files, dir + "/a/b/../b-d.h") == "int d;");
  CHECK(text_of(files, dir + "/./e.h").empty());
  for (const char* path : {"", "/a", "/a/b", "/a/b/"}) CHECK(is_directory(files, dir + path));
  for (const char* path : {"/a/b/c", "/a/b/c.h/x", "/a/c", "/b", "/e", "/f.h"}) {
    CHECK(files.status(dir + path).getError() == std::errc::no_such_file_or_directory);
    CHECK_THAT(text_of(files, dir + path), Contains("no: No such file"));
  }
  CHECK_THAT(text_of(files, dir + "/a"), Contains("no: Is a directory"));
  const auto status = files.status(dir + "/a/b/c.h");
  REQUIRE(status);
  CHECK(status->getSize() == 6);
  CHECK(status->getName() == dir + "/a/b/c.h");
  CHECK(files.fault().empty());
}

TEST_CASE("of layers of one packed directory the first that has a file counts") {
  const auto first = pack_of({{HeaderKind::c, 0, {{"a.h", "first"}, {"sub/x.h", ""}}}});
  const auto second = pack_of({{HeaderKind::c, 0, {{"a.h", "second"}, {"sub/b.h", "second"}}}});
  PackedFiles files({first, second}, llvm::vfs::getRealFileSystem());
  CHECK(text_of(files, place_in(*first) + "/a.h") == "first");
  CHECK(text_of(files, place_in(*first) + "/sub/b.h") == "second");
  CHECK(is_directory(files, place_in(*first) + "/sub"));
}

TEST_CASE("the folders of packs and modules are never looked for on disk, all others are") {
  const Scratch scratch;
  write_text(scratch / "real.h", "real");
  PackedFiles files({pack_of({})}, llvm::vfs::getRealFileSystem());
  CHECK(text_of(files, (scratch / "real.h").string()) == "real");
  CHECK(files.status((scratch / "none.h").string()).getError() == std::errc::no_such_file_or_directory);
  for (const char* path :
       {"/dijitso", "/dijitso/x.h", "/dijitso-headers", "/dijitso-headers/x", "/dijitso-headers/x/y"})
    CHECK(files.status(path).getError() == std::errc::no_such_file_or_directory);
}

TEST_CASE("each packed file has an identity, under all its names") {
  const auto pack = pack_of({{HeaderKind::given, 0, {{"a.h", "x"}, {"b.h", "x"}}}, {HeaderKind::c, 0, {{"a.h", "x"}}}});
  PackedFiles files({pack}, llvm::vfs::getRealFileSystem());
  const auto id = [&](const std::string& path) { return files.status(path)->getUniqueID(); };
  CHECK(id(place_in(*pack) + "/a.h") != id(place_in(*pack) + "/b.h"));
  CHECK(id(place_in(*pack) + "/a.h") != id(place_in(*pack, 1) + "/a.h"));
  CHECK(id(place_in(*pack) + "/a.h") == id(place_in(*pack) + "/../" + pack->directories()[0].name + "/a.h"));
}

TEST_CASE("what is wrong with a pack is told after Clang has run") {
  Bytes bytes = pack_bytes({{HeaderKind::given, 0, {{"a.h", "int damaged_text_of_a_header;"}}}});
  bytes.back() ^= 1;
  const Scratch scratch;
  write_text(scratch / "headers.pack", as_text(bytes));
  const auto pack = HeaderPack::open(scratch / "headers.pack");
  PackedFiles files({pack}, llvm::vfs::getRealFileSystem());
  CHECK_THAT(text_of(files, place_in(*pack) + "/a.h"), Contains("no: "));
  CHECK_THAT(files.fault(), Contains("headers.pack' cannot be used"));

  CompileRequest request = cxx_request("#include <a.h>\n");
  request.header_packs = {pack};
  request.include_dirs = {place_in(*pack)};
  CHECK_THAT(thrown_by<CacheError>([&] { compiler().compile(request); }), Contains("headers.pack' cannot be used"));
  CHECK_THAT(thrown_by<CacheError>([&] { compiler().precompile(request, "#include <a.h>\n"); }),
             Contains("headers.pack' cannot be used"));
}

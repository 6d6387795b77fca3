#include "compile/frontend/disk_files.h"

#include "support/scratch.h"

#include <llvm/Support/MemoryBuffer.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

std::unique_ptr<llvm::MemoryBuffer> read(DiskFiles& files, const std::string& path) {
  auto file = files.openFileForRead(path);
  REQUIRE(file);
  auto text = (*file)->getBuffer(path);
  REQUIRE(text);
  return std::move(*text);
}

}  // namespace

TEST_CASE("a file that changes after it was read is the one that was read") {
  const Scratch scratch;
  const std::string path = scratch / "a.h";
  const std::string before(100'000, 'a');  // Clang would map so much
  write_text(path, before);
  DiskFiles files(llvm::vfs::createPhysicalFileSystem());
  const auto text = read(files, path);
  std::fstream(path) << std::string(1000, 'b');  // over the old text
  CHECK(text->getBuffer() == before);
  CHECK(files.contents().at(path) == blake3(before));
  fs::resize_file(path, 10);  // a mapping would end the process when it is read now
  CHECK(text->getBuffer() == before);
}

TEST_CASE("a part of a file is a part, but counts as the whole") {
  const Scratch scratch;
  const std::string path = scratch / "a.h";
  write_text(path, "text");
  DiskFiles files(llvm::vfs::createPhysicalFileSystem());
  auto file = files.openFileForRead(path);
  REQUIRE(file);
  const auto text = (*file)->getBuffer(path, 2);
  REQUIRE(text);
  CHECK((*text)->getBuffer() == "te");
  CHECK(files.contents().at(path) == blake3("text"));
}

TEST_CASE("a file has one content, under all of its names") {
  const Scratch scratch;
  const std::string path = scratch / "a.h";
  const std::string link = scratch / "link.h";
  write_text(path, "one");
  fs::create_symlink("a.h", link);
  DiskFiles files(llvm::vfs::createPhysicalFileSystem());
  CHECK(files.status(path));
  CHECK(files.contents().empty());
  read(files, path);
  CHECK(files.status(link));
  CHECK(files.contents() == std::map<std::string, Digest>{{path, blake3("one")}, {link, blake3("one")}});

  std::ofstream(path) << "two";
  read(files, link);
  CHECK(files.contents().at(path) == Digest());  // that of no content: what is made of both is never up to date
}

TEST_CASE("what is not there is noted") {
  const Scratch scratch;
  const std::string path = scratch.path();
  DiskFiles files(llvm::vfs::createPhysicalFileSystem());
  CHECK_FALSE(files.openFileForRead(path + "/b.h"));
  CHECK_FALSE(files.status(path + "/sub"));
  CHECK_FALSE(files.exists(path + "/a.h"));
  CHECK(files.exists(path));
  CHECK(files.missing() == std::set{path + "/a.h", path + "/b.h", path + "/sub"});
}

#include "compile/frontend/relative_files.h"

#include "support/scratch.h"

#include <llvm/Support/MemoryBuffer.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using compilation::files_from;

TEST_CASE("relative names start at the directory, and stay as they are") {
  const testing::Scratch scratch;
  testing::write_text(scratch.path() / "a.h", "text");
  const auto files = files_from(scratch.path().string(), llvm::vfs::getRealFileSystem());
  for (const std::string& name : {std::string("a.h"), std::string("./a.h"), (scratch.path() / "a.h").string()}) {
    const auto status = files->status(name);
    REQUIRE(status);
    CHECK(status->getName() == name);
    auto file = files->openFileForRead(name);
    REQUIRE(file);
    CHECK((*file)->status()->getName() == name);
    CHECK((*(*file)->getBuffer(name))->getBuffer() == "text");
  }
  CHECK_FALSE(files->status("missing.h"));
  CHECK_FALSE(files->openFileForRead("missing.h"));
  CHECK(files->exists("a.h"));
  CHECK(*files->getCurrentWorkingDirectory() == scratch.path().string());
  CHECK(files->setCurrentWorkingDirectory("/"));
}

TEST_CASE("the names that were asked for are known") {
  const auto asked = std::make_shared<compilation::AskedNames>();
  const auto files = files_from("/nonexistent", llvm::vfs::getRealFileSystem(), asked);
  files->exists("a.h");
  static_cast<void>(files->openFileForRead("../b.h"));
  files->exists("/c.h");
  CHECK(asked->relative == std::set<std::string>{"../b.h", "a.h"});
  CHECK(asked->absolute == std::set<std::string>{"/c.h"});
}

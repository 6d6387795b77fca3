#include "compile/frontend/lent_file.h"

#include <llvm/Support/MemoryBuffer.h>

#include <catch2/catch.hpp>

#include <string>

using namespace dijitso;
using compilation::with_lent_file;

TEST_CASE("a lent file is there beside the others, and is not copied") {
  const auto below = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  below->addFile("/other", 0, llvm::MemoryBuffer::getMemBuffer("below"));
  const std::string content = "content";
  const auto files = with_lent_file(below, "/lent", content);

  const auto status = files->status("/lent");
  REQUIRE(status);
  CHECK(status->getName() == "/lent");
  CHECK(status->getSize() == content.size());
  CHECK(files->exists("/lent"));
  auto file = files->openFileForRead("/lent");
  REQUIRE(file);
  CHECK((*file)->status()->getUniqueID() == status->getUniqueID());
  CHECK((*(*file)->getBuffer("/lent"))->getBufferStart() == content.data());
  CHECK_FALSE((*file)->close());

  CHECK((*files->getBufferForFile("/other"))->getBuffer() == "below");
  CHECK(files->status("/other")->getUniqueID() != status->getUniqueID());
  CHECK_FALSE(files->exists("/missing"));
  CHECK_FALSE(files->openFileForRead("/missing"));
}

#include "jit/packs/collect_headers.h"

#include "support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

using Words = std::vector<std::string>;

class Tree {
 public:
  Tree() {
    for (const char* name : {"one.h", "lib/two.hpp", "lib/deep/Three", "other/four.h", ".hidden.h", ".git/config"}) {
      fs::create_directories((scratch_ / name).parent_path());
      write_text(scratch_ / name, name);
    }
  }
  fs::path operator/(const fs::path& name) const { return scratch_ / name; }
  std::string path() const { return scratch_.path().string(); }

 private:
  Scratch scratch_;
};

Words paths_in(const Tree& tree, const Words& parts = {}) {
  Words paths;
  for (const HeaderToPack& header : headers_in(tree.path(), parts)) paths.push_back(header.path);
  return paths;
}

}  // namespace

TEST_CASE("all files of a directory are headers, but for hidden ones") {
  const Tree tree;
  CHECK(paths_in(tree) == Words{"lib/deep/Three", "lib/two.hpp", "one.h", "other/four.h"});
}

TEST_CASE("parts of a directory are files and folders") {
  const Tree tree;
  CHECK(paths_in(tree, {"lib", "one.h"}) == Words{"lib/deep/Three", "lib/two.hpp", "one.h"});
  CHECK(paths_in(tree, {"lib/deep/", "lib"}) == Words{"lib/deep/Three", "lib/two.hpp"});
  for (const char* part : {"none", "../x", "..", "/etc", "lib/../.."})
    CHECK_THROWS_WITH(paths_in(tree, {part}), Contains("has no part '" + std::string(part) + "'"));
}

TEST_CASE("symbolic links are followed, but not in circles and not to nowhere") {
  const Tree tree;
  fs::create_symlink("lib/two.hpp", tree / "alias.h");
  fs::create_directory_symlink("lib", tree / "linked");
  fs::create_directory_symlink("..", tree / "lib/up");
  fs::create_directory_symlink(".", tree / "self");
  fs::create_symlink("gone", tree / "dangling.h");
  CHECK(paths_in(tree) == Words{"alias.h", "lib/deep/Three", "lib/two.hpp", "linked/deep/Three", "linked/two.hpp",
                                "one.h", "other/four.h"});
  const std::vector<HeaderToPack> headers = headers_in(tree.path());
  CHECK(headers[0].source == headers[2].source);
  CHECK(headers[0].source == fs::canonical(tree / "lib/two.hpp").string());
}

TEST_CASE("what is no plain file is no header") {
  const Tree tree;
  ::mkfifo((tree / "fifo.h").c_str(), 0600);
  CHECK(paths_in(tree).size() == 4);
}

TEST_CASE("a directory that is missing, or far too deep, is told") {
  const Tree tree;
  CHECK_THROWS_WITH(headers_in((tree / "none").string()), Contains("no such directory"));
  CHECK_THROWS_WITH(headers_in((tree / "one.h").string()), Contains("no such directory"));
  fs::path deep = tree / "deep";
  for (int i = 0; i < 70; ++i) deep /= "d";
  fs::create_directories(deep);
  CHECK_THROWS_WITH(paths_in(tree), Contains("more than 64 folders") && Contains("'DIR:part,part'"));
}

TEST_CASE("of the C library's directory its own folders and single headers are taken") {
  const Tree tree;
  for (const char* name :
       {"stdio.h", "sys/stat.h", "linux/types.h", "boost/any.hpp", "llvm/IR.h", "c++/12/vector", "x.hpp"}) {
    fs::create_directories((tree / name).parent_path());
    write_text(tree / name, "");
  }
  CHECK(c_library_parts(tree.path()) == Words{"linux", "one.h", "stdio.h", "sys"});
}

TEST_CASE("chosen directories may name parts") {
  const Tree tree;
  fs::create_directory(tree / "a:b");
  const std::string odd = (tree / "a:b").string();
  CHECK(chosen_directory(odd).path == odd);
  CHECK(chosen_directory(odd).parts.empty());
  CHECK(chosen_directory(odd + ":c").path == odd);
  CHECK(chosen_directory("/usr/include:dolfin,boost").path == "/usr/include");
  CHECK(chosen_directory("/usr/include:dolfin,boost").parts == Words{"dolfin", "boost"});
  CHECK(chosen_directory("/usr/include/").path == "/usr/include");
  for (const char* text : {"/usr/include:", "/usr/include:a,", "/usr/include:,a", "/usr/include:a,,b"})
    CHECK_THROWS_WITH(chosen_directory(text), Contains("a part without a name"));
  CHECK_THROWS_AS(chosen_directory(""), InvalidArgument);
}

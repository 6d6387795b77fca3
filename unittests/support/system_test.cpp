#include "unittests/support/file_systems.h"

#include <dijitso/error.h>
#include <dijitso/system.h>

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <deque>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

struct Files : Scratch {
  std::string name(const std::string& file) const { return path() / file; }
  std::string operator()(const std::string& file, const std::string& content) const {
    write_text(path() / file, content);
    return name(file);
  }
  std::vector<std::string> all() const { return names_in(path()); }
};

using Names = std::vector<std::string>;

unsigned mode(const std::string& file) {
  struct stat info{};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

}  // namespace

TEST_CASE("lockfree_move_file to a free name", "[system]") {
  const Files files;
  const std::string src = files("src", "content");
  ::chmod(src.c_str(), 0750);
  system::lockfree_move_file(src, files.name("dst"));
  CHECK(read_text(files / "dst") == "content");
  CHECK(mode(files.name("dst")) == 0750);
  CHECK(files.all() == Names{"dst"});
}

TEST_CASE("lockfree_move_file over the same content keeps the file without a word", "[system]") {
  const Files files;
  const Warnings warnings;
  const std::string src = files("src", "same"), dst = files("dst", "same");
  struct stat before{}, after{};
  ::stat(dst.c_str(), &before);
  system::lockfree_move_file(src, dst);
  ::stat(dst.c_str(), &after);
  CHECK(before.st_ino == after.st_ino);
  CHECK(files.all() == Names{"dst"});
  CHECK(warnings.all().empty());
}

TEST_CASE("lockfree_move_file over other content keeps that as .old and warns", "[system]") {
  const Files files;
  const Warnings warnings;
  files("dst.old", "oldest");
  system::lockfree_move_file(files("src", "new"), files("dst", "old"));
  CHECK(read_text(files / "dst") == "new");
  CHECK(read_text(files / "dst.old") == "old");
  CHECK(files.all() == Names{"dst", "dst.old"});
  CHECK_THAT(warnings.only(), Catch::Contains(files.name("dst.old")));
}

TEST_CASE("lockfree_move_file of a missing file changes nothing", "[system]") {
  const Files files;
  files("dst", "stays");
  CHECK_THROWS_WITH(system::lockfree_move_file(files.name("src"), files.name("dst")),
                    Catch::Contains(files.name("src")) && Catch::Contains("No such file"));
  CHECK(read_text(files / "dst") == "stays");
  CHECK(files.all() == Names{"dst"});
}

TEST_CASE("lockfree_move_file never loses the only copy", "[system]") {
  const Files files;
  const std::string file = files("file", "content");
  system::lockfree_move_file(file, file);
  CHECK(read_text(file) == "content");
  system::lockfree_move_file(file, files.path() / "." / "file");
  CHECK(read_text(file) == "content");

  fs::create_symlink("file", files / "link");
  system::lockfree_move_file(file, files.name("link"));
  CHECK_FALSE(fs::is_symlink(files / "link"));
  CHECK(read_text(files / "link") == "content");
  CHECK(files.all() == Names{"link"});

  fs::create_hard_link(files / "link", files / "other");
  system::lockfree_move_file(files.name("link"), files.name("other"));
  CHECK(read_text(files / "other") == "content");
  CHECK(files.all() == Names{"other"});
}

TEST_CASE("lockfree_move_file where the target cannot be", "[system]") {
  const Files files;
  const std::string src = files("src", "content");
  fs::create_directory(files / "dir");
  CHECK_THROWS_AS(system::lockfree_move_file(src, files.name("dir")), Error);
  CHECK_THROWS_AS(system::lockfree_move_file(src, files.name("absent/dst")), Error);
  CHECK(read_text(src) == "content");
}

TEST_CASE("moves reach another file system", "[system]") {
  const Files files;
  fs::create_directory(files / "other");
  CHECK(in_child([&] {
          mount_small(files / "other", "1m");
          system::lockfree_move_file(files("a", "one"), files.name("other/a"));
          system::move_file(files("b", "two"), files.name("other/b"));
          expect(read_text(files / "other/a") == "one" && read_text(files / "other/b") == "two", "not moved");
          expect(!fs::exists(files / "a") && !fs::exists(files / "b"), "still at the source");
          expect(names_in(files / "other") == Names{"a", "b"}, "something is left behind");
        }) == "");
}

TEST_CASE("a target has one of the complete contents at every moment, with 16 processes", "[system]") {
  const bool lockfree = GENERATE(true, false);
  const Files files;
  const std::string dst = files.name("dst");
  constexpr int writers = 16, rounds = 40;
  const auto content = [](int writer) { return std::string(20'000 + 1000 * writer, static_cast<char>('a' + writer)); };
  write_text(dst, content(0));
  std::deque<Child> children;
  for (int writer = 0; writer < writers; ++writer)
    children.emplace_back([&, writer] {
      log::set_log_handler([](log::Level, std::string_view) {});
      const std::string src = files.name("src" + std::to_string(writer));
      for (int round = 0; round < rounds; ++round) {
        if (lockfree) {
          write_text(src, content(writer));
          system::lockfree_move_file(src, dst);
        } else {
          system::store_textfile(dst, content(writer));
        }
        const std::string seen = read_text(dst);
        expect(!seen.empty() && seen[0] >= 'a' && seen == content(seen[0] - 'a'), "the target is not complete");
      }
    });
  for (Child& child : children) CHECK(child.finish() == "");
  CHECK(files.all() == (lockfree ? Names{"dst", "dst.old"} : Names{"dst"}));
}

TEST_CASE("move_file replaces, and fails where it must", "[system]") {
  const Files files;
  system::move_file(files("src", "new"), files("dst", "old"));
  CHECK(read_text(files / "dst") == "new");
  CHECK(files.all() == Names{"dst"});
  CHECK_THROWS_WITH(system::move_file(files.name("src"), files.name("dst")),
                    Catch::Contains("No such file") && Catch::Contains(files.name("src")));
  fs::create_directory(files / "dir");
  CHECK_THROWS_AS(system::move_file(files.name("dst"), files.name("dir")), Error);
}

TEST_CASE("rename_file and try_rename_file", "[system]") {
  const Files files;
  system::rename_file(files("a", "1"), files.name("b"));
  CHECK(files.all() == Names{"b"});
  system::rename_file(files("a", "2"), files.name("b"));
  CHECK(read_text(files / "b") == "2");
  system::try_rename_file(files.name("b"), files.name("c"));
  CHECK(files.all() == Names{"c"});

  CHECK_THROWS_WITH(system::rename_file(files.name("absent"), files.name("b")), Catch::Contains("absent"));
  system::try_rename_file(files.name("absent"), files.name("b"));
  CHECK(files.all() == Names{"c"});
  // A missing directory of the target is no missing source.
  CHECK_THROWS_AS(system::try_rename_file(files.name("c"), files.name("absent/b")), Error);

  fs::create_directory(files / "from");
  fs::create_directories(files / "to" / "full");
  system::rename_file(files.name("from"), files.name("to"));
  CHECK(fs::exists(files / "from"));
}

TEST_CASE("try_copy_file ignores every error", "[system]") {
  const Files files;
  const std::string src = files("src", "content");
  system::make_executable(src);
  system::try_copy_file(src, files.name("dst"));
  CHECK(read_text(files / "dst") == "content");
  CHECK(mode(files.name("dst")) == mode(src));
  system::try_copy_file(files.name("absent"), files.name("dst"));
  CHECK(read_text(files / "dst") == "content");
  system::try_copy_file(src, files.name("absent/dst"));
  system::try_copy_file(files.path(), files.name("x"));
  CHECK(files.all() == Names{"dst", "src"});
}

TEST_CASE("try_delete_file ignores a missing file only", "[system]") {
  const Files files;
  system::try_delete_file(files("a", ""));
  CHECK(files.all().empty());
  system::try_delete_file(files.name("a"));
  system::try_delete_file(files.name("no/dir"));
  fs::create_directory(files / "dir");
  CHECK_THROWS_WITH(system::try_delete_file(files.name("dir")), Catch::Contains(files.name("dir")));
}

TEST_CASE("gzip_file never touches the original nor an existing .gz", "[system]") {
  const Files files;
  const std::string file = files("text", "content");
  CHECK(system::gzip_file(file) == files.name("text.gz"));
  CHECK(read_text(file) == "content");
  const std::string packed = read_text(files / "text.gz");
  files("text", "changed");
  system::gzip_file(file);
  CHECK(read_text(files / "text.gz") == packed);
  CHECK_THROWS_WITH(system::gzip_file(files.name("absent")), Catch::Contains("absent"));
  CHECK(files.all() == Names{"text", "text.gz"});
}

TEST_CASE("gunzip_file", "[system]") {
  const Files files;
  const std::string packed = system::gzip_file(files("text", "content"));
  fs::remove(files / "text");
  CHECK(system::gunzip_file(packed) == files.name("text"));
  CHECK(read_text(files / "text") == "content");
  CHECK(fs::exists(packed));
  files("text", "stays");
  system::gunzip_file(packed);
  CHECK(read_text(files / "text") == "stays");

  CHECK_THROWS_AS(system::gunzip_file(files.name("text")), InvalidArgument);
  CHECK_THROWS_AS(system::gunzip_file(files.name(".gz")), InvalidArgument);
  CHECK_THROWS_WITH(system::gunzip_file(files.name("absent.gz")), Catch::Contains("absent.gz"));
  CHECK_THROWS_WITH(system::gunzip_file(files("bad.gz", "no gzip")), Catch::Contains("not a whole gzip file"));
  CHECK(files.all() == Names{"bad.gz", "text", "text.gz"});
}

TEST_CASE("read_textfile reads plain and compressed text", "[system]") {
  const Files files;
  CHECK(system::read_textfile(files.name("text")) == std::nullopt);
  system::gzip_file(files("text", std::string("a\0b", 3)));
  fs::remove(files / "text");
  CHECK(system::read_textfile(files.name("text")) == std::string("a\0b", 3));
  files("text", "plain wins");
  CHECK(system::read_textfile(files.name("text")) == "plain wins");
  files("bad.gz", "no gzip");
  CHECK_THROWS_WITH(system::read_textfile(files.name("bad")), Catch::Contains("bad.gz"));
  CHECK_THROWS_AS(system::read_textfile(files.path()), Error);
}

TEST_CASE("store_textfile creates and replaces, with any bytes", "[system]") {
  const Files files;
  const std::string file = files.name("text");
  system::store_textfile(file, "one");
  CHECK(mode(file) == 0644);
  const std::string bytes("\0\xff\n", 3);
  system::store_textfile(file, bytes);
  CHECK(read_text(file) == bytes);
  system::store_textfile(file, "");
  CHECK(read_text(file) == "");
  CHECK(files.all() == Names{"text"});
  CHECK_THROWS_WITH(system::store_textfile(files.name("absent/text"), ""), Catch::Contains("absent"));
  CHECK_THROWS_AS(system::store_textfile(files.path(), ""), Error);
}

TEST_CASE("make_executable", "[system]") {
  const Files files;
  const std::string script = files("script", "#!/bin/sh\n");
  ::chmod(script.c_str(), 0640);
  system::make_executable(script);
  CHECK(mode(script) == 0740);
  CHECK_THROWS_WITH(system::make_executable(files.name("absent")), Catch::Contains("absent"));
}

TEST_CASE("make_dirs", "[system]") {
  const Files files;
  system::make_dirs(files.name("a/b/c"));
  CHECK(fs::is_directory(files / "a/b/c"));
  system::make_dirs(files.name("a/b/c"));
  system::make_dirs(files.name("a/d/"));
  CHECK(fs::is_directory(files / "a/d"));
  CHECK_THROWS_WITH(system::make_dirs(files("file", "")), Catch::Contains(files.name("file")));
  CHECK_THROWS_AS(system::make_dirs(files.name("file/below")), Error);
  CHECK_THROWS_AS(system::make_dirs(""), Error);
}

TEST_CASE("a name with a NUL character is refused, not cut off", "[system]") {
  const Files files;
  const std::string whole = files("a", "text"), cut = whole + std::string("\0.gz", 4), other = files.name("b");
  CHECK_THROWS_WITH(system::try_delete_file(cut), Catch::Contains(whole) && Catch::Contains("NUL"));
  CHECK_THROWS_AS(system::lockfree_move_file(cut, other), InvalidArgument);
  CHECK_THROWS_AS(system::lockfree_move_file(whole, cut), InvalidArgument);
  CHECK_THROWS_AS(system::move_file(cut, other), InvalidArgument);
  CHECK_THROWS_AS(system::rename_file(cut, other), InvalidArgument);
  CHECK_THROWS_AS(system::try_rename_file(cut, other), InvalidArgument);
  CHECK_NOTHROW(system::try_copy_file(cut, other));
  CHECK_THROWS_AS(system::gzip_file(cut), InvalidArgument);
  CHECK_THROWS_AS(system::gunzip_file(cut), InvalidArgument);
  CHECK_THROWS_AS(system::read_textfile(cut), InvalidArgument);
  CHECK_THROWS_AS(system::store_textfile(cut, ""), InvalidArgument);
  CHECK_THROWS_AS(system::make_executable(cut), InvalidArgument);
  CHECK_THROWS_AS(system::make_dirs(other + std::string("\0", 1)), InvalidArgument);
  CHECK_THROWS_AS(system::ldd(cut), InvalidArgument);
  CHECK(files.all() == Names{"a"});
  CHECK(read_text(whole) == "text");
}

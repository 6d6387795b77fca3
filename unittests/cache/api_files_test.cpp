#include "unittests/cache/store_fixture.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

using Names = std::vector<std::string>;

unsigned mode(const fs::path& file) {
  struct stat info{};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

CacheParams renamed(CacheParams params) {
  params.inc_dir = "headers";
  params.src_dir = "code";
  params.lib_dir = "libraries";
  params.log_dir = "logs";
  params.inc_postfix = ".hpp";
  params.src_postfix = ".c";
  params.log_postfix = ".log";
  params.lib_postfix = ".dso";
  params.lib_prefix = "l";
  params.lib_basename = "b-";
  return params;
}

}  // namespace

TEST_CASE("names are made of the signature and the parameters", "[api_files]") {
  const CachePlace place;
  const std::string root = place.root();
  const CacheParams& params = place.params;
  CHECK(create_inc_basename("s", params) == "s.h");
  CHECK(create_src_basename("s", params) == "s.cpp");
  CHECK(create_lib_basename("s", params) == "libdijitso-s.so");
  CHECK(create_libname("s", params) == "dijitso-s");
  CHECK(create_inc_filename("s", params) == root + "/include/s.h");
  CHECK(create_src_filename("s", params) == root + "/src/s.cpp");
  CHECK(create_lib_filename("s", params) == root + "/lib/libdijitso-s.so");
  CHECK(create_log_filename("s", params) == root + "/log/s.txt");

  const CacheParams other = renamed(params);
  CHECK(create_inc_filename("s", other) == root + "/headers/s.hpp");
  CHECK(create_src_filename("s", other) == root + "/code/s.c");
  CHECK(create_lib_filename("s", other) == root + "/libraries/lb-s.dso");
  CHECK(create_libname("s", other) == "b-s");
  CHECK(create_log_filename("s", other) == root + "/logs/s.log");
}

TEST_CASE("the failure directory", "[api_files]") {
  CacheParams params;
  CHECK(create_fail_dir_path("s", params) == (fs::current_path() / "jitfailure-s").string());
  params.fail_dir_root = "/some/where";
  CHECK(create_fail_dir_path("s", params) == "/some/where/jitfailure-s");
}

TEST_CASE("no signature leads out of the cache", "[api_files]") {
  const CachePlace place;
  const CacheParams& params = place.params;
  for (const char* bad : {"", "../../x", "a/b", "-x", ".x", "$(x)"}) {
    CHECK_THROWS_AS(create_inc_basename(bad, params), InvalidArgument);
    CHECK_THROWS_AS(create_src_filename(bad, params), InvalidArgument);
    CHECK_THROWS_AS(create_libname(bad, params), InvalidArgument);
    CHECK_THROWS_AS(create_fail_dir_path(bad, params), InvalidArgument);
    CHECK_THROWS_AS(read_inc(bad, params), InvalidArgument);
    CHECK_THROWS_AS(store_log(bad, "", params), InvalidArgument);
    CHECK_THROWS_AS(write_library_binary({}, bad, params), InvalidArgument);
  }
  CHECK_FALSE(fs::exists(place.root()));
}

TEST_CASE("directories are made, private, and again without complaint", "[api_files]") {
  const CachePlace place;
  for (int round = 0; round < 2; ++round) {
    CHECK(make_inc_dir(place.params) == (place.root() / "include").string());
    CHECK(make_src_dir(place.params) == (place.root() / "src").string());
    CHECK(make_lib_dir(place.params) == (place.root() / "lib").string());
    CHECK(make_log_dir(place.params) == (place.root() / "log").string());
  }
  CHECK(names_in(place.root()) == Names{"CACHEDIR.TAG", "include", "lib", "log", "src", "tmp"});
  CHECK(mode(place.root()) == 0700);
  CHECK(mode(place.root() / "lib") == 0700);
}

TEST_CASE("ensure_dirs makes all of them", "[api_files]") {
  CachePlace place;
  place.params = renamed(place.params);
  ensure_dirs(place.params);
  ensure_dirs(place.params);
  CHECK(names_in(place.root()) ==
        Names{"CACHEDIR.TAG", "claims", "code", "headers", "libraries", "logs", "obj", "quarantine", "tmp"});
}

TEST_CASE("directories that cannot be made are errors that name them", "[api_files]") {
  const CachePlace place;
  const Warnings warnings;
  write_text(place.root(), "a file");
  CHECK_THROWS_WITH(make_lib_dir(place.params), Catch::Contains(place.root().string()));
  CHECK_THROWS_AS(ensure_dirs(place.params), CacheError);
  CHECK_THROWS_AS(store_inc("s", "", place.params), CacheError);
}

TEST_CASE("texts are stored, replaced and read back", "[api_files]") {
  const CachePlace place;
  const CacheParams& params = place.params;
  CHECK(read_inc("s", params) == std::nullopt);
  CHECK(read_src("s", params) == std::nullopt);
  CHECK(read_log("s", params) == std::nullopt);
  CHECK_FALSE(fs::exists(place.root()));
  CHECK(store_inc("s", "first", params) == create_inc_filename("s", params));
  CHECK(store_inc("s", "header", params) == create_inc_filename("s", params));
  CHECK(store_src("s", "source", params) == create_src_filename("s", params));
  CHECK(store_log("s", std::string("l\0g", 3), params) == create_log_filename("s", params));
  CHECK(read_inc("s", params) == "header");
  CHECK(read_src("s", params) == "source");
  CHECK(read_log("s", params) == std::string("l\0g", 3));
  CHECK(names_in(place.root() / "tmp").empty());
}

TEST_CASE("a directory elsewhere is written too", "[api_files]") {
  CachePlace place;
  place.params.inc_dir = place / "elsewhere";
  store_inc("s", "header", place.params);
  CHECK(read_text(place / "elsewhere/s.h") == "header");
}

TEST_CASE("a text that cannot be read is an error, not absent", "[api_files]") {
  const CachePlace place;
  fs::create_directories(create_inc_filename("s", place.params));
  CHECK_THROWS_AS(read_inc("s", place.params), CacheError);
  fs::create_directories(place.root() / "src");
  write_text(place.root() / "src/s.cpp.gz", "no gzip");
  CHECK_THROWS_WITH(read_src("s", place.params), Catch::Contains("s.cpp.gz"));
}

TEST_CASE("compress_source_code does what src_storage says", "[api_files]") {
  CachePlace place;
  CacheParams& params = place.params;
  const std::string file = store_src("s", "source", params);
  params.src_storage = "keep";
  CHECK(compress_source_code(file, params) == file);
  params.src_storage = "compress";
  CHECK(compress_source_code(file, params) == file + ".gz");
  CHECK(names_in(place.root() / "src") == Names{"s.cpp.gz"});
  CHECK(read_src("s", params) == "source");

  // An older compressed source does not survive a new one.
  store_src("s", "new source", params);
  CHECK(read_src("s", params) == "new source");
  compress_source_code(file, params);
  CHECK(read_src("s", params) == "new source");

  params.src_storage = "delete";
  CHECK(compress_source_code(store_src("s", "x", params), params) == std::nullopt);
  CHECK(names_in(place.root() / "src") == Names{"s.cpp.gz"});

  params.src_storage = "compress";
  CHECK_THROWS_WITH(compress_source_code(file, params), Catch::Contains(file));
  params.src_storage = "sometimes";
  CHECK_THROWS_AS(compress_source_code(file, params), InvalidArgument);
}

TEST_CASE("the bytes of a library", "[api_files]") {
  const CachePlace place;
  const std::vector<std::uint8_t> bytes = {0, 1, 255, 0};
  const std::string file = write_library_binary(bytes, "s", place.params);
  CHECK(file == create_lib_filename("s", place.params));
  CHECK(read_library_binary(file) == bytes);
  write_library_binary({}, "s", place.params);
  CHECK(read_library_binary(file).empty());
  CHECK_THROWS_WITH(read_library_binary(place / "absent.so"), Catch::Contains("absent.so"));
  CHECK_THROWS_AS(read_library_binary(place.path()), CacheError);
}

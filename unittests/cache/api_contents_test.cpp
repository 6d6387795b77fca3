#include "cache/api/api.h"
#include "unittests/cache/store_fixture.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

using Names = std::vector<std::string>;

// One module with all its files, and files of others in the same directories.
struct Filled : CachePlace {
  Filled() {
    store_inc("m", "the header\n", params);
    compress_source_code(store_src("m", "the source\n", params), params);
    store_log("m", "the log\n", params);
    write_library_binary({1, 2}, "m", params);
    write(sample_bytes());
    store_inc("other", "", params);
    for (const char* stray : {"include/m.txt", "include/.h", "src/notes", "lib/libm.so", "obj/m.o"})
      write_text(root() / stray, "stray");
    fs::create_directory(root() / "include/dir.h");
    fs::create_symlink("/etc/passwd", root() / "include/link.h");
  }
};

}  // namespace

TEST_CASE("glob_cache lists the files with names of their category, sorted", "[api_contents]") {
  const Filled cache;
  const std::string root = cache.root();
  const auto found = glob_cache(cache.params);
  CHECK(found == std::map<std::string, Names>{{"inc", {root + "/include/m.h", root + "/include/other.h"}},
                                              {"lib", {root + "/lib/libdijitso-m.so"}},
                                              {"log", {root + "/log/m.txt"}},
                                              {"src", {root + "/src/m.cpp.gz"}}});
  CHECK(glob_cache(cache.params, {"obj"}) == std::map<std::string, Names>{{"obj", {cache.file().string()}}});
  CHECK(glob_cache(cache.params, {}).empty());
  CHECK_THROWS_WITH(glob_cache(cache.params, {"inc", "include"}), Catch::Contains("'include'"));
  CacheParams absent = cache.params;
  absent.cache_dir = cache / "absent";
  CHECK(glob_cache(absent, {"lib"}) == std::map<std::string, Names>{{"lib", {}}});
}

TEST_CASE("remove_files removes what is listed and nothing else", "[api_contents]") {
  const Filled cache;
  const Layout layout(cache.params);
  const std::vector<Category> chosen = {Category::inc, Category::src};
  const auto listed = remove_files(layout, chosen, true);
  CHECK(fs::exists(cache.root() / "include/m.h"));
  CHECK(remove_files(layout, chosen, false) == listed);
  CHECK(names_in(cache.root() / "include") == Names{".h", "dir.h", "link.h", "m.txt"});
  CHECK(names_in(cache.root() / "src") == Names{"notes"});
  CHECK(fs::exists(cache.root() / "lib/libdijitso-m.so"));
  CHECK(fs::exists(cache.file()));
  CHECK(remove_files(layout, chosen, false).at("inc").empty());
}

TEST_CASE("extract_files copies what is stored of one module", "[api_contents]") {
  const Filled cache;
  const fs::path out = cache / "a/b";
  const Names written = extract_files("m", cache.params, "copy", out);
  CHECK(written == Names{out / "copy-m.h", out / "copy-m.cpp", out / "copy-m.so", out / "copy-m.txt"});
  CHECK(read_text(out / "copy-m.h") == "the header\n");
  CHECK(read_text(out / "copy-m.cpp") == "the source\n");
  CHECK(read_text(out / "copy-m.so") == "\1\2");
  CHECK(read_text(out / "copy-m.txt") == "the log\n");

  write_text(out / "m.h", "older");
  CHECK(extract_files("m", cache.params, "", out, {"inc"}) == Names{out / "m.h"});
  CHECK(read_text(out / "m.h") == "the header\n");

  const Names objects = extract_files(signature, cache.params, "x", out, {"obj"});
  REQUIRE(objects.size() == 1);
  CHECK(objects[0] == (out / ("x-" + cache.file().filename().string())).string());
}

TEST_CASE("of a plain and a compressed source the plain one is extracted", "[api_contents]") {
  const Filled cache;
  store_src("m", "newer\n", cache.params);
  CHECK(extract_files("m", cache.params, "", cache / "out", {"src"}) == Names{cache / "out/m.cpp"});
  CHECK(read_text(cache / "out/m.cpp") == "newer\n");
}

TEST_CASE("extract_files of what is not there, or to where it cannot go", "[api_contents]") {
  const Filled cache;
  CHECK(extract_files("unknown", cache.params, "", cache / "out").empty());
  CHECK_FALSE(fs::exists(cache / "out"));
  CHECK_THROWS_AS(extract_files("../m", cache.params), InvalidArgument);
  CHECK_THROWS_WITH(extract_files("m", cache.params, "../x"), Catch::Contains("prefix"));
  CHECK_THROWS_AS(extract_files("m", cache.params, "", "", {"libs"}), InvalidArgument);
  CHECK_THROWS_AS(extract_files("m", cache.params, "", cache.file()), Error);
}

TEST_CASE("extract_lib_signatures knows library files only", "[api_contents]") {
  Filled cache;
  write_library_binary({}, "a.b", cache.params);
  CHECK(extract_lib_signatures(cache.params) == Names{"a.b", "m"});
  cache.params.lib_basename = "something-";
  CHECK(extract_lib_signatures(cache.params).empty());
}

TEST_CASE("signatures of file names in each category", "[api_contents]") {
  const Layout layout{CacheParams{}};
  CHECK(signature_of_file(layout, Category::inc, "s.h") == "s");
  CHECK(signature_of_file(layout, Category::src, "s.cpp") == "s");
  CHECK(signature_of_file(layout, Category::src, "s.cpp.gz") == "s");
  CHECK(signature_of_file(layout, Category::lib, "libdijitso-s.so") == "s");
  CHECK(signature_of_file(layout, Category::log, "s.txt") == "s");
  CHECK(signature_of_file(layout, Category::obj, "s.0123456789abcdef.o") == "s");
  for (const Category category : all_categories)
    for (const char* name : {"", ".h", "s", "s.h.gz", "-s.h", "a b.cpp", "libdijitso-.so", ".txt", "libs.so", "s.o"})
      CHECK(signature_of_file(layout, category, name) == std::nullopt);
}

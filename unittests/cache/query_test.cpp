// What is listed, what is not, and that nothing outside the directory is ever looked at.
#include "cache/inspect/query.h"

#include "unittests/support/file_systems.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace dijitso;
using namespace dijitso::cache;
namespace fs = std::filesystem;

namespace {

struct CacheDir {
  CacheDir() {
    std::string name = (fs::temp_directory_path() / "dijitso-query-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root = name;
    CacheParams params;
    params.cache_dir = name;
    layout = Layout(params);
  }
  ~CacheDir() { fs::remove_all(root); }

  void add(const fs::path& file, std::size_t bytes) const {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << std::string(bytes, 'x');
  }

  fs::path root;
  Layout layout{CacheParams{}};
};

std::vector<std::string> names(const DirectoryContents& contents) {
  std::vector<std::string> result;
  for (const StoredFile& file : contents.files) result.push_back(file.name);
  return result;
}

std::string error_of(const Layout& layout, Category category) {
  try {
    list_category(layout, category);
  } catch (const CacheError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("categories have their documented names in a fixed order") {
  std::string all;
  for (const Category category : all_categories) {
    all += std::string(category_name(category)) + " ";
    CHECK(category_from_name(category_name(category)) == category);
  }
  CHECK(all == "inc src lib log obj pch ");
  CHECK(category_from_name("tmp") == std::nullopt);
  CHECK(category_from_name("") == std::nullopt);
}

TEST_CASE("every category is listed from its own directory, sorted, with sizes") {
  const CacheDir cache;
  cache.add(cache.layout.inc_dir() / "b.h", 10);
  cache.add(cache.layout.inc_dir() / "a.h", 5);
  cache.add(cache.layout.src_dir() / "a.cpp.gz", 7);
  cache.add(cache.layout.lib_dir() / "libdijitso-a.so", 3);
  cache.add(cache.layout.log_dir() / "a.txt", 2);
  cache.add(cache.layout.obj_dir() / "a.0123456789abcdef.o", 1);
  const DirectoryContents inc = list_category(cache.layout, Category::inc);
  CHECK(inc.dir == cache.layout.inc_dir());
  CHECK(names(inc) == std::vector<std::string>{"a.h", "b.h"});
  CHECK(inc.files[0].bytes == 5);
  CHECK(inc.bytes == 15);
  CHECK(names(list_category(cache.layout, Category::src)) == std::vector<std::string>{"a.cpp.gz"});
  CHECK(names(list_category(cache.layout, Category::lib)) == std::vector<std::string>{"libdijitso-a.so"});
  CHECK(names(list_category(cache.layout, Category::log)) == std::vector<std::string>{"a.txt"});
  CHECK(names(list_category(cache.layout, Category::obj)) == std::vector<std::string>{"a.0123456789abcdef.o"});
}

TEST_CASE("as many files are counted as are listed, also when several threads look at them") {
  const CacheDir cache;
  constexpr std::size_t many = 5000;
  for (std::size_t i = 0; i < many; ++i) cache.add(cache.layout.inc_dir() / (std::to_string(i) + ".h"), i % 7);
  cache.add(cache.layout.inc_dir() / ".hidden", 1);
  fs::create_directory(cache.layout.inc_dir() / "folder");
  fs::create_symlink("0.h", cache.layout.inc_dir() / "link.h");
  const DirectoryContents contents = list_category(cache.layout, Category::inc);
  CHECK(contents.files.size() == many);
  CHECK(count_category(cache.layout, Category::inc) == many);
  CHECK(count_category(cache.layout, Category::src) == 0);
  CHECK(std::ranges::is_sorted(contents.files, {}, &StoredFile::name));
  std::uint64_t sum = 0;
  for (const StoredFile& file : contents.files) {
    CHECK(file.bytes == std::stoul(file.name) % 7);
    sum += file.bytes;
  }
  CHECK(contents.bytes == sum);
}

TEST_CASE("renamed directories are honoured") {
  const CacheDir cache;
  CacheParams params = cache.layout.params();
  params.src_dir = "code";
  cache.add(cache.root / "code" / "a.cpp", 4);
  CHECK(list_category(Layout(params), Category::src).bytes == 4);
}

TEST_CASE("a missing directory is empty, whether it is the category or the whole cache") {
  const CacheDir cache;
  CHECK(list_category(cache.layout, Category::obj).files.empty());
  CHECK(list_quarantine(cache.layout).files.empty());
  CacheParams absent;
  absent.cache_dir = (cache.root / "absent" / "deeper").string();
  CHECK(list_category(Layout(absent), Category::inc).files.empty());
  CHECK_FALSE(fs::exists(cache.root / "absent"));
}

TEST_CASE("quarantined files are counted apart") {
  const CacheDir cache;
  cache.add(cache.layout.quarantine_dir() / "a.0123456789abcdef.o.0123456789abcdef", 9);
  cache.add(cache.layout.quarantine_dir() / "somebody's", 9);
  CHECK(list_quarantine(cache.layout).bytes == 9);
  CHECK(list_quarantine(cache.layout).files.size() == 1);
  CHECK(list_category(cache.layout, Category::obj).files.empty());
}

TEST_CASE("only regular files count: no links, directories, pipes or hidden files") {
  const CacheDir cache;
  const fs::path dir = cache.layout.src_dir();
  cache.add(dir / "real.cpp", 1);
  cache.add(dir / ".hidden", 100);
  cache.add(dir / "directory" / "inner.cpp", 100);
  cache.add(cache.root / "outside", 100);
  fs::create_symlink(cache.root / "outside", dir / "link.cpp");
  fs::create_symlink("nowhere", dir / "dangling.cpp");
  fs::create_symlink("loop.cpp", dir / "loop.cpp");
  REQUIRE(mkfifo((dir / "pipe.cpp").c_str(), 0600) == 0);
  const DirectoryContents contents = list_category(cache.layout, Category::src);
  CHECK(names(contents) == std::vector<std::string>{"real.cpp"});
  CHECK(contents.bytes == 1);
}

TEST_CASE("a category that is a link or a file is refused with its name and a remedy") {
  const CacheDir cache;
  fs::create_directories(cache.root / "elsewhere");
  fs::create_directory_symlink(cache.root / "elsewhere", cache.layout.inc_dir());
  cache.add(cache.layout.src_dir(), 1);
  for (const Category category : {Category::inc, Category::src}) {
    const std::string message = error_of(cache.layout, category);
    CHECK_THAT(message, Catch::Contains(cache.layout.root().string()) && Catch::Contains("not a directory") &&
                            Catch::Contains("remove or rename it"));
  }
}

TEST_CASE("a cache directory that is a file, and a name that is too long, are errors and not emptiness") {
  const CacheDir cache;
  cache.add(cache.root / "file", 1);
  CacheParams params;
  params.cache_dir = (cache.root / "file").string();
  CHECK_THAT(error_of(Layout(params), Category::obj), Catch::Contains("a part of this path is not a directory"));
  params.cache_dir = (cache.root / std::string(300, 'n')).string();
  CHECK_THAT(error_of(Layout(params), Category::obj), Catch::Contains("too long"));
}

TEST_CASE("hostile names come back byte for byte") {
  const CacheDir cache;
  const std::string hostile = "\x1b[31m\n\xff\xfe$(x) ' \".cpp";
  cache.add(cache.layout.src_dir() / hostile, 1);
  CHECK(names(list_category(cache.layout, Category::src)) == std::vector<std::string>{hostile});
}

TEST_CASE("files that come and go during listing never make it fail") {
  const CacheDir cache;
  const fs::path dir = cache.layout.obj_dir();
  for (int i = 0; i < 200; ++i) cache.add(dir / ("stays" + std::to_string(i)), 1);
  std::atomic<bool> stop = false;
  std::thread churn([&] {
    while (!stop)
      for (int i = 0; i < 50; ++i) {
        cache.add(dir / ("goes" + std::to_string(i)), 1);
        fs::remove(dir / ("goes" + std::to_string(i)));
      }
  });
  std::size_t fewest = 200;
  try {
    for (int round = 0; round < 200; ++round) {
      std::size_t stayed = 0;
      for (const StoredFile& file : list_category(cache.layout, Category::obj).files)
        stayed += file.name.starts_with("stays");
      fewest = std::min(fewest, stayed);
    }
  } catch (const CacheError&) {
    fewest = 0;
  }
  stop = true;
  churn.join();
  CHECK(fewest == 200);
}

TEST_CASE("the signature in the name of an object file") {
  CHECK(signature_of_obj_file("form_ab12.0123456789abcdef.o") == "form_ab12");
  CHECK(signature_of_obj_file("a.b.0123456789abcdef.o") == "a.b");
  for (const char* other :
       {"", ".o", "a.o", ".0123456789abcdef.o", "a.0123456789abcde.o", "a.0123456789abcdeg.o", "a.0123456789ABCDEF.o",
        "a0123456789abcdef0.o", "a.0123456789abcdef.so", "a.0123456789abcdef"})
    CHECK(signature_of_obj_file(other) == std::nullopt);
}

TEST_CASE("signatures are sorted, once each, with the number of their variants") {
  DirectoryContents obj;
  for (const char* name : {"a.0000000000000000.o", "a.0000000000000000.1111111111111111.o", "a.ffffffffffffffff.o",
                           "b.0000000000000000.o", "stray.txt"})
    obj.files.push_back({name, 1});
  CHECK(stored_signatures(obj) == std::vector<StoredSignature>{{"a", 2}, {"a.0000000000000000", 1}, {"b", 1}});
  CHECK(stored_signatures({}).empty());
}

TEST_CASE("a file that cannot be looked at is there all the same") {
  const CacheDir cache;
  cache.add(cache.layout.inc_dir() / "a.h", 9);
  cache.add(cache.layout.inc_dir() / "b.h", 9);
  CHECK(testing::in_child([&] {
          testing::forbid_with(SYS_newfstatat, 3, AT_SYMLINK_NOFOLLOW, EIO);
          const DirectoryContents contents = list_category(cache.layout, Category::inc);
          testing::expect(contents.files.size() == 2 && contents.bytes == 0, "not as many files");
        }) == "");
}

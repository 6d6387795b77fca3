#include "cache/store/directory.h"

#include "support/file.h"
#include "unittests/support/file_systems.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;
using Role = dijitso::cache::Directory::Role;

namespace {

CacheParams params_for(const fs::path& root) {
  CacheParams params;
  params.cache_dir = root;
  return params;
}

unsigned mode_of(const fs::path& path) {
  struct stat info;
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

// Creates `path` with exactly these permission bits.
fs::path make(const fs::path& path, unsigned mode) {
  fs::create_directories(path);
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

// A directory that belongs to another user, who lets its group write when `group` is given.
fs::path make_foreign(const Scratch& scratch, unsigned mode) {
  if (::geteuid() != 0) return "/usr";
  const fs::path path = make(scratch / "foreign", mode);
  REQUIRE(::chown(path.c_str(), 4711, ::getegid()) == 0);
  return path;
}

}  // namespace

TEST_CASE("a private directory of one's own is usable", "[directory]") {
  Scratch scratch;
  Warnings warnings;
  for (unsigned mode : {0700u, 0755u, 0555u}) {
    Directory directory(params_for(make(scratch / std::to_string(mode), mode)), Role::own);
    CHECK(directory.is_usable());
  }
  CHECK(warnings.all().empty());
}

TEST_CASE("directories are made with the right modes whatever the umask takes away", "[directory]") {
  Scratch scratch;
  const mode_t before = ::umask(0777);
  const auto failed = Directory(params_for(scratch / "a" / "c"), Role::own).create();
  ::umask(before);
  CHECK_FALSE(failed);
  for (const char* name : {"a", "a/c", "a/c/obj", "a/c/tmp", "a/c/claims"}) {
    INFO(name);
    CHECK(mode_of(scratch / name) == 0700);
  }
}

TEST_CASE("a directory through which others could bring code is refused with reason and remedy", "[directory]") {
  Scratch scratch;
  Warnings warnings;
  SECTION("open to everybody") {
    Directory directory(params_for(make(scratch / "c", 0757)), Role::own);
    CHECK_FALSE(directory.is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("written by everybody") && Catch::Contains("chmod o-w"));
  }
  SECTION("open to everybody, sticky, and shared") {
    CacheParams params = params_for(make(scratch / "c", 01777));
    params.shared_group = true;
    CHECK_FALSE(Directory(params, Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("written by everybody"));
  }
  SECTION("open to the group") {
    Directory directory(params_for(make(scratch / "c", 0770)), Role::own);
    CHECK_FALSE(directory.is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("written by its group") && Catch::Contains("cache.shared_group"));
  }
  SECTION("only the directory of the entries is open") {
    make(scratch / "c", 0700);
    make(scratch / "c/obj", 0777);
    CHECK_FALSE(Directory(params_for(scratch / "c"), Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("c/obj' can be written by everybody"));
  }
  SECTION("of another user") {
    CHECK_FALSE(Directory(params_for(make_foreign(scratch, 0755)), Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("belongs to the user with the number") && Catch::Contains("cache_dir"));
  }
  SECTION("no directory") {
    write_text(scratch / "c", "");
    CHECK_FALSE(Directory(params_for(scratch / "c"), Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("is not a directory"));
  }
  SECTION("below something that is no directory") {
    write_text(scratch / "c", "");
    CHECK_FALSE(Directory(params_for(scratch / "c/d"), Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("cannot be examined: Not a directory"));
  }
  SECTION("without a name") {
    CHECK_FALSE(Directory(params_for(""), Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("its name is empty"));
  }
}

TEST_CASE("a refusal that was put right is forgotten, and the next one is told", "[directory]") {
  Scratch scratch;
  Warnings warnings;
  Directory directory(params_for(make(scratch / "c", 0757)), Role::own);
  for (int i = 0; i < 2; ++i) CHECK_FALSE(directory.is_usable());
  directory.warn_once("unheard, for the directory is refused");
  CHECK(warnings.all().size() == 1);
  make(scratch / "c", 0700);
  CHECK(directory.is_usable());
  directory.warn_once("the disk is full");
  REQUIRE(warnings.all().size() == 2);
  CHECK_THAT(warnings.all().back(), Catch::Contains("the disk is full"));
  make(scratch / "c", 0757);
  for (int i = 0; i < 2; ++i) CHECK_FALSE(directory.is_usable());
  REQUIRE(warnings.all().size() == 3);
  CHECK_THAT(warnings.all().back(), Catch::Contains("written by everybody"));
}

TEST_CASE("a shared directory is open to its group, whoever owns it", "[directory]") {
  Scratch scratch;
  Warnings warnings;
  CacheParams params = params_for(make(scratch / "c", 02770));
  params.shared_group = true;
  CHECK(Directory(params, Role::own).is_usable());
  if (::geteuid() == 0) {
    params.cache_dir = make_foreign(scratch, 02770);
    CHECK(Directory(params, Role::own).is_usable());
    REQUIRE(::chown(params.cache_dir.c_str(), 4711, 4711) == 0);
  } else {
    params.cache_dir = "/usr";
  }
  CHECK(warnings.all().empty());
  CHECK_FALSE(Directory(params, Role::own).is_usable());
  CHECK_THAT(warnings.only(), Catch::Contains("belongs to the user"));
}

TEST_CASE("a read-only directory may be anybody's but not open to everybody", "[directory]") {
  Scratch scratch;
  Warnings warnings;
  CHECK(Directory(params_for(make_foreign(scratch, 0755)), Role::readonly).is_usable());
  CHECK(Directory(params_for(scratch / "absent"), Role::readonly).is_usable());
  CHECK(warnings.all().empty());
  CHECK_FALSE(Directory(params_for(make(scratch / "open", 0777)), Role::readonly).is_usable());
  CHECK_THAT(warnings.only(), Catch::Contains("written by everybody"));
}

TEST_CASE("a directory that appears later is judged then, with one warning", "[directory]") {
  Scratch scratch;
  Warnings warnings;
  Directory directory(params_for(scratch / "c"), Role::own);
  CHECK(directory.is_usable());
  CHECK_FALSE(fs::exists(scratch / "c"));
  make(scratch / "c", 0777);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { directory.is_usable(); });
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(directory.is_usable());
  CHECK(directory.create() == "the cache directory '" + (scratch / "c").string() + "' is refused");
  CHECK(names_in(scratch / "c").empty());
  CHECK_THAT(warnings.only(), Catch::Contains("written by everybody"));
}

TEST_CASE("creating makes private directories, parents included", "[directory]") {
  Scratch scratch;
  const mode_t mask = ::umask(0);
  Directory directory(params_for(scratch / "a/b/c"), Role::own);
  CHECK_FALSE(directory.create());
  CHECK_FALSE(directory.create());
  ::umask(mask);
  for (const char* name :
       {"a", "a/b", "a/b/c", "a/b/c/obj", "a/b/c/tmp", "a/b/c/claims", "a/b/c/quarantine", "a/b/c/include"})
    CHECK(mode_of(scratch / name) == 0700);
  CHECK(directory.is_usable());
}

TEST_CASE("a shared directory is created open to the group, whatever the umask", "[directory]") {
  Scratch scratch;
  const mode_t mask = ::umask(077);
  CacheParams params = params_for(scratch / "c/");
  params.shared_group = true;
  Directory directory(params, Role::own);
  CHECK_FALSE(directory.create());
  ::umask(mask);
  for (const char* name : {"c", "c/obj", "c/tmp", "c/claims"}) CHECK(mode_of(scratch / name) == 02770);
}

TEST_CASE("what cannot be created is named", "[directory]") {
  Scratch scratch;
  make(scratch / "c", 0700);
  write_text(scratch / "c/include", "");
  Directory directory(params_for(scratch / "c"), Role::own);
  CHECK_THAT(directory.create().value_or(""), Catch::Contains("c/include': File exists"));
}

TEST_CASE("directories elsewhere have temporary files of their own", "[directory]") {
  Scratch scratch;
  CacheParams params = params_for((scratch / "c").string() + "/");
  params.inc_dir = scratch / "elsewhere";
  params.src_dir = "sub/../src";
  params.log_dir = (scratch / "c-log").string();
  Directory directory(params, Role::own);
  const Layout& layout = directory.layout();
  CHECK(directory.temp_dir_for(layout.obj_dir()) == layout.temp_dir());
  CHECK(directory.temp_dir_for(layout.src_dir()) == layout.temp_dir());
  CHECK(directory.temp_dir_for(layout.inc_dir()) == scratch / "elsewhere/tmp");
  CHECK(directory.temp_dir_for(layout.log_dir()) == scratch / "c-log/tmp");
  CHECK_FALSE(directory.create());
  CHECK(fs::is_directory(scratch / "elsewhere/tmp"));
}

TEST_CASE("a directory that others could exchange for one of theirs is refused", "[directory]") {
  const Scratch scratch;
  const Warnings warnings;
  const fs::path above = make(scratch / "above", 0755);
  CacheParams params = params_for(make(above / "between/c", 0700));
  const auto objection = [&](Role role = Role::own) {
    return Directory(params, role).objection_to(fs::path(params.cache_dir)).value_or("");
  };
  CHECK(objection().empty());
  SECTION("open to everybody") {
    make(above, 0777);
    CHECK_THAT(objection(), Catch::Contains("could be exchanged for another by everybody") &&
                                Catch::Contains("the directory '" + above.string() + "' above it"));
    CHECK_THAT(objection(Role::readonly), Catch::Contains("by everybody"));
    CHECK_FALSE(Directory(params, Role::own).is_usable());
    CHECK_THAT(warnings.only(), Catch::Contains("set cache.cache_dir"));
  }
  SECTION("open to everybody, but sticky") {
    make(above, 01777);
    CHECK(objection().empty());
  }
  SECTION("open to a group") {
    make(above, 0775);
    if (::geteuid() == 0) REQUIRE(::chown(above.c_str(), 0, 4711) == 0);
    if (::geteuid() == 0 || ::getegid() != ::geteuid()) CHECK_THAT(objection(), Catch::Contains("by its group"));
    CHECK(objection(Role::readonly).empty());
  }
  SECTION("open to a group in which the cache is shared") {
    make(above, 0775);
    params.shared_group = true;
    CHECK(objection().empty());
  }
  if (::geteuid() == 0) {  // only root can make another user's directory
    SECTION("of another user") {
      REQUIRE(::chown(above.c_str(), 4711, 0) == 0);
      CHECK_THAT(objection(), Catch::Contains("by the user with the number 4711"));
      CHECK(objection(Role::readonly).empty());
    }
    SECTION("root's own, for another user") {
      REQUIRE(::chown(params.cache_dir.c_str(), 65534, 65534) == 0);
      REQUIRE(::chmod(scratch.path().c_str(), 0755) == 0);
      CHECK(in_child([&] {
              become_nobody();
              expect(objection().empty(), objection());
            }) == "");
    }
  }
}

TEST_CASE("a link on the way does not hide what lies above", "[directory]") {
  const Scratch scratch;
  make(make(scratch / "open", 0777) / "c", 0700);
  fs::create_symlink(scratch / "open/c", scratch / "link");
  const Directory directory(params_for(scratch / "link"), Role::own);
  CHECK_THAT(directory.objection_to(scratch / "link").value_or(""), Catch::Contains("by everybody"));
}

TEST_CASE("what was opened stays what it is when its name means another directory", "[directory]") {
  const Scratch scratch;
  const Warnings warnings;
  make(scratch / "c", 0700);
  make(scratch / "c/obj", 0700);
  write_text(scratch / "c/obj/a", "ours");
  Directory directory(params_for(scratch / "c"), Role::own);
  const Descriptor entries = directory.open_entries();
  REQUIRE(entries.is_open());
  fs::rename(scratch / "c", scratch / "moved");
  make(scratch / "c", 0700);
  make(scratch / "c/obj", 0777);
  write_text(scratch / "c/obj/a", "theirs");
  CHECK(as_text(*read_file_in(entries, scratch / "c/obj/a", true, {})) == "ours");
  CHECK_FALSE(directory.open_entries().is_open());
  CHECK_THAT(warnings.only(), Catch::Contains("c/obj' can be written by everybody"));
}

TEST_CASE("an error, or rights that are put right, count for one time only", "[directory]") {
  const Scratch scratch;
  const Warnings warnings;
  Directory directory(params_for(scratch / "c/d"), Role::own);
  write_text(scratch / "c", "");
  CHECK_FALSE(directory.is_usable());
  fs::remove(scratch / "c");
  CHECK(directory.is_usable());
  make(scratch / "c/d", 0777);
  CHECK_FALSE(directory.is_usable());
  make(scratch / "c/d", 0700);
  CHECK(directory.is_usable());
  CHECK_FALSE(directory.create());
  CHECK_THAT(warnings.only(), Catch::Contains("cannot be examined: Not a directory"));
}

TEST_CASE("of files in a trusted directory, those that somebody else may have written are not", "[directory]") {
  const Scratch scratch;
  const Directory own(params_for(scratch.path()), Role::own), layer(params_for(scratch.path()), Role::readonly);
  struct stat file{};
  file.st_mode = S_IFREG | 0444;
  file.st_uid = ::geteuid();
  CHECK(own.objection_to(file).empty());
  file.st_mode = S_IFREG | 0464;
  CHECK(own.objection_to(file) == "others can write it");
  CHECK(layer.objection_to(file).empty());
  file.st_mode = S_IFREG | 0446;
  CHECK(own.objection_to(file) == "others can write it");
  CHECK(layer.objection_to(file) == "others can write it");
  file.st_mode = S_IFREG | 0444;
  file.st_uid = 4711;
  CHECK(own.objection_to(file) == "it belongs to the user with the number 4711");
  CHECK(layer.objection_to(file).empty());
  file.st_uid = 0;
  CHECK(own.objection_to(file).empty());
  CacheParams shared = params_for(scratch.path());
  shared.shared_group = true;
  file.st_uid = 4711;
  CHECK(Directory(shared, Role::own).objection_to(file).empty());
}

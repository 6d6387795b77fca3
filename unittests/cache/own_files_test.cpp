#include "cache/store/own_files.h"

#include "cache/api/api.h"
#include "cache/inspect/verify.h"
#include "cache/prune/gc.h"
#include "unittests/cache/store_fixture.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

const std::vector<Category> everything(all_categories.begin(), all_categories.end());

// Somebody's project, which is used as a cache directory as well.
struct Project : CachePlace {
  const std::vector<std::string> theirs = {
      "include/mine.h",      "include/poisson_1.h", "src/mine.cpp",         "log/notes.txt",
      "lib/libdijitso-x.so", "tmp/run-2024-12",     "quarantine/sick.o.md", "README"};
  Project() {
    for (const std::string& name : theirs) {
      fs::create_directories((root() / name).parent_path());
      write_text(root() / name, "theirs");
      fs::last_write_time(root() / name, fs::file_time_type::clock::now() - std::chrono::days(9));
    }
  }
  void check_theirs() const {
    for (const std::string& name : theirs) {
      INFO(name);
      CHECK((fs::exists(root() / name) && read_text(root() / name) == "theirs"));
    }
  }
};

}  // namespace

TEST_CASE("files of a project that is used as a cache directory stay", "[own_files]") {
  const Project project;
  const Warnings warnings;
  {
    Store store(project.params);
    CHECK(publish(store, sample_bytes()));
    CHECK(store.read(signature, slot));
  }
  project.check_theirs();
  CHECK_THAT(warnings.only(), Catch::Contains("include/poisson_1.h': File exists"));
  CHECK_FALSE(fs::exists(project.root() / cache_tag_name));
  for (const Finding& finding : verify(project.params, true, true).findings)
    for (const std::string& name : project.theirs) CHECK(finding.path != project.root() / name);
  project.check_theirs();
  collect_garbage(project.params, {.max_bytes = 0, .older_than = {}});
  project.check_theirs();
  CHECK_FALSE(fs::exists(project.file()));
}

TEST_CASE("clean removes what dijitso has made in a project, and only that", "[own_files]") {
  const Project project;
  const Warnings warnings;
  Store store(project.params);
  store.publish("other", slot, sample_bytes(), "h", "s", "l", false);
  const auto removed = remove_files(Layout(project.params), everything, false);
  project.check_theirs();
  for (const char* name : {"include/other.h", "src/other.cpp.gz", "log/other.txt"})
    CHECK_FALSE(fs::exists(project.root() / name));
  CHECK(removed.at("obj").size() == 1);
  CHECK(names_in(project.root() / "obj").empty());
}

TEST_CASE("a directory that dijitso has made, or found empty, is tagged as a cache", "[own_files]") {
  CachePlace place;
  SECTION("made") {}
  SECTION("found empty") { fs::create_directory(place.root()); }
  Store store(place.params);
  CHECK(publish(store, sample_bytes()));
  CHECK(read_text(place.root() / cache_tag_name).starts_with("Signature: 8a477f597d28d172789f06886806bc55\n"));
  CHECK(is_tagged_as_cache(place.root()));
  CHECK_FALSE(fs::exists(place.root() / "include" / cache_tag_name));
  // Whatever is in it is dijitso's.
  write_text(place.root() / "include/old.h", "");
  CHECK(remove_files(Layout(place.params), {Category::inc}, false).at("inc").size() == 2);
}

TEST_CASE("a cache without a tag, as older versions made it, is cleaned", "[own_files]") {
  const CachePlace place;
  Store store(place.params);
  CHECK(publish(store, sample_bytes()));
  fs::remove(place.root() / cache_tag_name);
  const auto removed = remove_files(Layout(place.params), everything, false);
  for (const char* category : {"inc", "src", "log", "obj"}) CHECK(removed.at(category).size() == 1);
}

TEST_CASE("another program's tag is not ours", "[own_files]") {
  const Scratch scratch;
  write_text(scratch / cache_tag_name, "Signature: 8a477f597d28d172789f06886806bc55\n");
  CHECK_FALSE(is_tagged_as_cache(scratch.path()));
  tag_as_cache(scratch.path());
  CHECK_FALSE(is_tagged_as_cache(scratch.path()));
  tag_as_cache(scratch / "absent");
}

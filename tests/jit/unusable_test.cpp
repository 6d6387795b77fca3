// Caches that cannot be used: the answer is right, from memory, with one warning. Each case runs in a child process
// that may mount file systems and give up its rights.
#include "tests/support/modules.h"
#include "unittests/support/file_systems.h"

#include <dijitso/log.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// Builds two modules, one using the other, and asks again: answers from memory, one warning with `text` in it.
void works_from_memory(const Params& params, const std::string& text) {
  const Warnings warnings;
  Jit jit;
  const auto ask = [&] {
    jit.jit("base", params, gives("int base() { return 40; }", "int base();"));
    return value(jit.jit("user", params,
                         gives("#include <base.h>\nextern \"C\" int value() { return base() + 2; }", "", {"base"})));
  };
  expect(ask() == 42 && ask() == 42, "wrong answer");
  const Counters counters = jit.counters();
  expect(counters.compiles == 2, "compiles: " + std::to_string(counters.compiles));
  expect(counters.fallbacks == 2, "fallbacks: " + std::to_string(counters.fallbacks));
  expect(counters.memory_hits == 2, "memory hits: " + std::to_string(counters.memory_hits));
  expect(counters.published == 0 && counters.disk_hits == 0, "the cache was used");
  expect(warnings.all().size() == 1, "not one warning: " + warnings.only());
  expect(warnings.only().find(text) != std::string::npos, "not about '" + text + "': " + warnings.only());
}

}  // namespace

TEST_CASE("a cache on a file system that is mounted read-only") {
  Place place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          mount_small(place.cache, "8m");
          make_read_only(place.cache);
          works_from_memory(place.params, "Read-only file system");
        }) == "");
}

TEST_CASE("a filled cache on a file system that is mounted read-only answers without a warning") {
  Place place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          mount_small(place.cache, "8m");
          Jit().jit("m", place.params, gives_value(1));
          make_read_only(place.cache);
          const Warnings warnings;
          Jit jit;
          expect(value(jit.jit("m", place.params, never)) == 1, "wrong answer");
          expect(jit.counters().disk_hits == 1 && warnings.all().empty(), warnings.only());
        }) == "");
}

TEST_CASE("a cache on a file system that is full") {
  Place place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          mount_small(place.cache, "64k");
          Jit().jit("m", place.params, gives_value(1));  // makes the directories
          std::ofstream filler(place.cache / "filler", std::ios::binary);
          while (filler) filler << std::string(1000, 'x') << std::flush;
          filler.close();
          works_from_memory(place.params, "No space left");
          expect(files_below(place.cache / "tmp").empty(), "temporary files were left");
        }) == "");
}

TEST_CASE("a cache in a directory that the user may not write") {
  Place place;
  CHECK(in_child([&] {
          fs::create_directory(place.scratch / "closed");
          fs::permissions(place.scratch.path(), fs::perms::all);
          fs::permissions(place.scratch / "closed",
                          fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_exec);
          place.params.cache.cache_dir = (place.scratch / "closed" / "cache").string();
          Jit().jit("opens_the_libraries", Place().params, gives_value(0));  // nobody may not reach them in root's home
          become_nobody();
          works_from_memory(place.params, "Permission denied");
        }) == "");
}

TEST_CASE("a cache whose parent is a file") {
  Place place;
  CHECK(in_child([&] {
          write_text(place.scratch / "file", "");
          place.params.cache.cache_dir = (place.scratch / "file" / "cache").string();
          works_from_memory(place.params, "Not a directory");
        }) == "");
}

TEST_CASE("a cache that is a file") {
  Place place;
  CHECK(in_child([&] {
          write_text(place.cache, "");
          works_from_memory(place.params, "not a directory");
        }) == "");
}

TEST_CASE("a cache whose obj is a file") {
  Place place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          fs::permissions(place.cache, fs::perms::owner_all);
          write_text(place.cache / "obj", "");
          works_from_memory(place.params, "not a directory");
        }) == "");
}

TEST_CASE("obj replaced by a file while the process runs") {
  Place place;
  CHECK(in_child([&] {
          const Warnings warnings;
          Jit jit;
          expect(value(jit.jit("one", place.params, gives_value(1))) == 1, "wrong answer");
          fs::remove_all(place.cache / "obj");
          write_text(place.cache / "obj", "");
          expect(value(jit.jit("two", place.params, gives_value(2))) == 2, "wrong answer");
          expect(value(jit.jit("three", place.params, gives_value(3))) == 3, "wrong answer");
          expect(jit.counters().published == 1 && jit.counters().fallbacks == 2, "counters");
          expect(warnings.all().size() == 1, "not one warning: " + warnings.only());
        }) == "");
}

TEST_CASE("a cache that was removed while the process runs is made again") {
  Place place;
  const Warnings warnings;
  Jit jit;
  CHECK(value(jit.jit("one", place.params, gives_value(1))) == 1);
  fs::remove_all(place.cache);
  CHECK(value(jit.jit("two", place.params, gives_value(2))) == 2);
  CHECK(jit.counters().published == 2);
  CHECK(warnings.all().empty());
  CHECK(value(Jit().jit("two", place.params, never)) == 2);
}

TEST_CASE("a cache that belongs to another user") {
  CHECK(in_child([] {
          expect(::geteuid() == 0, "run this test as root: it gives a directory to another user");
          Place place;
          fs::create_directory(place.cache);
          fs::permissions(place.cache, fs::perms::owner_all);
          expect(::chown(place.cache.c_str(), 65534, 65534) == 0, "cannot give the directory away");
          works_from_memory(place.params, "belongs to the user with the number 65534");
        }) == "");
}

TEST_CASE("a cache that everybody may write") {
  Place place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          fs::permissions(place.cache, fs::perms::all);
          works_from_memory(place.params, "can be written by everybody");
        }) == "");
}

TEST_CASE("headers that everybody may have written are not compiled") {
  Place place;
  // The generated header is found in memory; what lies in the cache's folder must not come into the code.
  const Generate generate = gives(
      "#if __has_include(<planted.h>)\n#include <planted.h>\n#else\n#define NUMBER 42\n#endif\n"
      "extern \"C\" int value() { return NUMBER; }");
  fs::create_directories(place.cache / "include");
  write_text(place.cache / "include" / "planted.h", "#define NUMBER 13\n");
  const Warnings warnings;
  SECTION("in a directory of one's own they are") {
    fs::permissions(place.cache, fs::perms::owner_all);
    fs::permissions(place.cache / "include", fs::perms::owner_all);
    CHECK(value(Jit().jit("m", place.params, generate)) == 13);
    CHECK(warnings.all().empty());
  }
  SECTION("in a cache that is refused") {
    fs::permissions(place.cache, fs::perms::all);
    CHECK(value(Jit().jit("m", place.params, generate)) == 42);
    CHECK_THAT(warnings.only(), Catch::Contains("can be written by everybody"));
  }
  SECTION("in their own folder") {
    fs::permissions(place.cache, fs::perms::owner_all);
    fs::permissions(place.cache / "include", fs::perms::all);
    CHECK(value(Jit().jit("m", place.params, generate)) == 42);
    CHECK_THAT(warnings.only(), Catch::Contains("headers are not read") && Catch::Contains("chmod o-w"));
  }
}

TEST_CASE("a handler of warnings may use the Jit that warns") {
  Place place;
  CHECK(in_child([&] {
          ::alarm(60);  // instead of waiting for ever
          fs::create_directory(place.cache);
          fs::permissions(place.cache, fs::perms::all);
          Jit jit;
          int warnings = 0;
          const auto with_unknown_flag = [&](int number) {
            Params params = place.params;
            params.build.cxxflags.push_back("-fno-such-flag-as-number-" + std::to_string(number));
            return params;
          };
          log::set_log_handler([&](log::Level, std::string_view) {
            ++warnings;
            jit.counters();
            jit.jit("handler" + std::to_string(warnings), with_unknown_flag(warnings), gives_value(warnings));
          });
          expect(value(jit.jit("m", place.params, gives_value(1))) == 1, "wrong answer");
          expect(value(jit.jit("n", with_unknown_flag(0), gives_value(2))) == 2, "wrong answer with a flag");
          log::set_log_handler({});
          expect(warnings == 2, "warnings: " + std::to_string(warnings));
        }) == "");
}

TEST_CASE("a cache whose entries everybody may write is not read") {
  Place place;
  CHECK(in_child([&] {
          Jit().jit("base", place.params, gives("int base() { return 13; }", "int base();"));
          fs::permissions(place.cache / "obj", fs::perms::all);
          works_from_memory(place.params, "can be written by everybody");
        }) == "");
}

// cache.lib_loader `dlopen`, `ctypes` and `import`: jit hands out libraries that the dynamic loader opened. What holds
// for the run-time linker holds here.
#include "tests/export/exporting.h"
#include "unittests/support/refused_calls.h"

#include <dijitso/cache.h>
#include <dlfcn.h>
#include <sys/mman.h>
#include <catch2/catch.hpp>

#include <map>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

struct LoaderPlace : Place {
  explicit LoaderPlace(const std::string& loader = "dlopen") { params.cache.lib_loader = loader; }
};

std::string file_of(void* address) {
  Dl_info info;
  return dladdr(address, &info) ? info.dli_fname : "";
}

Library ask_two(Jit& jit, const Params& params, bool cached = false) {
  const auto generate = [cached](const Generate& real) { return cached ? Generate(never) : real; };
  jit.jit("base", params,
          generate(gives("static int n = 40; int base() { return n; } extern \"C\" void set(int i) { n = i; }",
                         "int base();")));
  return jit
      .jit("user", params,
           generate(gives("#include <base.h>\nextern \"C\" int value() { return base() + 2; }", "", {"base"})))
      .first;
}

}  // namespace

TEST_CASE("the code is that of the shared library in the cache") {
  LoaderPlace place(GENERATE(as<std::string>(), "dlopen", "ctypes", "import"));
  Jit jit;
  const Library library = ask_two(jit, place.params);
  CHECK(value(library) == 42);
  CHECK(library.signature() == "user");
  CHECK(file_of(library.symbol("value")) == (place.cache / "lib/libdijitso-user.so").string());
  CHECK(library.file_name() == file_of(library.symbol("value")));
  CHECK(library.find("puts") == nullptr);
  CHECK(library.find("_Z4basev") == nullptr);
  CHECK(library == jit.jit("user", place.params, never).first);
  CHECK(jit.counters().compiles == 2);
}

TEST_CASE("a fresh Jit loads from disk without compiling or linking") {
  LoaderPlace place;
  {
    Jit jit;
    CHECK(value(ask_two(jit, place.params)) == 42);
  }
  const ino_t before = inode(place.cache / "lib/libdijitso-user.so");
  Jit fresh;
  CHECK(value(ask_two(fresh, place.params, true)) == 42);
  CHECK((fresh.counters().compiles == 0 && fresh.counters().disk_hits == 2 && fresh.counters().published == 0));
  CHECK(inode(place.cache / "lib/libdijitso-user.so") == before);
}

TEST_CASE("a module built for the run-time linker is made a library without a compile") {
  LoaderPlace place("orc");
  Jit jit;
  const Library in_memory = ask_two(jit, place.params);
  CHECK_FALSE(fs::exists(place.cache / "lib"));
  place.params.cache.lib_loader = "dlopen";
  const Library opened = ask_two(jit, place.params, true);
  CHECK_FALSE(opened == in_memory);
  CHECK(in_memory.file_name().empty());
  CHECK((value(opened) == 42 && value(in_memory) == 42));
  CHECK(jit.counters().compiles == 2);
  CHECK(file_of(opened.symbol("value")) != file_of(in_memory.symbol("value")));
}

TEST_CASE("lookup_lib and load_library load as lib_loader says, whatever loaded the module before") {
  const std::map<std::string, std::string> ways = {
      {"orc", "linked"}, {"dlopen", "opened"}, {"ctypes", "opened"}, {"import", "opened for Python"}};
  const auto [first, way_before] = GENERATE_COPY(from_range(ways));
  const auto [then, way] = GENERATE_COPY(from_range(ways));
  CAPTURE(first, then);
  LoaderPlace place(first);
  Library built = ask_two(default_jit(), place.params);
  const std::uint64_t compiles = default_jit().counters().compiles;
  CacheParams params = place.params.cache;
  params.lib_loader = then;
  const std::string file = place.cache / "lib/libdijitso-user.so";

  std::optional<Library> found = cache::lookup_lib("user", params);
  REQUIRE(found);
  CHECK(value(*found) == 42);
  CHECK((*found == built) == (way == way_before));
  CHECK(cache::lookup_lib("user", params) == found);
  CHECK(cache::load_library("user", params) == found);
  CHECK(cache::lookup_lib("user", place.params.cache) == built);

  // With nothing in memory.
  built = {};
  found.reset();
  default_jit().forget(params.cache_dir);
  found = cache::load_library("user", params);
  REQUIRE(found);
  CHECK(value(*found) == 42);
  CHECK((file_of(found->symbol("value")) == file) == (then != "orc"));
  CHECK(cache::lookup_lib("user", params) == found);
  CHECK(default_jit().counters().compiles == compiles);
  fs::remove_all(place.cache);
  CHECK(cache::lookup_lib("user", params) == found);
  CHECK_FALSE(cache::load_library("user", params));
  default_jit().forget();  // else the name of the library stays taken in this process
}

TEST_CASE("variants and caches of one name live side by side in a process") {
  LoaderPlace place, elsewhere;
  Jit jit;
  const Library first = ask_two(jit, place.params);
  Params other = place.params;
  other.build.cxxflags_opt = {"-O0"};
  const Library second = ask_two(jit, other);
  const Library third = ask_two(jit, elsewhere.params);
  Jit another;
  const Library shared = ask_two(another, elsewhere.params);
  jit.jit("base", place.params, never).first.function<void(int)>("set")(1);
  CHECK(value(first) == 3);
  CHECK(value(second) == 42);
  CHECK(value(third) == 42);
  CHECK(value(shared) == 42);
  jit.jit("base", other, never).first.function<void(int)>("set")(10);
  CHECK(value(second) == 12);
  jit.jit("base", elsewhere.params, never).first.function<void(int)>("set")(20);
  CHECK((value(third) == 22 && value(first) == 3));
}

TEST_CASE("static objects are made with the library and end with its last handle") {
  LoaderPlace place;
  Jit jit;
  int events = 0;
  Library base =
      jit.jit("base", place.params,
              gives("int* place = nullptr; extern \"C\" void note(int* p) { place = p; }", "extern int* place;"))
          .first;
  Library user = jit.jit("user", place.params,
                         gives("#include <base.h>\nstruct S { int n = 6; ~S() { if (place) *place += 1; } };\n"
                               "static S s; extern \"C\" int value() { return s.n; }",
                               "", {"base"}))
                     .first;
  base.function<void(int*)>("note")(&events);
  CHECK(value(user) == 6);
  jit.forget();
  base = {};
  CHECK(events == 0);
  user = {};
  CHECK(events == 1);
  CHECK(dlopen((place.cache / "lib/libdijitso-user.so").c_str(), RTLD_NOLOAD | RTLD_LAZY) == nullptr);
}

TEST_CASE("exceptions cross libraries and the program, and thread_local variables are each thread's") {
  LoaderPlace place;
  Jit jit;
  jit.jit("thrower", place.params,
          gives("#include <stdexcept>\nvoid fail(int n) { throw std::out_of_range(\"n\" + std::to_string(n)); }",
                "void fail(int);"));
  const Library catcher =
      jit.jit("catcher", place.params,
              gives(
                  "#include <stdexcept>\n#include <string>\n#include <thrower.h>\nthread_local std::string "
                  "text(\"abc\");\n"
                  "thread_local int number = 3;\n"
                  "extern \"C\" int value() { try { fail(4); } catch (const std::out_of_range& e) { return ++number; } "
                  "return 0; }\nextern \"C\" void pass() { fail(5); }\n"
                  "extern \"C\" int length() { text += 'd'; return (int)text.size(); }",
                  "", {"thrower"}))
          .first;
  CHECK(value(catcher) == 4);
  CHECK(value(catcher) == 5);
  CHECK(thrown<std::out_of_range>(catcher.function<void()>("pass")).what() == std::string("n5"));
  int in_thread = 0, length = 0;
  std::thread([&] {
    in_thread = value(catcher);
    length = catcher.function<int()>("length")();
  }).join();
  CHECK((in_thread == 4 && length == 4));
  CHECK(catcher.function<int()>("length")() == 4);
}

TEST_CASE("a damaged, foreign or removed library is made anew before it is opened") {
  LoaderPlace place;
  {
    Jit jit;
    ask_two(jit, place.params);
  }
  const fs::path library = place.cache / "lib/libdijitso-base.so";
  const std::string content = read_text(library);
  SECTION("damaged") { write_text(library, content.substr(0, 2000) + std::string(content.size() - 2000, 'x')); }
  SECTION("another module's") { write_text(library, read_text(place.cache / "lib/libdijitso-user.so")); }
  SECTION("removed") { fs::remove_all(place.cache / "lib"); }
  Jit fresh;
  CHECK(value(ask_two(fresh, place.params, true)) == 42);
  CHECK(fresh.counters().compiles == 0);
  CHECK(read_text(library) == content);
}

TEST_CASE("a library whose directory everybody may write is not opened") {
  LoaderPlace place;
  {
    Jit jit;
    ask_two(jit, place.params);
  }
  fs::permissions(place.cache / "lib", fs::perms::all);
  const Warnings warnings;
  Jit fresh;
  const Library library = ask_two(fresh, place.params, true);
  CHECK(value(library) == 42);
  CHECK_THAT(file_of(library.symbol("value")), Contains("/proc/thread-self/fd/"));
  CHECK_THAT(warnings.only(), Contains("can be written by everybody"));
}

TEST_CASE("a cache directory may have words of the dynamic loader in its name") {
  LoaderPlace place(GENERATE(as<std::string>(), "dlopen", "import"));
  place.params.cache.cache_dir = (place.scratch / "$ORIGIN and $LIB").string();
  {
    Jit jit;
    CHECK(value(ask_two(jit, place.params)) == 42);
  }
  const fs::path library = place.scratch / "$ORIGIN and $LIB/lib/libdijitso-user.so";
  const ino_t before = inode(library);
  Jit one, two;
  const Library first = ask_two(one, place.params, true), second = ask_two(two, place.params, true);
  CHECK((value(first) == 42 && value(second) == 42));
  CHECK(first.symbol("value") == second.symbol("value"));
  CHECK(inode(library) == before);
}

TEST_CASE("without a usable cache libraries are opened from memory with one warning") {
  LoaderPlace place;
  write_text(place.cache, "");
  const Warnings warnings;
  for (int round = 0; round < 2; ++round) {
    Jit jit;
    const Library library = ask_two(jit, place.params);
    CHECK(value(library) == 42);
    CHECK_THAT(file_of(library.symbol("value")), Contains("/proc/thread-self/fd/"));
    CHECK(jit.counters().fallbacks == 2);
  }
  CHECK(warnings.all().size() == 2);  // one of each Jit
}

TEST_CASE("where files in memory may not be executed the error says so, with the remedy") {
  LoaderPlace place;
  write_text(place.cache, "");
  const Warnings warnings;
  CHECK(in_child([&] {
          Jit jit;
          expect(value(ask_two(jit, place.params)) == 42, "another value");  // what is needed has been loaded
          refuse_call(SYS_mmap, 2, PROT_EXEC);
          std::string message;
          try {
            jit.jit("third", place.params, gives("int third() { return 3; }"));
          } catch (const LinkFailed& error) {
            message = error.what();
          }
          expect(message.find("execute a file in memory") != message.npos, "message: " + message);
          expect(message.find("lib_loader 'orc'") != message.npos, "message: " + message);
        }) == "");
}

TEST_CASE("a missing symbol is an error with its name, and leaves no library") {
  LoaderPlace place(GENERATE(as<std::string>(), "dlopen", "import"));
  Jit jit;
  const auto error = thrown<LinkFailed>([&] {
    jit.jit("m", place.params, gives("extern \"C\" int absent(); extern \"C\" int value() { return absent(); }"));
  });
  CHECK(error.missing_symbols() == std::vector<std::string>{"absent"});
  CHECK(files_below(place.cache / "lib").empty());
}

TEST_CASE("a long chain of libraries") {
  LoaderPlace place;
  Jit jit;
  const int length = 60;
  for (int i = 0; i < length; ++i) {
    const std::string name = "c" + std::to_string(i), before = "c" + std::to_string(i - 1);
    jit.jit(name, place.params,
            i == 0 ? gives("int f0() { return 1; }", "int f0();")
                   : gives("#include <" + before + ".h>\nint f" + std::to_string(i) + "() { return 1 + f" +
                               std::to_string(i - 1) + "(); }\nextern \"C\" int value() { return f" +
                               std::to_string(i) + "(); }",
                           "int f" + std::to_string(i) + "();", {before}));
  }
  Jit fresh;
  CHECK(value(fresh.jit("c59", place.params, never)) == length);
}

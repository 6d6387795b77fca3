// Static archives and bare objects in build.libs, with every loader.
#include "tests/export/exporting.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

constexpr const char* user_source = R"(
#include <stdexcept>
int first(int); extern "C" int second();
extern "C" int value() { try { return first(-1); } catch (const std::out_of_range&) { return first(1) + second(); } }
)";
constexpr const char* first_source = R"(
#include <stdexcept>
#include <string>
static const std::string text("four");
static thread_local int calls = 30;
int first(int n) { if (n < 0) throw std::out_of_range("n"); return ++calls + (int)text.size() + n; }
)";

struct StaticPlace : Place {
  fs::path dir = scratch / "static";

  explicit StaticPlace(const std::string& loader = "orc") {
    params.cache.lib_loader = loader;
    fs::create_directory(dir);
    make_archive("libfirst.a", first_source);
    make_object("second.o", "extern \"C\" int second() { return 6; }");
  }

  void make_object(const std::string& name, const std::string& source, const std::string& flags = "-fPIC") const {
    write_text(dir / "s.cpp", source);
    const std::string said =
        output_of("c++ -O2 " + flags + " -c -o '" + (dir / name).string() + "' '" + (dir / "s.cpp").string() + "'");
    if (said != "") throw std::runtime_error(said);
  }

  void make_archive(const std::string& name, const std::string& source, const std::string& flags = "rcs") const {
    make_object("member.o", source);
    fs::remove(dir / name);
    const std::string said = output_of("cd '" + dir.string() + "' && ar " + flags + " " + name + " member.o");
    if (said != "") throw std::runtime_error(said);
  }

  Library ask(Jit& jit, bool cached = false) const {
    return jit.jit("user", params, cached ? Generate(never) : gives(user_source)).first;
  }
};

}  // namespace

TEST_CASE("static archives and bare objects are linked into the module") {
  StaticPlace place(GENERATE(as<std::string>(), "orc", "dlopen", "import"));
  SECTION("by name, in the directories given") {
    place.params.build.libs = {"first", "second.o"};
    place.params.build.lib_dirs = {place.dir.string()};
  }
  SECTION("by the names of their files") {
    place.params.build.libs = {"libfirst.a", (place.dir / "second.o").string()};
    place.params.build.lib_dirs = {place.dir.string()};
  }
  SECTION("by their paths, beside a shared library") {
    place.params.build.libs = {"m", (place.dir / "libfirst.a").string(), (place.dir / "second.o").string()};
  }
  {
    Jit jit;
    CHECK(value(place.ask(jit)) == 31 + 4 + 1 + 6);
    CHECK(value(place.ask(jit)) == 32 + 4 + 1 + 6);
  }
  Jit fresh;
  CHECK(value(place.ask(fresh, true)) == 31 + 4 + 1 + 6);
  CHECK(fresh.counters().compiles == 0);
}

TEST_CASE("an object that build_object has put into the cache is linked like any other") {
  StaticPlace place(GENERATE(as<std::string>(), "orc", "dlopen"));
  {
    Jit jit;
    const std::string first = jit.build_object("first", "", first_source, {}, place.params);
    place.params.build.libs = {first, (place.dir / "second.o").string()};
    CHECK(value(place.ask(jit)) == 31 + 4 + 1 + 6);
  }
  Jit fresh;
  CHECK(value(place.ask(fresh, true)) == 31 + 4 + 1 + 6);
  CHECK(fresh.counters().compiles == 0);
}

TEST_CASE("a changed archive is noticed, and the old one again") {
  StaticPlace place(GENERATE(as<std::string>(), "orc", "dlopen"));
  place.params.build.libs = {"first", "second.o"};
  place.params.build.lib_dirs = {place.dir.string()};
  const auto compiled = [&](int expected) {
    Jit jit;
    CHECK(value(place.ask(jit)) == expected);
    return jit.counters().compiles;
  };
  CHECK(compiled(42) == 1);
  place.make_archive("libfirst.a", "int first(int n) { return n == -1 ? 7 : 0; }");
  CHECK(compiled(7) == 1);
  place.make_archive("libfirst.a", first_source);
  CHECK(compiled(42) == 0);
  fs::remove(place.dir / "libfirst.a");
  Jit jit;
  CHECK_THAT(thrown<LinkFailed>([&] { place.ask(jit); }).what(), Contains("'first'"));
}

TEST_CASE("a shared library goes before a static one in the same directory") {
  StaticPlace place(GENERATE(as<std::string>(), "orc", "dlopen"));
  place.make_archive("libone.a", "extern \"C\" int one() { return 1; }");
  place.make_object("one.o", "extern \"C\" int one() { return 2; }");
  REQUIRE(output_of("cd '" + place.dir.string() + "' && c++ -shared -o libone.so one.o") == "");
  place.params.build.libs = {"one"};
  place.params.build.lib_dirs = {place.dir.string()};
  Jit jit;
  CHECK(value(jit.jit("m", place.params,
                      gives("extern \"C\" int one(); extern \"C\" int value() { return one(); }"))) == 2);
}

TEST_CASE("a module in two tiers has one when it is linked with static libraries") {
  StaticPlace place;
  place.params.build.libs = {"first", "second.o"};
  place.params.build.lib_dirs = {place.dir.string()};
  place.params.build.tier = GENERATE(as<std::string>(), "auto", "quick");
  Jit jit;
  CHECK(value(place.ask(jit)) == 42);
  CHECK((jit.counters().quick == 0 && jit.counters().published == 1));
}

TEST_CASE("a static library that cannot be used is an error that names it") {
  StaticPlace place;
  const auto failure = [&](const std::string& file) {
    place.params.build.libs = {(place.dir / file).string()};
    Jit jit;
    return std::string(thrown<LinkFailed>([&] { place.ask(jit); }).what());
  };
  CHECK_THAT(failure("absent.a"), Contains("'user'") && Contains("absent.a") && Contains("does not exist"));
  write_text(place.dir / "text.a", "this is no archive");
  CHECK_THAT(failure("text.a"), Contains("'user'") && Contains("text.a"));
  place.make_archive("thin.a", first_source, "rcsT");
  CHECK_THAT(failure("thin.a"), Contains("thin.a") && Contains("ar rcs"));
  write_text(place.dir / "code.o", "?? LLVM");
  REQUIRE(output_of("cd '" + place.dir.string() + "' && ar rcs code.a member.o code.o") == "");
  for (const char* file : {"code.o", "code.a"}) {
    std::string content = read_text(place.dir / file);
    content.replace(content.find("?? LLVM"), 4, "BC\xC0\xDE");
    write_text(place.dir / file, content);
  }
  CHECK_THAT(failure("code.o"), Contains("code.o") && Contains("-flto"));
  CHECK_THAT(failure("code.a"), Contains("code.a") && Contains("-flto"));
  fs::create_directory(place.dir / "folder.o");
  CHECK_THAT(failure("folder.o"), Contains("folder.o', which cannot be read: Is a directory"));
  place.make_object("fixed.o", "extern char** environ; int first(int n) { return environ[n] != nullptr; }", "-fno-pie");
  CHECK_THAT(failure("fixed.o"), Contains("fixed.o") && Contains("-fPIC"));
  place.make_object("again.o", "extern \"C\" int value() { return 1; }");
  CHECK_THAT(failure("again.o"), Contains("again.o") && Contains("duplicate symbol"));
}

// Code that does not compile: the exception tells what and where, the failure directory reproduces it, and nothing else
// is left anywhere.
#include "tests/support/modules.h"

#include <dijitso/cache.h>

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

const char* const faulty = "#include <bad.h>\n#include <base.h>\nint f() {\n  return no_such_name + base();\n}\n";

struct Faulty {
  Place place;
  fs::path work = place.scratch / "work";
  fs::path temporary = place.scratch / "tmp";
  InDirectory in_directory{work};  // so that files left behind are seen
  Jit jit;

  Faulty() {
    fs::create_directory(temporary);
    setenv("TMPDIR", temporary.c_str(), 1);
    jit.jit("base", place.params, gives("int base() { return 1; }", "int base();\n"));
  }
  ~Faulty() { unsetenv("TMPDIR"); }

  CompileFailed fail(const Params& params) {
    return thrown<CompileFailed>([&] { jit.jit("bad", params, gives(faulty, "int f();\n", {"base"})); });
  }
};

}  // namespace

TEST_CASE("a source with an error") {
  Faulty faults;
  const std::vector<std::string> cached = files_below(faults.place.cache);
  const CompileFailed error = faults.fail(faults.place.params);
  CHECK_THAT(error.what(), Contains("'bad'") && Contains("bad.cpp:4:10") && Contains("no_such_name"));
  REQUIRE(error.diagnostics().size() == 1);
  const Diagnostic& diagnostic = error.diagnostics()[0];
  CHECK_THAT(diagnostic.file, Catch::Matchers::EndsWith("bad.cpp"));
  CHECK((diagnostic.line == 4 && diagnostic.column == 10 && diagnostic.severity == Severity::error));
  CHECK_THAT(diagnostic.message, Contains("undeclared identifier 'no_such_name'"));

  const FailureFiles& files = error.files();
  const fs::path dir = *faults.place.params.cache.fail_dir_root + "/jitfailure-bad";
  CHECK(files.fail_dir == dir.string());
  CHECK(names_in(dir) == std::vector<std::string>{"README", "bad.cpp", "bad.h", "base.h", "error.log", "recompile.sh"});
  CHECK(read_text(files.src_filename) == faulty);
  CHECK(read_text(dir / "bad.h") == "int f();\n");
  CHECK(read_text(dir / "base.h") == "int base();\n");
  CHECK_THAT(read_text(files.log_filename), Contains("no_such_name") && Contains("bad.cpp:4:10"));
  CHECK_THAT(read_text(files.readme_filename), Contains("recompile.sh"));
  CHECK(files.cmd_filename == (dir / "recompile.sh").string());

  CHECK(files_below(faults.place.cache) == cached);
  CHECK(names_in(faults.work).empty());
  CHECK(names_in(faults.temporary).empty());
}

TEST_CASE("recompile.sh gives the same error with an ordinary compiler, and none when the source is mended") {
  Faulty faults;
  faults.place.params.build.cxxflags.push_back("-DTEXT=\"it's\"");
  faults.place.params.build.include_dirs = {(faults.place.scratch / "a folder").string()};
  faults.jit.jit("base", faults.place.params, gives("int base() { return 1; }", "int base();\n"));
  const FailureFiles files = faults.fail(faults.place.params).files();
  const std::string run =
      "env CXX=g++ '" + files.cmd_filename + "' 2>'" + (faults.place.scratch / "out").string() + "'";
  CHECK(std::system(run.c_str()) != 0);
  CHECK_THAT(read_text(faults.place.scratch / "out"), Contains("bad.cpp:4:10") && Contains("no_such_name"));

  write_text(files.src_filename,
             "#include <bad.h>\n#include <base.h>\nconst char* text = TEXT;\nint f() { return base(); }\n");
  CHECK(std::system(run.c_str()) == 0);
  CHECK(fs::exists(fs::path(files.fail_dir) / "bad.o"));
}

TEST_CASE("recompile.sh finds the headers that the compile found: of dependencies, and those stored by hand") {
  Faulty faults;
  faults.place.params.cache.inc_postfix = ".hpp";
  const Params& params = faults.place.params;
  faults.jit.jit("base", params, gives("int base() { return 1; }", "int base();\n"));
  cache::store_inc("common", "#define COMMON 3\n", params.cache);
  const std::string source = "#include <bad.hpp>\n#include <base.hpp>\n#include <common.hpp>\n";
  const auto error = thrown<CompileFailed>(
      [&] { faults.jit.jit("bad", params, gives(source + "int f() { return mistake; }", "int f();\n", {"base"})); });
  const FailureFiles& files = error.files();
  CHECK_THAT(read_text(files.readme_filename), Contains("*.hpp"));
  write_text(files.src_filename, source + "int f() { return COMMON + base(); }");
  CHECK(std::system(("env CXX=g++ '" + files.cmd_filename + "'").c_str()) == 0);
  CHECK(fs::exists(fs::path(files.fail_dir) / "bad.o"));
}

TEST_CASE("the same text is not compiled twice, and mended text is") {
  Faulty faults;
  CHECK(faults.jit.counters().compiles == 1);
  const CompileFailed first = faults.fail(faults.place.params);
  CHECK(faults.jit.counters().compiles == 2);
  const CompileFailed second = faults.fail(faults.place.params);
  CHECK(faults.jit.counters().compiles == 2);
  CHECK(std::string(first.what()) == second.what());
  CHECK(value(faults.jit.jit("bad", faults.place.params, gives_value(9))) == 9);
  CHECK(faults.jit.counters().compiles == 3);
}

TEST_CASE("a failure that an edited header mends is tried again") {
  Place place;
  Jit jit;
  place.params.build.include_dirs = {place.scratch.path().string()};
  const Generate generate = gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }");
  CHECK_THROWS_AS(jit.jit("m", place.params, generate), CompileFailed);
  write_text(place.scratch / "number.h", "#define NUMBER mistake\n");
  CHECK_THROWS_AS(jit.jit("m", place.params, generate), CompileFailed);
  write_text(place.scratch / "number.h", "#define NUMBER 4\n");
  CHECK(value(jit.jit("m", place.params, generate)) == 4);
}

TEST_CASE("a compile that ran into its limit is tried again with another one") {
  Place place;
  Jit jit;
  std::string source = "extern \"C\" const int table[] = {";
  for (int i = 0; i < 300'000; ++i) source += "1, ";
  place.params.build.compile_memory = 1;
  const auto request = [&] { return jit.jit("large", place.params, gives(source + "0};\n")); };
  CHECK_THAT(thrown<CompileFailed>(request).what(), Contains("'large'") && Contains("build.compile_memory"));
  CHECK(jit.counters().published == 0);
  place.params.build.compile_memory = 0;
  request();
  CHECK(jit.counters().compiles == 2);
  place.params.build.compile_timeout = 3600;
  request();
  CHECK(jit.counters().compiles == 2);
}

TEST_CASE("code that is nested too deeply fails and says so") {
  Place place;
  Jit jit;
  std::string source = "int f(int x) { return ";
  for (int i = 0; i < 600'000; ++i) source += "- ";
  const CompileFailed error = thrown<CompileFailed>([&] { jit.jit("deep", place.params, gives(source + "x; }\n")); });
  CHECK_THAT(error.what(), Contains("'deep'") && Contains("nested too deeply"));
}

TEST_CASE("what LLVM would end the process for is an error, and the next compile works") {
  Place place;
  place.params.build.language = "c";
  place.params.build.tier = GENERATE(as<std::string>(), "full", "auto");
  const Generate uses_frame_pointer =
      gives("register long frame __asm__(\"rbp\");\nlong value(void) { return frame; }\n");
  Jit jit;
  const auto error = thrown<CompileFailed>([&] { jit.jit("m", place.params, uses_frame_pointer).first.find("value"); });
  CHECK_THAT(error.what(), Contains("the compiler gave up") && Contains("rbp"));
  CHECK(value(jit.jit("n", place.params, gives("int value(void) { return 3; }\n"))) == 3);
}

TEST_CASE("without fail_dir_root the failure directory is made in the current one") {
  Faulty faults;
  faults.place.params.cache.fail_dir_root.reset();
  const CompileFailed error = faults.fail(faults.place.params);
  CHECK(names_in(faults.work) == std::vector<std::string>{"jitfailure-bad"});
  CHECK(fs::path(error.files().fail_dir).is_absolute());
}

TEST_CASE("a failure directory that cannot be made does not hide the compiler's message") {
  Faulty faults;
  write_text(faults.place.scratch / "file", "");
  faults.place.params.cache.fail_dir_root = (faults.place.scratch / "file").string();
  const CompileFailed error = faults.fail(faults.place.params);
  CHECK_THAT(error.what(), Contains("no_such_name") && Contains("fail_dir_root"));
  CHECK(error.files().fail_dir.empty());
  CHECK(error.files().src_filename.empty());
}

TEST_CASE("a current directory that was removed does not hide the compiler's message") {
  Faulty faults;
  faults.place.params.cache.fail_dir_root.reset();
  fs::remove(faults.work);
  CHECK_THAT(faults.fail(faults.place.params).what(), Contains("no_such_name"));
}

TEST_CASE("flags that would load code or write files are refused, and nothing is cached") {
  Place place;
  Jit jit;
  const std::string flag = GENERATE(as<std::string>(), "-fplugin=/tmp/x.so", "-fpass-plugin=x.so", "-save-temps",
                                    "@file", "-o", "-MD", "--coverage", "/etc/passwd");
  CAPTURE(flag);
  place.params.build.cxxflags.push_back(flag);
  const auto error = thrown<InvalidArgument>([&] { jit.jit("m", place.params, gives_value(1)); });
  CHECK_THAT(error.what(), Contains(flag));
  CHECK(files_below(place.scratch.path()).empty());
}

TEST_CASE("flags for a linker are harmless") {
  Place place;
  place.params.build.cxxflags = {"-shared", "-fPIC", "-Wl,-z,now"};
  CHECK(value(Jit().jit("m", place.params, gives_value(1))) == 1);
}

TEST_CASE("flags that only another compiler knows are left out with one warning") {
  Place place;
  place.params.build.cxxflags.push_back("-fno-such-flag-at-all");
  const Warnings warnings;
  Jit jit;
  CHECK(value(jit.jit("one", place.params, gives_value(1))) == 1);
  CHECK(value(jit.jit("two", place.params, gives_value(2))) == 2);
  CHECK_THAT(warnings.only(), Contains("-fno-such-flag-at-all") && Contains("left out"));
}

TEST_CASE("signatures that could leave the cache are refused before anything is done") {
  Place place;
  Jit jit;
  const std::string signature = GENERATE(as<std::string>(), "../x", "a/b", "", std::string(300, 'a'), "-x", ".hidden",
                                         std::string("a\0b", 3), "a b", "a\nb", "\xff", "/etc/x");
  CAPTURE(signature);
  CHECK_THROWS_AS(jit.jit(signature, place.params, never), InvalidArgument);
  CHECK(names_in(place.scratch.path()).empty());
  CHECK(value(jit.jit(std::string(200, 'a'), place.params, gives_value(1))) == 1);
}

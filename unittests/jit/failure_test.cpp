#include "jit/build/failure.h"

#include "llvm-config/host.h"
#include "support/scratch.h"

#include <unistd.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

const std::string source =
    "#include \"module_1.h\"\n#include <dep_1.h>\nint f() {\n  return unknown_name + NUMBER + dep();\n}\n";

struct Failure {
  Scratch scratch;
  Params params;
  Request request;
  compilation::CompileRequest compiled;
  compilation::CompileResult result;

  Failure() {
    params.cache.fail_dir_root = scratch.path().string();
    params.build.cxx = "g++";
    request.signature = "module_1";
    request.target_triple = llvm_config::host_triple();
    request.arguments = {"-O1", "-DNUMBER=1"};
    compiled.signature = "module_1";
    compiled.source = source;
    compiled.headers = {{"module_1.h", "#pragma once\n"}, {"dep_1.h", "int dep();\n"}};
    result.diagnostics = {
        {"/dijitso/module_1.cpp", 1, 1, Severity::warning, "a warning before"},
        {"/dijitso/module_1.cpp", 4, 10, Severity::error, "use of undeclared identifier 'unknown_name'"}};
    result.diagnostics_text = "module_1.cpp:4:10: error: use of undeclared identifier 'unknown_name'\n";
  }
  CompileFailed make() { return make_compile_failure(compiled, result, request, params); }
};

// What a shell makes of a command: each word on a line of its own.
std::string words_of(const std::string& command) {
  const Scratch scratch;
  write_text(scratch / "script", "unset CXX CC\nfor word in " + command + "\ndo printf '%s\\n' \"[$word]\"\ndone\n");
  const std::string run = "cd '" + scratch.path().string() + "' && sh ./script > words";
  if (std::system(run.c_str()) != 0) return "the shell failed";
  return read_text(scratch / "words");
}

// Runs a script and gives what it prints; its exit status is put behind.
std::string run(const fs::path& script, const std::string& environment) {
  const Scratch scratch;
  const std::string output = scratch / "output";
  const int status =
      std::system(("cd / && " + environment + " '" + script.string() + "' > '" + output + "' 2>&1").c_str());
  return read_text(output) + "status " + std::to_string(WEXITSTATUS(status)) + "\n";
}

}  // namespace

TEST_CASE("a failed compile leaves what is needed to look into it") {
  Failure failure;
  const CompileFailed error = failure.make();
  const fs::path dir = failure.scratch / "jitfailure-module_1";
  CHECK(names_in(dir) ==
        std::vector<std::string>{"README", "dep_1.h", "error.log", "module_1.cpp", "module_1.h", "recompile.sh"});
  CHECK(read_text(dir / "module_1.cpp") == source);
  CHECK(read_text(dir / "dep_1.h") == "int dep();\n");
  CHECK(read_text(dir / "error.log") == failure.result.diagnostics_text);
  CHECK_THAT(read_text(dir / "README"), Contains("module_1") && Contains("recompile.sh"));
  CHECK(error.files().fail_dir == dir.string());
  CHECK(error.files().src_filename == (dir / "module_1.cpp").string());
  CHECK(error.files().cmd_filename == (dir / "recompile.sh").string());
  CHECK(error.files().readme_filename == (dir / "README").string());
  CHECK(error.files().log_filename == (dir / "error.log").string());
}

TEST_CASE("the exception says what is wrong, where, and where to look") {
  Failure failure;
  const CompileFailed error = failure.make();
  CHECK_THAT(error.what(), Contains("module 'module_1' does not compile: module_1.cpp:4:10: use of undeclared") &&
                               Contains(failure.result.diagnostics_text) && Contains("jitfailure-module_1"));
  REQUIRE(error.diagnostics().size() == 2);
  CHECK(error.diagnostics()[1].line == 4);
}

TEST_CASE("an error without a place is told without one") {
  Failure failure;
  failure.result.diagnostics = {{"", 0, 0, Severity::fatal, "too many errors"}};
  CHECK_THAT(failure.make().what(), Contains("does not compile: too many errors\n"));
  failure.result.diagnostics.clear();
  CHECK_THAT(failure.make().what(), Contains("the compiler gave no reason"));
}

TEST_CASE("recompile.sh reproduces the error with an ordinary compiler") {
  Failure failure;
  const fs::path script = failure.make().files().cmd_filename;
  const std::string output = run(script, "env -u CXX");
  CHECK_THAT(output, Contains("module_1.cpp:4:10: error:") && Contains("unknown_name"));
  CHECK_THAT(output, Contains("status 1\n"));
  CHECK_THAT(run(script, "env CXX='echo instead'"),
             Contains("instead -O1 -DNUMBER=1 -I. -idirafter ") && Contains(" -c module_1.cpp -o module_1.o\n"));
}

TEST_CASE("recompile.sh compiles once the source is mended") {
  Failure failure;
  failure.params.build.cxx = "env g++";
  const FailureFiles files = failure.make().files();
  write_text(files.src_filename, "#include <module_1.h>\nint f() { return NUMBER; }\n");
  CHECK(run(files.cmd_filename, "env -u CXX") == "status 0\n");
  CHECK(fs::exists(fs::path(files.fail_dir) / "module_1.o"));
}

TEST_CASE("C is reproduced with a C compiler") {
  Failure failure;
  failure.request.is_c = failure.compiled.is_c = true;
  const FailureFiles files = failure.make().files();
  CHECK(fs::path(files.src_filename).filename() == "module_1.c");
  CHECK_THAT(run(files.cmd_filename, "env -u CC"), Contains("module_1.c:4:10: error:"));
}

TEST_CASE("a second failure replaces what the first one left") {
  Failure failure;
  failure.make();
  failure.compiled.source = "another source\n";
  const CompileFailed error = failure.make();
  CHECK(read_text(error.files().src_filename) == "another source\n");
  CHECK(names_in(error.files().fail_dir).size() == 6);
}

TEST_CASE("a directory that cannot be made does not hide the message") {
  Failure failure;
  write_text(failure.scratch / "file", "");
  failure.params.cache.fail_dir_root = (failure.scratch / "file").string();
  const CompileFailed error = failure.make();
  CHECK_THAT(error.what(), Contains("module_1.cpp:4:10: use of undeclared") && Contains("set cache.fail_dir_root") &&
                               Contains((failure.scratch / "file").string()));
  CHECK(error.files().fail_dir.empty());
  CHECK(error.files().cmd_filename.empty());
  CHECK(error.diagnostics().size() == 2);
}

TEST_CASE("without a root the current directory is used, and one that is gone does not hide the message") {
  Failure failure;
  failure.params.cache.fail_dir_root.reset();
  fs::create_directory(failure.scratch / "cwd");
  const std::string fault = in_child([&] {
    fs::current_path(failure.scratch / "cwd");
    expect(failure.make().files().fail_dir == (fs::canonical(failure.scratch / "cwd") / "jitfailure-module_1"),
           "not here");
    fs::remove_all(failure.scratch / "cwd");
    const CompileFailed error = failure.make();
    expect(error.files().fail_dir.empty(), "there is a directory");
    expect(std::string(error.what()).find("use of undeclared") != std::string::npos, error.what());
  });
  CHECK(fault == "");
}

TEST_CASE("words of the command reach the shell as they are") {
  Request request;
  request.target_triple = llvm_config::host_triple();
  request.signature = "module_1";
  request.arguments = {
      "-DA=\"x y\"", "-DB='q'", "$(touch evil)", "`touch evil`", "; touch evil", "-DC=a\nb", "", "-DD=\\", "*", "~",
      "#x",          "!x",      "-DE={}",        "\xc3\xa9"};
  request.include_dirs = {"/a b/c"};
  Params params;
  params.cache.cache_dir = "/cache";
  params.build.cxx = "g++";
  CHECK(words_of(compile_command(request, params, "module_1.cpp")) ==
        "[g++]\n[-DA=\"x y\"]\n[-DB='q']\n[$(touch evil)]\n[`touch evil`]\n[; touch "
        "evil]\n[-DC=a\nb]\n[]\n[-DD=\\]\n[*]\n[~]\n[#x]"
        "\n[!x]\n[-DE={}]\n[\xc3\xa9]\n[-I.]\n[-I/a "
        "b/c]\n[-idirafter]\n[/cache/include]\n[-c]\n[module_1.cpp]\n[-o]\n[module_1.o]\n");
  params.build.cxx = "ccache $(touch evil) g++}";
  request.arguments = {};
  request.include_dirs = {};
  CHECK(words_of(compile_command(request, params, "m.cpp")) ==
        "[ccache]\n[$(touch]\n[evil)]\n[g++}]\n[-I.]\n[-idirafter]\n[/cache/"
        "include]\n[-c]\n[m.cpp]\n[-o]\n[module_1.o]\n");
}

TEST_CASE("the command names the processor") {
  Request request;
  request.signature = "m";
  request.target_triple = "x86_64-unknown-linux-gnu";
  request.target_cpu = "haswell";
  Params params;
  params.build.cxx = "g++";
  CHECK_THAT(compile_command(request, params, "m.cpp"), Contains(" -march=haswell "));
  request.target_triple = llvm_config::host_triple();
  request.target_features = {"avx"};
  CHECK_THAT(compile_command(request, params, "m.cpp"), Contains(" -march=native "));
  request.target_triple = "riscv64-unknown-linux-gnu";
  request.target_cpu = "sifive-u74";
  const std::string foreign = compile_command(request, params, "m.cpp");
  CHECK_THAT(foreign, Contains(" --target=riscv64-unknown-linux-gnu -mcpu=sifive-u74 ") && !Contains("native"));
}

TEST_CASE("the build log tells the command, the compiler and what it said") {
  compilation::CompileResult result;
  result.compiler_version = "clang version 22";
  result.dropped_flags = {"-fipa-pta"};
  result.diagnostics_text = "m.cpp:1:1: warning: x\n";
  const compilation::Clock::time_point begin;
  const auto after = [&](int ms) { return begin + std::chrono::milliseconds(ms); };
  result.steps = {{compilation::Step::frontend, begin, after(250)},
                  {compilation::Step::optimiser, after(250), after(1750)},
                  {compilation::Step::code_generation, after(1750), after(2250)}};
  CHECK_THAT(build_log("g++ -c m.cpp", result),
             Contains("Frontend: 0.250000 s, optimiser: 1.500000 s, code generation: 0.500000 s\n"));
  CHECK_THAT(build_log("g++ -c m.cpp", result), Contains("g++ -c m.cpp") && Contains("clang version 22") &&
                                                    Contains("-fipa-pta") && Contains("m.cpp:1:1: warning: x\n"));
}

TEST_CASE("a link, or somebody else's directory, in its place is not written to") {
  Failure failure;
  const fs::path dir = failure.scratch / "jitfailure-module_1", precious = failure.scratch / "precious";
  fs::create_directory(precious);
  fs::create_directory_symlink(precious, dir);
  CHECK_THAT(failure.make().what(), Contains("is not a directory of this user's own: remove it"));
  CHECK(names_in(precious).empty());
  if (::geteuid() != 0) return;  // only root can make another user's directory
  fs::remove(dir);
  fs::create_directory(dir);
  REQUIRE(::chown(dir.c_str(), 4711, 4711) == 0);
  CHECK_THAT(failure.make().what(), Contains("is not a directory of this user's own"));
  CHECK(names_in(dir).empty());
}

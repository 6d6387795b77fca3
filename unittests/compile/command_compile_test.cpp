// Compiles of files that a compiler command names.
#include "compile/compiler.h"
#include "compile/requests.h"
#include "support/scratch.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

CompileRequest file_request(const Scratch& scratch, std::string source, Flags flags = {}) {
  CompileRequest request;
  request.signature = "a_1";
  request.is_c = true;
  request.source = std::move(source);
  request.arguments = std::move(flags);
  request.directory = scratch.path().string();
  request.command = CommandSource{"src/a.c", "c", false};
  return request;
}

std::vector<std::string> names(const CompileResult& result) {
  std::vector<std::string> all;
  for (const NamedInput& input : result.inputs) all.push_back(input.name);
  return all;
}

std::vector<std::string> watched(const CompileResult& result) {
  std::vector<std::string> all;
  for (const HeaderRead& file : result.files) all.push_back(file.path);
  return all;
}

}  // namespace

TEST_CASE("names are relative to the directory of the command, and stay as they were given") {
  const Scratch scratch;
  fs::create_directories(scratch / "src");
  fs::create_directories(scratch / "include");
  write_text(scratch / "src/a.h", "#define A 1\n");
  write_text(scratch / "include/b.h", "#define B 2\n");
  const CompileResult result = compiler().compile(file_request(
      scratch, "#include \"a.h\"\n#include <b.h>\nint x = A + B; const char *n = __FILE__;\n", {"-Iinclude"}));
  REQUIRE(result.ok);
  CHECK(names(result) == std::vector<std::string>{"src/a.c", "src/a.h", "include/b.h"});
  CHECK(std::string(as_text(result.object)).find("src/a.c") != std::string::npos);
  CHECK(watched(result) == std::vector<std::string>{"include/b.h", "src/a.h"});
  CHECK_FALSE(result.uses_time);
}

TEST_CASE("files are watched under the names by which a command asks for them") {
  const Scratch scratch;
  fs::create_directories(scratch / "include");
  write_text(scratch / "include/b.h", "#define B 2\n");
  const std::string absolute = (scratch / "include").string();
  const auto watched_with = [&](const Flags& flags) {
    const CompileResult result = compiler().compile(file_request(scratch, "#include <b.h>\nint x = B;\n", flags));
    CHECK(result.ok);
    return watched(result);
  };
  CHECK(watched_with({"-I./include"}) == std::vector<std::string>{"./include/b.h", "include/b.h"});
  CHECK(watched_with({"-I" + absolute}) == std::vector<std::string>{absolute + "/b.h"});
  const CompileResult missed = compiler().compile(
      file_request(scratch, "#include <b.h>\nint x = B;\n", {"-Inone", "-I" + absolute + "2", "-Iinclude"}));
  CHECK(std::ranges::count(missed.missing, "none") == 1);
  CHECK(std::ranges::count(missed.missing, absolute + "2") == 1);
}

TEST_CASE("messages of a command are those of an ordinary compiler") {
  const Scratch scratch;
  const CompileResult result =
      compiler().compile(file_request(scratch, "int f(void) { int unused; return x; }\n", {"-Wall"}));
  CHECK_FALSE(result.ok);
  CHECK_THAT(result.diagnostics_text, Contains("src/a.c:1:34: error: use of undeclared identifier 'x'"));
  CHECK_THAT(result.diagnostics_text, Contains("1 error generated.") || Contains("1 warning and 1 error generated."));
}

TEST_CASE("a command may ask for what a module may not") {
  const Scratch scratch;
  for (const char* flag : {"-fno-pic", "-mno-red-zone", "-mno-sse2"}) {
    INFO(flag);
    CHECK(compiler().compile(file_request(scratch, "int f(void) { return 1; }\n", {flag})).ok);
  }
  for (const char* flag : {"-fplugin=x.so", "-fsanitize=address", "--coverage", "-m32", "-save-temps"}) {
    INFO(flag);
    CHECK_THROWS_WITH(compiler().compile(file_request(scratch, "int x;\n", {flag})),
                      Contains("option '") && Contains("is refused: "));
  }
  CHECK_THROWS_WITH(compiler().compile(file_request(scratch, "int x;\n", {"-fnonsense"})),
                    Contains("dijitso-cc: error: unknown argument: '-fnonsense'"));
}

TEST_CASE("the time in the code is noticed") {
  const Scratch scratch;
  for (const char* name : {"__DATE__", "__TIME__", "__TIMESTAMP__"})
    CHECK(compiler().compile(file_request(scratch, "const char *t = " + std::string(name) + ";\n")).uses_time);
}

TEST_CASE("a command line that does not compile has no steps but its answer") {
  CommandRequest request;
  request.program = "dijitso-cc";
  request.words = {"-dumpversion"};
  CHECK(compiler().plan_command(request).ok);
  CHECK(compiler().plan_command(request).jobs.empty());
  request.words = {"-x", "c", "-fsyntax-only", "/dev/null"};
  const CommandPlan plan = compiler().plan_command(request);
  REQUIRE(plan.ok);
  REQUIRE(plan.jobs.size() == 1);
  CHECK(plan.jobs[0].kind == CommandJob::Kind::compile);
  CHECK(compiler().run_job(plan.jobs[0], request));
  request.words = {"-fplugin=x.so", "/dev/null"};
  CHECK_THROWS_AS(compiler().plan_command(request), InvalidArgument);
}

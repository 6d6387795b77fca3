// With programs in the place of the reader that do not answer as it does; the real one is tested in tests/cli.
#include "cmdline/object_reader.h"

#include "unittests/support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;
using namespace dijitso::testing;
using namespace std::chrono_literals;

namespace {

// Asks a shell script about objects that are called one, two, ...
class Asked {
 public:
  explicit Asked(const std::string& script) {
    write_text(program_, "#!/bin/sh\n" + script);
    fs::permissions(program_, fs::perms::owner_all);
  }
  std::vector<ObjectAnswer> answers(std::vector<std::string> names, const ProcessLimits& limits = {}) const {
    std::ranges::reverse(names);
    return ask_program(
        program_, {"contents"},
        [&]() -> std::optional<VerifiedObject> {
          if (names.empty()) return std::nullopt;
          const VerifiedObject object{names.back(), std::make_shared<const Bytes>(Bytes{'x', '\n'})};
          names.pop_back();
          return object;
        },
        limits);
  }

 private:
  Scratch scratch_;
  fs::path program_ = scratch_ / "program";
};

constexpr const char* line = R"(echo '{"format": "f", "symbols": []}'
)";

}  // namespace

TEST_CASE("objects are given behind their lengths", "[object_reader]") {
  const auto answers = Asked(R"sh(printf '{"format": "%s"}\n' "$(od -An -tx1 | tr -d ' \n')")sh").answers({"one"});
  CHECK(answers.at(0).format == "0200000000000000780a");
}

TEST_CASE("each object has its answer", "[object_reader]") {
  CHECK(Asked(std::string(line) + line + "cat >/dev/null").answers({"one", "two"}).size() == 2);
  CHECK(Asked("cat >/dev/null").answers({}).empty());
  const auto answer =
      Asked(R"(cat >/dev/null; echo '{"symbols": [{"name": "n", "demangled": "d", "section": "", "binding": "weak",
      "type": "none", "address": 1, "size": 2, "defined": false}]}' | tr -d '\n'; echo)")
          .answers({"one"})
          .at(0);
  CHECK(answer.symbols.at(0).binding == "weak");
  CHECK(answer.symbols.at(0).size == 2);
}

TEST_CASE("the object that got no answer is named", "[object_reader]") {
  const auto error = [](const std::string& script, const ProcessLimits& limits = {}) {
    try {
      Asked(script).answers({"one", "two"}, limits);
    } catch (const CacheError& caught) {
      return std::string(caught.what());
    }
    return std::string("no error");
  };
  const std::string two = "the object in the entry 'two' cannot be read: ";
  CHECK(error(std::string(line) + "cat >/dev/null; echo reason >&2; exit 3") ==
        two + "dijitso-object-reader ended with exit code 3: reason");
  CHECK_THAT(error(std::string(line) + "cat >/dev/null; kill -SEGV $$"),
             Catch::StartsWith(two + "dijitso-object-reader was ended by signal 11"));
  CHECK(error(std::string(line) + "cat >/dev/null") == two + "dijitso-object-reader did not answer");
  CHECK(error(std::string(line) + "exec sleep 1000", {.wall = 200ms}) ==
        two + "dijitso-object-reader did not end within 200 ms");
  CHECK(error("cat >/dev/null; exec yes x", {.output = 1000}) ==
        "the object in the entry 'one' cannot be read: dijitso-object-reader does not answer as it should; install "
        "dijitso anew");
  CHECK(error(std::string(line) + R"(echo '{"error": "what LLVM says"}'; cat >/dev/null)") == two + "what LLVM says");
  for (const char* nonsense :
       {"echo", "echo 7", "echo '[]'", R"(echo '{"symbols": 7}')", R"(echo '{"symbols": [{"name": 7}]}')",
        R"(echo '{"sections": [{}]}')", R"(echo '{"functions": [[]]}')", R"(echo '{"format": []}')"}) {
    INFO(nonsense);
    CHECK(error(std::string(line) + nonsense + "; cat >/dev/null") ==
          two + "dijitso-object-reader does not answer as it should; install dijitso anew");
  }
  CHECK(error(std::string(line) + line + "cat >/dev/null; exit 3") == "dijitso-object-reader ended with exit code 3");
}

TEST_CASE("a program that is not there", "[object_reader]") {
  CHECK_THROWS_WITH(ask_program("/no/such/program", {}, [] { return std::nullopt; }),
                    "dijitso-object-reader cannot be started: No such file or directory");
}

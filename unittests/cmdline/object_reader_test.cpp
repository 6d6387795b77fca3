// With programs in the place of the reader that do not answer as it does, and hostile objects for the real one; what it
// says of real objects is tested in tests/cli.
#include "cmdline/objects/object_reader.h"

#include "unittests/cache/store_fixture.h"

#include <dijitso/cmdline.h>
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

TEST_CASE("a hostile object under a right digest is one error that names the entry", "[object_reader]") {
  // Its only section says that it is a table of symbols.
  const auto with_symbols = [](std::uint64_t entry_size, std::uint32_t names) {
    Bytes object = sample_object(std::string(48, 'x'));
    Elf64_Ehdr header;
    std::memcpy(&header, object.data(), sizeof header);
    Elf64_Shdr section;
    std::uint8_t* place = object.data() + header.e_shoff + sizeof section;
    std::memcpy(&section, place, sizeof section);
    section.sh_type = SHT_SYMTAB;
    section.sh_entsize = entry_size;
    section.sh_link = names;
    std::memcpy(place, &section, sizeof section);
    return object;
  };
  for (const Bytes& object : {with_symbols(24, 99), with_symbols(24, 2), with_symbols(0, 2), with_symbols(7, 2)}) {
    CachePlace place;
    place.write(encode(sample_entry(), object));
    const ParamsDict params = {{"cache", {{"cache_dir", Value(place.root().string())}}}};
    std::ostringstream out;
    const std::string message = "the object in the entry '" + place.file().string() + "' cannot be read: ";
    CHECK_THROWS_WITH(cmd_inspect({{"module", signature}}, params, out), Catch::StartsWith(message));
    CHECK_THROWS_AS(cmd_symbols({{"name", "x"}}, params, out), CacheError);
    CHECK(out.str().empty());
  }
  CachePlace place;
  place.write(encode(sample_entry(), sample_object()));
  std::ostringstream out;
  CHECK(cmd_inspect({{"module", signature}}, {{"cache", {{"cache_dir", Value(place.root().string())}}}}, out) == 0);
  CHECK_THAT(out.str(), Catch::Contains("needs     avx, avx2") && Catch::Contains("/a b/\\n\\x0a\\.h"));
}

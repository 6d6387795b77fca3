#include "cc/command_line.h"

#include "support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>
#include <filesystem>

using namespace dijitso;
using namespace dijitso::cc;
using Catch::Contains;
using Last = CommandLine::Last;
using Words = std::vector<std::string>;

namespace {

// Reads a command line where a.c, b.c, t.cpp, s.s, m.S, x.h, o.o and l.a are.
CommandLine read(Words words, const std::string& program = "dijitso-cc") {
  static const testing::Scratch& scratch = *[] {
    auto* made = new testing::Scratch;
    for (const char* name : {"a.c", "b.c", "t.cpp", "s.s", "m.S", "x.h", "o.o", "l.a", "p.i", "x.f90"})
      testing::write_text(made->path() / name, "");
    return made;
  }();
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  words.insert(words.begin(), program);
  try {
    CommandLine line = read_command_line(words);
    std::filesystem::current_path(before);
    return line;
  } catch (...) {
    std::filesystem::current_path(before);
    throw;
  }
}

Words languages(const CommandLine& line) {
  Words all;
  for (const Input& input : line.inputs) all.push_back(input.name + ":" + input.language);
  return all;
}

}  // namespace

TEST_CASE("inputs are what no option takes as its value") {
  const CommandLine line =
      read({"-c", "-o", "x.o", "-I", "include", "-DN", "a.c", "-MF", "b.c", "-Xlinker", "o.o", "-z", "now", "-O2"});
  CHECK(languages(line) == Words{"a.c:c"});
  CHECK(line.output == "x.o");
  CHECK(line.last == Last::object);
  CHECK(line.compile_flags == Words{"-I", "include", "-DN", "-O2"});
  CHECK(line.rule.file == "b.c");
}

TEST_CASE("values may be in the same word") {
  const CommandLine line = read({"-ox.o", "-Iinclude", "-xc", "a.c", "-MFrule", "-MTt", "-la"});
  CHECK(line.output == "x.o");
  CHECK(line.compile_flags == Words{"-Iinclude"});
  CHECK(line.rule.targets == Words{"t"});
}

TEST_CASE("the ending of a file tells its language, and -x for all files that follow") {
  CHECK(languages(read({"a.c", "t.cpp", "s.s", "m.S", "o.o", "l.a", "p.i"})) ==
        Words{"a.c:c", "t.cpp:c++", "s.s:assembler", "m.S:assembler-with-cpp", "o.o:", "l.a:", "p.i:cpp-output"});
  CHECK(languages(read({"a.c", "p.i", "o.o"}, "dijitso-c++")) == Words{"a.c:c++", "p.i:c++-cpp-output", "o.o:"});
  CHECK(languages(read({"-x", "c++", "a.c", "-x", "none", "a.c", "o.o"})) == Words{"a.c:c++", "a.c:c", "o.o:"});
  CHECK(languages(read({"-E", "-"})) == Words{"-:c"});
  CHECK(languages(read({"--", "a.c"})) == Words{"a.c:c"});
}

TEST_CASE("flags of the link are not in the key of a compile") {
  CHECK(read({"-c", "a.c", "-L/x", "-lm", "-Wl,-z,now", "-shared", "-static", "-rdynamic", "-pipe", "-T", "x"})
            .compile_flags.empty());
  CHECK(read({"-c", "a.c", "-pthread", "-undef", "-fPIC", "-std=c99"}).compile_flags ==
        Words{"-pthread", "-undef", "-fPIC", "-std=c99"});
}

TEST_CASE("the earliest last step counts") {
  CHECK(read({"a.c"}).last == Last::link);
  CHECK(read({"-c", "-S", "a.c"}).last == Last::assembly);
  CHECK(read({"-E", "-c", "a.c"}).last == Last::preprocess);
  CHECK(read({"-c", "-MM", "a.c"}).last == Last::preprocess);
  CHECK(read({"-fsyntax-only", "a.c"}).last == Last::check);
}

TEST_CASE("rules for make") {
  CHECK_FALSE(read({"-c", "a.c", "-MF", "x"}).rule.is_wanted);
  CHECK(read({"-c", "a.c", "-MD"}).rule.has_system_headers);
  CHECK_FALSE(read({"-c", "a.c", "-MMD", "-MP"}).rule.has_system_headers);
  CHECK(read({"-c", "a.c", "-MMD", "-MD"}).rule.has_system_headers);
  const RuleOptions rule = read({"-c", "a.c", "-MQ", "a b", "-MT", "a b", "-Wp,-MMD,x.d"}).rule;
  CHECK(rule.targets == Words{"a\\ b", "a b"});
  CHECK(rule.file == "x.d");
  CHECK(rule.is_wanted);
}

TEST_CASE("mistakes and what is refused are one sentence each") {
  const auto message = [](const Words& words) -> std::string {
    try {
      read(words);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message({}) == "no input files");
  CHECK(message({"-c"}) == "no input files");
  CHECK(message({"missing.c"}) == "no such file or directory: 'missing.c'");
  CHECK_THAT(message({"a.c", "-o"}), Contains("'-o' is missing"));
  CHECK_THAT(message({"-c", "a.c", "b.c", "-o", "x"}), Contains("cannot specify -o"));
  CHECK_THAT(message({"-c", "-"}), Contains("-E or -x required"));
  CHECK_THAT(message({"-c", "x.h"}), Contains("is a header"));
  CHECK_THAT(message({"-c", "x.f90"}), Contains("language 'f95'"));
  CHECK_THAT(message({"-x", "ada", "a.c"}), Contains("language 'ada'"));
  for (const char* word : {"-save-temps", "-save-temps=obj", "-fuse-ld=gold", "-fno-integrated-as", "-MJx"})
    CHECK_THAT(message({"-c", "a.c", word}), Contains("option '" + std::string(word) + "' is not supported: "));
  CHECK(message({"-E", "x.h"}).empty());
  CHECK(message({"-v"}).empty());
  CHECK(message({"--version"}).empty());
  CHECK(message({"-lm"}).empty());
}

TEST_CASE("link time optimisation is ignored with a warning") {
  const CommandLine line = read({"-flto", "-flto=thin", "a.c"});
  CHECK(line.warnings.size() == 2);
  CHECK(line.compile_flags.empty());
  CHECK(line.words.size() == 1);
}

TEST_CASE("a name without -o") {
  CHECK(default_output("src/a.b.c", ".o") == "a.b.o");
  CHECK(default_output("-", ".o") == "-.o");
}

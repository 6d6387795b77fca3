#include "cc/base_directory.h"

#include <catch2/catch.hpp>

using namespace dijitso::cc;
using Words = std::vector<std::string>;

namespace {

CommandLine line_of(const Words& inputs, Words flags) {
  CommandLine line;
  for (const std::string& input : inputs) line.inputs.push_back({input, input.ends_with(".a") ? "" : "c++"});
  line.compile_flags = std::move(flags);
  return line;
}

Words flags_with(const std::string& base, Words flags) {
  CommandLine line = line_of({}, std::move(flags));
  make_relative(line, base, "/home/me/project/build");
  return line.compile_flags;
}

}  // namespace

TEST_CASE("sources below the base directory become relative") {
  CommandLine line = line_of({"/home/me/project/src/a.cpp", "/usr/src/b.cpp", "c.cpp", "/home/me/project/l.a"}, {});
  make_relative(line, "/home/me/project", "/home/me/project/build");
  CHECK(line.inputs[0].name == "../src/a.cpp");
  CHECK(line.inputs[1].name == "/usr/src/b.cpp");
  CHECK(line.inputs[2].name == "c.cpp");
  CHECK(line.inputs[3].name == "/home/me/project/l.a");
}

TEST_CASE("directories of headers in flags become relative, joined or in the next word") {
  CHECK(flags_with("/home/me/project", {"-I/home/me/project/include", "-isystem", "/home/me/project/build/deps",
                                        "-O2"}) == Words{"-I../include", "-isystem", "deps", "-O2"});
  CHECK(flags_with("/home/me/project", {"-I", "/home/me/project/build"}) == Words{"-I", "."});
  CHECK(flags_with("/home/me/project/", {"-include/home/me/project/config.h"}) == Words{"-include../config.h"});
  CHECK(flags_with("/", {"-iquote/home/you"}) == Words{"-iquote../../../you"});
}

TEST_CASE("other paths stay") {
  for (const Words& flags :
       {Words{"-I/home/me/project2"}, Words{"-I/home/me/project/../other"}, Words{"-Iinclude"}, Words{"-I="},
        Words{"-DDIR=/home/me/project/data"}, Words{"-D", "/home/me/project/x"}, Words{"-include"}, Words{},
        Words{"-fmacro-prefix-map=/home/me/project=."}, Words{"--sysroot", "/home/me/project/root"}})
    CHECK(flags_with("/home/me/project", flags) == flags);
}

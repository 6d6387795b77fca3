#include "jit/request/header_packs.h"

#include "jit/build/compile_command.h"
#include "jit/build/failure.h"
#include "jit/request/key.h"
#include "support/packs/header_pack_writer.h"
#include "support/scratch.h"

#include <dijitso/build.h>
#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

using Words = std::vector<std::string>;

// A pack with one given directory, which lay at `path` and has one header, and one of the C library.
std::string make_pack(const Scratch& scratch, const std::string& name, const std::string& path,
                      const std::string& text = "int ufc;\n") {
  std::vector<DirectoryToPack> directories = {{HeaderKind::given, 0, {path}, {{"ufc.h", "ufc.h"}}},
                                              {HeaderKind::c, 0, {"/usr/include"}, {{"stdio.h", "stdio.h"}}}};
  const Bytes pack = make_header_pack(
      std::move(directories), [&](const std::string&) { return Bytes(as_bytes(text).begin(), as_bytes(text).end()); });
  write_text(scratch / name, as_text(pack));
  return (scratch / name).string();
}

Params params_with(const Words& packs, const Words& include_dirs, const Words& flags = {}) {
  Params params;
  params.cache.cache_dir = "/cache";
  params.build.cxx = "c++";
  params.build.header_packs = packs;
  params.build.include_dirs = include_dirs;
  params.build.cxxflags = flags;
  return params;
}

Request request_with(const Words& packs, const Words& include_dirs, const Words& flags = {}) {
  return make_request("module", params_with(packs, include_dirs, flags));
}

}  // namespace

TEST_CASE("without packs the key says nothing of them") {
  CHECK(request_with({}, {"/ufc"}).text == request_with({"default"}, {"/ufc"}).text);  // there is none beside the test
  CHECK_THAT(request_with({}, {}).text, !Contains("pack"));
}

TEST_CASE("directories in packs have the same names wherever they lie") {
  const Scratch scratch;
  const std::string here = make_pack(scratch, "a", "/home/a/ufc");
  const std::string there = make_pack(scratch, "b", "/opt/ufc/include");
  const Request request = request_with({here}, {"/home/a/ufc"}, {"-isystem", "/home/a/ufc", "-I/home/a/ufc", "-O2"});
  CHECK(
      request.text ==
      request_with({there}, {"/opt/ufc/include"}, {"-isystem", "/opt/ufc/include", "-I/opt/ufc/include", "-O2"}).text);
  const std::string name = "/dijitso-headers/" + request.header_packs[0]->directories()[0].name;
  CHECK(request.include_dirs == Words{name});
  CHECK(request.arguments == Words{"-isystem", name, "-I" + name, "-O2"});
  CHECK_THAT(request.text, Contains(request.header_packs[0]->digest().hex()) && !Contains("/home/a") &&
                               !Contains(scratch.path().string()));
  CHECK_FALSE(request.is_relative);
}

TEST_CASE("directories of which a pack knows nothing stay as they are") {
  const Scratch scratch;
  const Request request =
      request_with({make_pack(scratch, "a", "/home/a/ufc")}, {"/home/a/ufc2", "/home/a", "/home/a/ufc/sub"});
  CHECK(request.include_dirs == Words{"/home/a/ufc2", "/home/a", "/home/a/ufc/sub"});
}

TEST_CASE("what is in a pack, and the order of packs, is in the key") {
  const Scratch scratch;
  const std::string one = make_pack(scratch, "a", "/ufc"), two = make_pack(scratch, "b", "/ufc", "int edited;\n");
  const std::string text = request_with({one}, {"/ufc"}).text;
  CHECK(request_with({}, {"/ufc"}).text != text);
  CHECK(request_with({two}, {"/ufc"}).text != text);
  CHECK(request_with({one, two}, {"/ufc"}).text != request_with({two, one}, {"/ufc"}).text);
  CHECK(request_with({one, two}, {"/ufc"}).include_dirs.size() == 2);
  CHECK(request_with({one}, {"/ufc"}, {"-O1"}).text != text);
  CHECK(request_with({one}, {"/usr/include"}).include_dirs == Words{"/dijitso-headers/c"});
}

TEST_CASE("a pack is opened once by a process, which keeps it") {
  const Scratch scratch;
  const std::string pack = make_pack(scratch, "a", "/ufc");
  const std::string text = request_with({pack}, {"/ufc"}).text;
  make_pack(scratch, "a", "/ufc", "int edited;\n");
  CHECK(request_with({pack}, {"/ufc"}).text == text);
  fs::remove(pack);
  CHECK(request_with({pack}, {"/ufc"}).text == text);
}

TEST_CASE("a pack that is named and cannot be used is an error, each time until it can be") {
  const Scratch scratch;
  const std::string pack = (scratch / "a").string();
  CHECK_THROWS_AS(request_with({pack}, {}), CacheError);
  CHECK_THROWS_WITH(request_with({pack}, {}), Contains("'" + pack + "' cannot be opened"));
  write_text(pack, "no pack");
  CHECK_THROWS_WITH(request_with({pack}, {}), Contains("'" + pack + "' cannot be used"));
  make_pack(scratch, "a", "/ufc");
  CHECK_NOTHROW(request_with({pack}, {}));
}

TEST_CASE("the key of a pack that is named relative to the current directory says so") {
  const Scratch scratch;
  make_pack(scratch, "a", "/ufc");
  const fs::path before = fs::current_path();
  fs::current_path(scratch.path());
  CHECK(request_with({"a"}, {}).is_relative);
  CHECK(request_with({"./a"}, {}).text == request_with({(scratch / "a").string()}, {}).text);
  fs::current_path(before);
}

TEST_CASE("commands for people name packed directories as they were called") {
  const Scratch scratch;
  const std::string pack = make_pack(scratch, "a", "/home/a/ufc");
  const Params params = params_with({pack}, {"/home/a/ufc", "/real"}, {"-isystem/home/a/ufc"});
  const Words words = build::make_compile_command("a.cpp", "a.so", {}, params.build, params.cache);
  CHECK(Words(words.begin() + 1, words.begin() + 2) == Words{"-isystem/home/a/ufc"});
  CHECK(std::ranges::find(words, "-I/home/a/ufc") != words.end());
  CHECK(std::ranges::find(words, "-I/real") != words.end());
  const Request request = make_request("module", params);
  CHECK_THAT(compile_command(request, params, "a.cpp"),
             Contains("-I/home/a/ufc -I/real") && !Contains("dijitso-headers"));
}

TEST_CASE("a failed compile says which packs were used, and what a header is missing from") {
  const Scratch scratch;
  const std::string pack = make_pack(scratch, "a", "/home/a/ufc");
  Params params = params_with({pack}, {"/home/a/ufc"});
  params.cache.fail_dir_root = scratch.path().string();
  const Request request = make_request("module", params);
  compilation::CompileRequest compiled;
  compilation::CompileResult result;
  result.diagnostics = {{"/dijitso/module.cpp", 1, 1, Severity::fatal, "'dolfin.h' file not found"}};
  const CompileFailed failure = make_compile_failure(compiled, result, request, params);
  const std::string line = request.header_packs[0]->digest().hex() + " '" + pack + "'\n";
  CHECK_THAT(failure.what(), Contains(line) && Contains("'dijitso-cache pack-headers'"));
  CHECK_THAT(read_text(failure.files().cmd_filename), Contains("#   " + line) && Contains("-I/home/a/ufc"));
  result.diagnostics = {{"/dijitso/module.cpp", 1, 1, Severity::error, "expected ';'"}};
  CHECK_THAT(make_compile_failure(compiled, result, request, params).what(), !Contains("dijitso-cache pack-headers"));
}

TEST_CASE("the packs of parameters are told, and verified when one is read") {
  const Scratch scratch;
  const std::string pack = make_pack(scratch, "a", "/home/a/ufc");
  const std::vector<build::HeaderPackFacts> used = build::header_packs(params_with({"default", pack}, {}).build);
  REQUIRE(used.size() == 1);
  CHECK(used[0].file == pack);
  CHECK(used[0].bytes == fs::file_size(pack));
  REQUIRE(used[0].directories.size() == 2);
  CHECK(used[0].directories[0].kind == "include directory");
  CHECK(used[0].directories[0].paths == Words{"/home/a/ufc"});
  CHECK(used[0].directories[1].name == "c");
  CHECK(build::read_header_pack(pack).digest == used[0].digest);
  std::string damaged = read_text(pack);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  write_text(pack, damaged);
  CHECK_THROWS_AS(build::read_header_pack(pack), CacheError);
}

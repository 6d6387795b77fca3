#include "compile/driver/system_headers.h"

#include "packs.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// The directories that are searched without being named, with a sign of what they are.
std::vector<std::string> searched(CompileRequest request) {
  request.header_packs = {pack_of(small_system())};
  ArgumentTranslator translator;
  const std::vector<std::string>& arguments = translator.translate(request).arguments;
  std::vector<std::string> found;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == "-internal-isystem") found.push_back(arguments[i + 1]);
    if (arguments[i] == "-internal-externc-isystem") found.push_back("C " + arguments[i + 1]);
  }
  return found;
}

std::vector<std::string> searched_with(Flags flags) { return searched(cxx_request("", std::move(flags))); }

const std::string cxx = "/dijitso-headers/c++", clang_own = "/dijitso-headers/clang", c = "C /dijitso-headers/c";

}  // namespace

TEST_CASE("the system's directories are those that an ordinary compile searches") {
  ArgumentTranslator translator;
  const std::vector<SystemDirectory> found = system_directories(translator, false);
  const auto has = [&](HeaderKind kind, const std::string& header) {
    return std::ranges::any_of(
        found, [&](const auto& one) { return one.kind == kind && fs::exists(fs::path(one.path) / header); });
  };
  CHECK(has(HeaderKind::cxx, "vector"));
  CHECK(has(HeaderKind::cxx, "bits/c++config.h"));
  CHECK(has(HeaderKind::clang, "stddef.h"));
  CHECK(has(HeaderKind::c, "stdio.h"));
  CHECK_FALSE(has(HeaderKind::c, "vector"));
  CHECK(std::ranges::is_sorted(found, {}, [](const auto& one) { return std::pair(one.kind, one.place); }));
}

TEST_CASE("packs with Clang's headers stand for the system's") {
  CHECK_FALSE(has_system_headers({}));
  CHECK_FALSE(has_system_headers({pack_of({{HeaderKind::given, 0, {{"a.h", ""}}}})}));
  CHECK(has_system_headers({pack_of(small_system())}));
}

TEST_CASE("packed directories are searched as the driver has them searched") {
  CHECK(searched_with({}) == std::vector<std::string>{cxx, clang_own, c});
  CompileRequest of_c = cxx_request("", {});
  of_c.is_c = true;
  CHECK(searched(of_c) == std::vector<std::string>{clang_own, c});
  CHECK(searched_with({"-nostdinc++"}) == std::vector<std::string>{clang_own, c});
  CHECK(searched_with({"-nobuiltininc"}) == std::vector<std::string>{cxx, c});
  CHECK(searched_with({"-nostdlibinc"}) == std::vector<std::string>{clang_own});
  CHECK(searched_with({"-nostdinc"}).empty());
  CHECK(searched_with({"-ffreestanding", "-O3"}) == std::vector<std::string>{cxx, clang_own, c});
}

TEST_CASE("flags that ask for other system headers than the packs have are refused") {
  CHECK_THAT(thrown_by<InvalidArgument>([] { searched_with({"-stdlib=libc++"}); }),
             Contains("no headers of the libc++"));
  for (const char* flag : {"--sysroot=/opt", "-isysroot/opt", "--gcc-toolchain=/opt"})
    CHECK_THAT(thrown_by<InvalidArgument>([&] { searched_with({flag}); }), Contains("asks for system headers other"));
  CHECK_THAT(thrown_by<InvalidArgument>([] { searched_with({"--gcc-install-dir=/opt"}); }),
             Contains("does not contain a GCC"));
}

TEST_CASE("headers of a pack are compiled, and the machine's are not seen") {
  CompileRequest request =
      cxx_request("#include <cmath>\n#include <stddef.h>\nsize_t f() { return sizeof(sin(1.0)); }\n",
                  {"-O1", "-Wall", "-Wextra", "-Werror"});
  request.header_packs = {pack_of(small_system())};
  const CompileResult result = compiler().compile(request);
  CHECK(result.diagnostics_text.empty());  // the unused variable is the system's
  REQUIRE(result.ok);
  CHECK(is_object(result.object));
  CHECK(result.files.empty());  // the key has them

  request.source = "#include <vector>\n";
  const CompileResult missing = compiler().compile(request);
  CHECK_FALSE(missing.ok);
  CHECK_THAT(missing.diagnostics_text, Contains("'vector' file not found"));
}

TEST_CASE("messages name packed headers") {
  CompileRequest request = cxx_request("#include <bad.h>\n");
  request.header_packs = {pack_of({{HeaderKind::given, 0, {{"bad.h", "int a\n"}}}})};
  const std::string place = place_in(*request.header_packs[0]);
  request.include_dirs = {place};
  const CompileResult result = compiler().compile(request);
  CHECK_FALSE(result.ok);
  CHECK_THAT(place, Contains("/dijitso-headers/bad-"));
  CHECK_THAT(result.diagnostics_text, Contains(place + "/bad.h:1:6: error"));
}

TEST_CASE("a pack without the system's headers is used beside those of the machine") {
  const Scratch scratch;
  write_text(scratch / "real.h", "using real = double;\n");
  CompileRequest request = cxx_request(
      "#include <cmath>\n#include <real.h>\n#include <packed.h>\nreal f(packed x) { return std::sin(x); }\n");
  request.header_packs = {pack_of({{HeaderKind::given, 0, {{"packed.h", "using packed = double;\n"}}}})};
  request.include_dirs = {place_in(*request.header_packs[0]), scratch.path().string()};
  const CompileResult result = compiler().compile(request);
  CHECK(result.diagnostics_text.empty());
  REQUIRE(result.ok);
  const auto is_read = [&](const std::string& end) {
    return std::ranges::any_of(result.files, [&](const HeaderRead& file) { return file.path.ends_with(end); });
  };
  CHECK(is_read("/real.h"));
  CHECK(is_read("/bits/c++config.h"));
  CHECK_FALSE(is_read("/packed.h"));
}

TEST_CASE("headers of a pack can be precompiled, and give the same object") {
  CompileRequest request =
      cxx_request("#include <cmath>\n#include <big.h>\ndouble f(double x) { return sin(x) + big<3>(x); }\n", {"-O2"});
  request.header_packs = {
      pack_of(small_system()),
      pack_of({{HeaderKind::given,
                0,
                {{"big.h", "#pragma once\ntemplate <int n> double big(double x) { return n * x; }\n"}}}})};
  request.include_dirs = {place_in(*request.header_packs[1])};
  request = planned(std::move(request));
  REQUIRE_FALSE(request.header_plan.preludes.empty());
  const Precompiled precompiled = compiler().precompile(request, request.header_plan.preludes.front().text);
  REQUIRE_FALSE(precompiled.pch.empty());
  CHECK(precompiled.files.empty());
  const CompileResult with = compiler().compile(request, &precompiled);
  CHECK(with.used_precompiled);
  REQUIRE(with.ok);
  CHECK(with.object == compiler().compile(request).object);
}

TEST_CASE("the machine's own directories come last, on request, where they exist") {
  CompileRequest request = cxx_request("", {});
  const auto last = [&] {
    ArgumentTranslator translator;
    const std::vector<std::string>& arguments = translator.translate(request).arguments;
    std::vector<std::string> found;
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
      if (arguments[i] == "-idirafter") found.push_back(arguments[i + 1]);
    return found;
  };
  const Scratch scratch;
  write_text(scratch / "headers.pack", as_text(make_header_pack({{HeaderKind::clang, 0, {"/was"}, {}},
                                                                 {HeaderKind::cxx, 0, {scratch.path()}, {}},
                                                                 {HeaderKind::c, 0, {scratch.path()}, {}},
                                                                 {HeaderKind::c, 1, {"/does/not/exist"}, {}}},
                                                                [](const std::string&) { return Bytes(); })));
  request.header_packs = {HeaderPack::open(scratch / "headers.pack")};
  CHECK(last().empty());
  request.machine_headers = true;
  std::vector<std::string> expected = {scratch.path()};
  if (fs::exists("/usr/local/include")) expected.insert(expected.begin(), "/usr/local/include");
  CHECK(last() == expected);
  request.arguments = {"-nostdlibinc"};
  CHECK(last().empty());
}

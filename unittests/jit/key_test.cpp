#include "jit/request/key.h"

#include "cache/format/layout.h"
#include "llvm-config/host.h"
#include "params/surroundings.h"

#include <dijitso/error.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace dijitso;
using Catch::Contains;
using surroundings::CurrentDirectory;
using surroundings::TemporaryCurrentDirectory;
using surroundings::TemporaryDirectory;
using surroundings::Variable;

namespace {

using Flags = std::vector<std::string>;

Params sample() {
  Params params;
  params.cache.cache_dir = "/cache";
  params.build.cxx = "c++";
  params.build.cxxflags = {"-Wall", "-std=c++11"};
  params.build.cxxflags_debug = {"-g", "-O0"};
  params.build.cxxflags_opt = {"-O3"};
  params.generator = {{"degree", 1}, {"form", "poisson"}};
  return params;
}

template <class Change>
Request request_after(Change change) {
  Params params = sample();
  change(params);
  return make_request("module_1", params);
}

Request plain() { return make_request("module_1", sample()); }

Flags arguments_of(Flags flags) {
  return request_after([&](Params& p) {
           p.build.cxxflags = std::move(flags);
           p.build.cxxflags_opt = {};
         })
      .arguments;
}

}  // namespace

TEST_CASE("the key is the same for the same request") {
  CHECK(plain().text == plain().text);
  CHECK(plain().digest == blake3(plain().text));
  CHECK_THAT(plain().text,
             Contains("module_1") && Contains(std::string(llvm_config::llvm_revision())) &&
                 Contains("\ntarget " + llvm_config::triple_without_vendor(llvm_config::host_triple()) + "\n") &&
                 Contains(std::string(llvm_config::llvm_version())));
}

TEST_CASE("everything that can change the code changes the key") {
  std::set<std::string> texts = {plain().text};
  std::set<Digest> digests = {plain().digest};
  const auto is_new = [&](auto change) {
    const Request request = request_after(change);
    const bool new_digest = digests.insert(request.digest).second;
    return texts.insert(request.text).second && new_digest;
  };
  CHECK(is_new([](Params& p) { p.build.cxxflags = {"-std=c++11", "-Wall"}; }));
  CHECK(is_new([](Params& p) { p.build.cxxflags = {"-Wall -std=c++11"}; }));
  CHECK(is_new([](Params& p) { p.build.cxxflags = {}; }));
  CHECK(is_new([](Params& p) { p.build.cxxflags.push_back(""); }));
  CHECK(is_new([](Params& p) { p.build.cxxflags_opt = {"-O2"}; }));
  CHECK(is_new([](Params& p) { p.build.debug = true; }));
  CHECK(is_new([](Params& p) {
    p.build.debug = true;
    p.build.cxxflags_debug = {"-g3"};
  }));
  CHECK(is_new([](Params& p) { p.build.include_dirs = {"/one", "/two"}; }));
  CHECK(is_new([](Params& p) { p.build.include_dirs = {"/two", "/one"}; }));
  CHECK(is_new([](Params& p) { p.build.libs = {"m"}; }));
  CHECK(is_new([](Params& p) { p.build.lib_dirs = {"/opt/lib"}; }));
  CHECK(is_new([](Params& p) { p.build.rpath_dirs = {"/opt/lib"}; }));
  CHECK(is_new([](Params& p) { p.build.target_cpu = "native"; }));
  CHECK(is_new([](Params& p) { p.build.language = "c"; }));
  CHECK(is_new([](Params& p) { p.cache.src_postfix = ".c"; }));
  CHECK(is_new([](Params& p) { p.cache.inc_postfix = ".hpp"; }));
  CHECK(is_new([](Params& p) { p.cache.inc_dir = "inc"; }));
  CHECK(is_new([](Params& p) { p.generator["degree"] = 2; }));
  CHECK(is_new([](Params& p) { p.generator["degree"] = 1.0; }));
  CHECK(is_new([](Params& p) { p.generator["degree"] = "1"; }));
  CHECK(is_new([](Params& p) { p.generator["degree"] = true; }));
  CHECK(is_new([](Params& p) { p.generator["degree"] = Value(); }));
  CHECK(is_new([](Params& p) { p.generator.erase("degree"); }));
  CHECK(is_new([](Params& p) { p.generator["form\" = \"poisson"] = 1; }));
  CHECK(texts.insert(make_request("module_2", sample()).text).second);
}

TEST_CASE("the compiler's environment is part of the key") {
  std::set<std::string> texts = {plain().text};
  for (const char* name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "SOURCE_DATE_EPOCH"}) {
    INFO(name);
    const Variable variable(name, "1");
    CHECK(texts.insert(plain().text).second);
  }
}

TEST_CASE("what cannot change the code does not change the key") {
  const std::string text = plain().text;
  CHECK(request_after([](Params& p) { p.cache.cache_dir = "/elsewhere"; }).text == text);
  CHECK(request_after([](Params& p) { p.cache.claim_timeout = 1; }).text == text);
  CHECK(request_after([](Params& p) { p.cache.readonly_dirs = {"/site"}; }).text == text);
  CHECK(request_after([](Params& p) { p.cache.fail_dir_root = "/tmp"; }).text == text);
  CHECK(request_after([](Params& p) { p.build.cxx = "another"; }).text == text);
  CHECK(request_after([](Params& p) { p.build.compile_timeout = 60; }).text == text);
  CHECK(request_after([](Params& p) { p.build.compile_memory = 1000; }).text == text);
  CHECK(request_after([](Params& p) {
          p.generator.clear();
          p.generator["form"] = "poisson";
          p.generator["degree"] = 1;
        }).text == text);
  const TemporaryCurrentDirectory directory;
  CHECK(plain().text == text);
}

TEST_CASE("modules of the same build parameters share the build digest") {
  const Digest build = plain().build;
  CHECK(make_request("module_2", sample()).build == build);
  CHECK(request_after([](Params& p) { p.generator["degree"] = 2; }).build == build);
  CHECK(request_after([](Params& p) { p.cache.cache_dir = "/elsewhere"; }).build == build);
  CHECK(request_after([](Params& p) { p.build.cxxflags_opt = {"-O2"}; }).build != build);
  CHECK(request_after([](Params& p) { p.build.debug = true; }).build != build);
  CHECK(request_after([](Params& p) { p.build.target_cpu = "native"; }).build != build);
}

TEST_CASE("the flags are those for debugging or for optimizing, after the general ones") {
  CHECK(plain().arguments == Flags{"-Wall", "-std=c++11", "-O3"});
  CHECK(request_after([](Params& p) { p.build.debug = true; }).arguments == Flags{"-Wall", "-std=c++11", "-g", "-O0"});
}

TEST_CASE("debugging implies -g unless the flags say what debug information they want") {
  const auto arguments = [](Flags general, Flags debug) {
    return request_after([&](Params& p) {
             p.build.debug = true;
             p.build.cxxflags = general;
             p.build.cxxflags_debug = debug;
           })
        .arguments;
  };
  CHECK(arguments({"-Wall"}, {"-O0"}) == Flags{"-Wall", "-O0", "-g"});
  CHECK(arguments({"-Wall"}, {"-g0"}) == Flags{"-Wall", "-g0"});
  CHECK(arguments({"-gline-tables-only"}, {"-O1"}) == Flags{"-gline-tables-only", "-O1"});
  CHECK(request_after([](Params& p) { p.build.cxxflags_opt = {"-O2"}; }).arguments.back() == "-O2");
}

TEST_CASE("the language follows from the parameters") {
  const auto is_c = [](const std::string& language, const std::string& postfix) {
    return request_after([&](Params& p) {
             p.build.language = language;
             p.cache.src_postfix = postfix;
           })
        .is_c;
  };
  CHECK_FALSE(is_c("auto", ".cpp"));
  CHECK(is_c("auto", ".c"));
  CHECK(is_c("c", ".cpp"));
  CHECK_FALSE(is_c("c++", ".c"));
  CHECK_FALSE(is_c("auto", ".C"));
}

TEST_CASE("a standard of the other language says nothing, and C without one is gnu17") {
  const auto arguments = [](const std::string& language, Flags flags) {
    return request_after([&](Params& p) {
             p.build.language = language;
             p.build.cxxflags = std::move(flags);
           })
        .arguments;
  };
  CHECK(arguments("c", {"-Wall", "-std=c++11"}) == Flags{"-Wall", "-O3", "-std=gnu17"});
  CHECK(arguments("c", {"--std=gnu++20"}) == Flags{"-O3", "-std=gnu17"});
  CHECK(arguments("c", {}) == Flags{"-O3", "-std=gnu17"});
  CHECK(arguments("c", {"-std=c99", "-std=c++11"}) == Flags{"-std=c99", "-O3"});
  CHECK(arguments("c", {"--std=c11"}) == Flags{"--std=c11", "-O3"});
  CHECK(arguments("c", {"-ansi"}) == Flags{"-ansi", "-O3"});
  CHECK(arguments("c++", {"-std=gnu17", "-Wall"}) == Flags{"-Wall", "-O3"});
  CHECK(arguments("c++", {"-std=c++20", "-std=c99"}) == Flags{"-std=c++20", "-O3"});
  CHECK(arguments("c++", {"-ansi"}) == Flags{"-ansi", "-O3"});
}

TEST_CASE("a flag -march is resolved and never kept as it stands") {
  const Request native = request_after([](Params& p) { p.build.cxxflags = {"-Wall", "-march=native"}; });
  CHECK(native.arguments == Flags{"-Wall", "-O3"});
  CHECK(native.target_features == llvm_config::host_features());
  CHECK(native.target_cpu == llvm_config::resolve_target("native").cpu);
  CHECK_THAT(native.text, Contains("features") && Contains(llvm_config::host_features().front()));

  CHECK(plain().target_features.empty());
  CHECK(plain().target_cpu == llvm_config::resolve_target("baseline").cpu);
}

#if defined(__x86_64__)
TEST_CASE("the last -march wins, over build.target_cpu too") {
  const Request request = request_after([](Params& p) {
    p.build.target_cpu = "native";
    p.build.cxxflags = {"-march=znver2"};
    p.build.cxxflags_opt = {"-march=haswell", "-mtune=native"};
  });
  CHECK(request.target_cpu == "haswell");
  CHECK(request.target_features.empty());
  CHECK(request.arguments == Flags{"-mtune=native"});
  CHECK(request_after([](Params& p) { p.build.target_cpu = "haswell"; }).target_cpu == "haswell");
}
#endif

TEST_CASE("an unknown processor is an error") {
  CHECK_THROWS_AS(request_after([](Params& p) { p.build.target_cpu = "nonsense"; }), InvalidArgument);
  CHECK_THROWS_WITH(request_after([](Params& p) { p.build.cxxflags = {"-march=nonsense"}; }), Contains("'nonsense'"));
}

TEST_CASE("relative directories are made absolute") {
  const TemporaryCurrentDirectory directory;
  const std::string here = directory.path();
  CHECK(arguments_of({"-Iinc", "-I", "inc", "-isystem", "sys", "-isystem../sys", "-iquote", ".", "-idirafter/abs",
                      "-I/a/../b", "-DI=-Ix"}) == Flags{"-I" + here + "/inc", "-I", here + "/inc", "-isystem",
                                                        here + "/sys", "-isystem" + here + "/../sys", "-iquote", here,
                                                        "-idirafter/abs", "-I/a/../b", "-DI=-Ix"});
  CHECK(request_after([](Params& p) { p.build.include_dirs = {"inc", "/abs"}; }).include_dirs ==
        Flags{here + "/inc", "/abs"});
}

TEST_CASE("the key of what is relative depends on where it lies, and says so") {
  using Change = void (*)(Params&);
  const Change change = GENERATE(
      as<Change>(), [](Params& p) { p.build.include_dirs = {"inc"}; }, [](Params& p) { p.build.lib_dirs = {"lib"}; },
      [](Params& p) { p.build.rpath_dirs = {"lib"}; }, [](Params& p) { p.build.libs = {"./libx.so"}; },
      [](Params& p) { p.build.cxxflags = {"-Iinc"}; }, [](Params& p) { p.build.cxxflags = {"-Llib"}; },
      [](Params& p) { p.build.cxxflags = {"--sysroot=root"}; });
  const auto request_in = [&](const TemporaryDirectory& directory) {
    const CurrentDirectory in(directory.path());
    return request_after(change);
  };
  const TemporaryDirectory one, two;
  CHECK(request_in(one).text == request_in(one).text);
  CHECK(request_in(one).text != request_in(two).text);
  CHECK(request_in(one).is_relative);
}

TEST_CASE("what names no file of the current directory does not depend on it") {
  const Request request = request_after([](Params& p) {
    p.build.cxxflags = {"-I/inc"};
    p.build.include_dirs = p.build.lib_dirs = {"/dir"};
    p.build.rpath_dirs = {"/dir", "$ORIGIN/../lib"};
    p.build.libs = {"m", "/dir/libx.so"};
  });
  CHECK_FALSE(request.is_relative);
  CHECK(request.rpath_dirs == Flags{"/dir", "$ORIGIN/../lib"});
  CHECK(request.libs == Flags{"m", "/dir/libx.so"});
  // A forced include is sought here first, even when it is not here now.
  CHECK(request_after([](Params& p) { p.build.cxxflags = {"-include", "cmath"}; }).is_relative);
}

TEST_CASE("a relative directory in a current directory that was removed is an error that names it") {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path("gone"));
  const CurrentDirectory in(directory.path("gone"));
  std::filesystem::remove(directory.path("gone"));
  CHECK_THROWS_AS(request_after([](Params& p) { p.build.include_dirs = {"inc"}; }), InvalidArgument);
  CHECK_THROWS_WITH(request_after([](Params& p) { p.build.cxxflags = {"-Iinc"}; }), Contains("'inc' is relative"));
  CHECK_NOTHROW(request_after([](Params& p) { p.build.cxxflags = {"-include", "cmath"}; }));
}

TEST_CASE("a flag without the name that it needs is an error") {
  CHECK_THROWS_WITH(arguments_of({"-I", ""}), Contains("empty name"));
  CHECK_THROWS_WITH(arguments_of({"-O2", "-include"}), Contains("'-include' needs a value"));
  CHECK_THROWS_AS(request_after([](Params& p) {
                    p.build.cxxflags = {"-I"};
                    p.build.cxxflags_opt = {"-O2"};
                  }),
                  InvalidArgument);
}

TEST_CASE("a forced include is the file here, or else a header like any other") {
  const TemporaryCurrentDirectory directory;
  directory.write("here.h", "");
  const std::string here = directory.path("here.h");
  CHECK(arguments_of({"-include", "here.h", "-include", "cmath", "-imacros", "here.h", "-includehere.h"}) ==
        Flags{"-include", here, "-include", "cmath", "-imacros", here, "-include" + here});
}

TEST_CASE("malformed signatures are refused with the rule") {
  const std::vector<std::string> bad = {
      "../x", "a/b", "", std::string(201, 'a'), "-x", ".x", std::string("a\0b", 3), "a b", "a\nb", "\xc3\xa9", "a;b"};
  for (const std::string& signature : bad) {
    INFO(signature);
    CHECK_THROWS_AS(make_request(signature, sample()), InvalidArgument);
    CHECK_THROWS_WITH(make_request(signature, sample()), Contains("signature") && Contains("letters, digits"));
  }
  CHECK_NOTHROW(make_request(std::string(200, 'a'), sample()));
  CHECK_NOTHROW(make_request("a.B-c+d_1", sample()));
}

namespace {

Request for_triple(const std::string& triple, const std::string& cpu = "baseline") {
  return request_after([&](Params& p) {
    p.build.target_triple = triple;
    p.build.target_cpu = cpu;
  });
}

}  // namespace

TEST_CASE("the triple of this machine is the same as none") {
  CHECK(for_triple(llvm_config::host_triple()).text == plain().text);
  CHECK(for_triple(llvm_config::triple_without_vendor(llvm_config::host_triple())).text == plain().text);
  CHECK_FALSE(is_foreign(plain()));
  CHECK_FALSE(is_foreign(plain().text));
  CHECK_THAT(plain().text, !Contains("target_triple"));
}

// But for the lines that say so, and what an empty name of a processor leaves out, the text of another kind of machine
// is that of this one: such a machine writes the very same of itself.
TEST_CASE("the key for another kind of machine is the one that such a machine computes") {
  const Request arm = for_triple("aarch64-linux-gnu");
  if (!is_foreign(arm)) return;  // this is one: the test above holds
  CHECK(is_foreign(arm.text));
  CHECK(target_of(arm.text) == "aarch64-linux-gnu");
  CHECK(arm.target_triple == "aarch64-unknown-linux-gnu");
  for (const char* same : {"aarch64-unknown-linux-gnu", "arm64-linux-gnu", "aarch64-redhat-linux-gnu"})
    CHECK(for_triple(same).text == arm.text);
  std::string expected = plain().text;
  const auto put = [&](const std::string& ours, const std::string& theirs) {
    const std::size_t at = expected.find(ours);
    REQUIRE(at != expected.npos);
    expected.replace(at, ours.size(), theirs);
  };
  put("\ntarget " + llvm_config::triple_without_vendor(llvm_config::host_triple()) + "\n",
      "\ntarget aarch64-linux-gnu\n");
  put("\ncpu " + plain().target_cpu + "\n", "\ncpu \n");
  CHECK(arm.text == expected);
  // The name of the build of LLVM is one for all architectures, or nothing of the sort would be a hit.
  CHECK_THAT(llvm_config::llvm_revision(), !Catch::Matchers::Matches("[0-9a-f]{40}"));
}

TEST_CASE("processors of another kind of machine are resolved as such a machine would") {
  const Request arm = for_triple("aarch64-linux-gnu", "neoverse-v1,+sve");
  CHECK(arm.target_cpu == "neoverse-v1");
  CHECK(arm.target_features == Flags{"sve"});
  const Request by_flag = request_after([](Params& p) {
    p.build.target_triple = "aarch64-linux-gnu";
    p.build.cxxflags = {"-mcpu=neoverse-v1"};
  });
  CHECK(by_flag.target_cpu == "neoverse-v1");
  CHECK(by_flag.arguments == Flags{"-O3"});
  CHECK_THROWS_AS(for_triple("aarch64-linux-gnu", "haswell"), InvalidArgument);
  CHECK_THROWS_AS(for_triple("nonsense"), InvalidArgument);
}

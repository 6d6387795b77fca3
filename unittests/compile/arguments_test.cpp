#include "compile/driver/arguments.h"

#include "requests.h"

#include <clang/Options/Options.h>
#include <llvm/Option/OptTable.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

bool has(const Flags& arguments, const std::string& argument) {
  return std::find(arguments.begin(), arguments.end(), argument) != arguments.end();
}

// Where `first` is followed by `second`; the size when it is not.
std::size_t place_of(const Flags& arguments, const std::string& first, const std::string& second) {
  const Flags pair = {first, second};
  const auto found = std::search(arguments.begin(), arguments.end(), pair.begin(), pair.end());
  return static_cast<std::size_t>(found - arguments.begin());
}

bool has_pair(const Flags& arguments, const std::string& first, const std::string& second) {
  return place_of(arguments, first, second) < arguments.size();
}

Translation translated(const CompileRequest& request) { return ArgumentTranslator().translate(request); }

Translation translated_flags(Flags flags) { return translated(cxx_request("", std::move(flags))); }

std::string refusal_of(Flags flags) {
  return thrown_by<InvalidArgument>([&] { translated_flags(std::move(flags)); });
}

}  // namespace

TEST_CASE("the documented default flags become arguments of the compiler proper") {
  const Translation translation = translated_flags(default_flags);
  CHECK(translation.dropped_flags.empty());
  for (const char* argument : {"-emit-obj", "-std=c++11", "-O3", "-Wall", "-fcxx-exceptions"}) {
    INFO(argument);
    CHECK(has(translation.arguments, argument));
  }
  CHECK(has(translation.arguments, "-ffinite-math-only"));
  CHECK(has_pair(translation.arguments, "-mrelocation-model", "pic"));
  CHECK(has_pair(translation.arguments, "-target-cpu", "x86-64"));
  CHECK(has_pair(translation.arguments, "-x", "c++"));
  CHECK(has_pair(translation.arguments, "-I", module_dir));
  CHECK(translation.arguments.back() == placeholder_source(false));
  CHECK_FALSE(has(translation.arguments, "-cc1"));
  CHECK_FALSE(has(translation.arguments, "-disable-free"));
}

TEST_CASE("flags for C are those of a driver for C") {
  CompileRequest request = cxx_request("", {"-Wall", "-fPIC", "-O2", "-std=gnu17"});
  request.is_c = true;
  const Translation translation = translated(request);
  CHECK(has_pair(translation.arguments, "-x", "c"));
  CHECK(has(translation.arguments, "-std=gnu17"));
  CHECK(translation.dropped_flags.empty());
  CHECK(translation.arguments.back() == placeholder_source(true));
}

TEST_CASE("flags that only GCC knows are left out and reported, the others stay in order") {
  const Translation translation =
      translated_flags({"-DA=1", "-fno-tree-sra-is-not-a-flag", "-DB", "-fipa-pta", "-Wlogical-op", "-UA",
                        "-fconserve-stack", "-Wno-maybe-uninitialized", "-DA=2"});
  CHECK(translation.dropped_flags == Flags{"-fno-tree-sra-is-not-a-flag", "-fipa-pta", "-Wlogical-op",
                                           "-fconserve-stack", "-Wno-maybe-uninitialized"});
  const Flags& arguments = translation.arguments;
  CHECK(place_of(arguments, "-D", "A=1") < place_of(arguments, "-D", "B"));
  CHECK(place_of(arguments, "-D", "B") < place_of(arguments, "-U", "A"));
  CHECK(place_of(arguments, "-U", "A") < place_of(arguments, "-D", "A=2"));
  CHECK(place_of(arguments, "-D", "A=2") < arguments.size());
}

TEST_CASE("warnings that Clang has are kept") {
  const Flags warnings = {"-Wall",          "-Wextra",      "-Wformat=2", "-Werror=return-type", "-Wno-error=unused",
                          "-Wno-unused",    "-Weverything", "-Wpedantic", "-Wfatal-errors",      "-Werror",
                          "-Wno-everything"};
  const Translation translation = translated_flags(warnings);
  CHECK(translation.dropped_flags.empty());
  for (const std::string& warning : warnings) {
    INFO(warning);
    CHECK(has(translation.arguments, warning));
  }
}

TEST_CASE("flags that do harm inside a process are refused with the reason") {
  struct Case {
    Flags flags;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {{"-fplugin=x.so"}, "load code"},
      {{"-fplugin-arg-x-y"}, "load code"},
      {{"-fpass-plugin=x.so"}, "load code"},
      {{"-load", "x.so"}, "load code"},
      {{"-plugin", "x"}, "load code"},
      {{"-add-plugin", "x"}, "load code"},
      {{"-Xclang=-load", "-Xclang=x.so"}, "past these checks"},
      {{"-Xclang", "-load", "-Xclang", "x.so"}, "past these checks"},
      {{"-mrelocation-model", "static"}, "past these checks"},
      {{"-emit-pch"}, "past these checks"},
      {{"-Wa,-I,inc"}, "cannot watch"},
      {{"-Xclang", "-O1"}, "past these checks"},
      {{"-Xpreprocessor", "-MD"}, "past these checks"},
      {{"-Wp,-load,x.so"}, "past these checks"},
      {{"-Wp,-DA,-MD,x.d"}, "past these checks"},
      {{"-Xassembler", "-L"}, "past these checks"},
      {{"-Xarch_x86_64", "-fplugin=x"}, "past these checks"},
      {{"-mllvm", "-stats"}, "whole process"},
      {{"-mllvm=-stats"}, "whole process"},
      {{"-flimited-precision=8"}, "whole process"},
      {{"-fenable-matrix"}, "whole process"},
      {{"@flags"}, "from a file"},
      {{"--config=x"}, "from a file"},
      {{"--config", "x"}, "from a file"},
      {{"--config-user-dir=x"}, "from a file"},
      {{"-include-pch", "x.pch"}, "cannot watch"},
      {{"-ivfsoverlay", "x.yaml"}, "cannot watch"},
      {{"-working-directory", "/tmp"}, "cannot watch"},
      {{"-working-directory=/tmp"}, "cannot watch"},
      {{"-fmodules"}, "cannot watch"},
      {{"-fmodule-file=x.pcm"}, "cannot watch"},
      {{"-fprebuilt-module-path=x"}, "cannot watch"},
      {{"-gmodules"}, "cannot watch"},
      {{"-fxray-attr-list=x"}, "cannot watch"},
      {{"-fxray-always-instrument=x"}, "cannot watch"},
      {{"-fsanitize-coverage-allowlist=x"}, "cannot watch"},
      {{"-fbasic-block-sections=list=x"}, "cannot watch"},
      {{"--warning-suppression-mappings=x"}, "cannot watch"},
      {{"-fms-secure-hotpatch-functions-file=x"}, "cannot watch"},
      {{"-frandomize-layout-seed-file=x"}, "cannot watch"},
      {{"-fapinotes"}, "cannot watch"},
      {{"-iapinotes-modules", "x"}, "cannot watch"},
      {{"-traditional-cpp"}, "write files"},
      {{"-no-integrated-cpp"}, "write files"},
      {{"-save-temps"}, "write files"},
      {{"-save-temps=obj"}, "write files"},
      {{"--save-temps"}, "write files"},
      {{"-save-stats"}, "write files"},
      {{"-ftime-trace"}, "write files"},
      {{"-ftime-trace=x"}, "write files"},
      {{"-fstack-usage"}, "write files"},
      {{"-fsave-optimization-record"}, "write files"},
      {{"-foptimization-record-file=x"}, "write files"},
      {{"-gsplit-dwarf"}, "write files"},
      {{"-gsplit-dwarf=split"}, "write files"},
      {{"-serialize-diagnostics", "x"}, "write files"},
      {{"--serialize-diagnostics", "x"}, "write files"},
      {{"-fproc-stat-report=x"}, "write files"},
      {{"-fcrash-diagnostics-dir=x"}, "write files"},
      {{"-gen-cdb-fragment-path", "x"}, "write files"},
      {{"--coverage"}, "measurements"},
      {{"-coverage"}, "measurements"},
      {{"-ftest-coverage"}, "measurements"},
      {{"-fprofile-arcs"}, "measurements"},
      {{"-fprofile-generate"}, "measurements"},
      {{"-fprofile-use=x"}, "measurements"},
      {{"-v"}, "print"},
      {{"--verbose"}, "print"},
      {{"-###"}, "print"},
      {{"-H"}, "print"},
      {{"--version"}, "print"},
      {{"-help"}, "print"},
      {{"-print-search-dirs"}, "print"},
      {{"-print-prog-name=ld"}, "print"},
      {{"-dumpversion"}, "print"},
      {{"-mcpu=help"}, "print"},
      {{"-ftime-report"}, "print"},
      {{"-ccc-print-phases"}, "print"},
      {{"--autocomplete=-f"}, "print"},
      {{"-fsanitize=address"}, "run-time library"},
      {{"-fsanitize=undefined,thread"}, "run-time library"},
      {{"-fsanitize-coverage=trace-pc-guard"}, "run-time library"},
      {{"-fxray-instrument"}, "run-time library"},
      {{"-fopenmp=libgomp"}, "use -fopenmp"},
      {{"-xHost"}, "-march=native"},
      {{"-xCORE-AVX2"}, "-march=native"},
      {{"-fembed-bitcode"}, "not be an object"},
      {{"--target=aarch64-linux-gnu"}, "build.target_triple"},
      {{"-target", "aarch64-linux-gnu"}, "build.target_triple"},
      {{"-m32"}, "build.target_triple"},
      {{"-mno-sse"}, "expect numbers in those registers"},
      {{"-mno-sse2"}, "expect numbers in those registers"},
      {{"-msoft-float"}, "expect numbers in those registers"},
      {{"-fopenmp-targets=nvptx64"}, "build.target_triple"},
      {{"--offload-arch=native"}, "build.target_triple"},
      {{"-fno-integrated-as"}, "start other programs"},
      {{"-fno-integrated-objemitter"}, "start other programs"},
      {{"-wrapper", "gdb,--args"}, "start other programs"},
  };
  for (const Case& c : cases) {
    INFO(c.flags[0]);
    CHECK_THAT(refusal_of(c.flags), Contains("compiler flag '" + c.flags[0] + "' is refused: ") && Contains(c.reason));
  }
}

TEST_CASE("flags that have no effect here are left out and reported") {
  const Flags plain = translated_flags({"-O2"}).arguments;
  for (const Flags& flags : std::vector<Flags>{{"-flto=auto"},
                                               {"-flto"},
                                               {"-flto=thin"},
                                               {"-ffat-lto-objects"},
                                               {"-specs=/usr/lib/rpm/redhat/redhat-hardened-cc1"},
                                               {"--specs=nano.specs"},
                                               {"-specs", "nano.specs"},
                                               {"-fdiagnostics-format=sarif"},
                                               {"-mbranches-within-32B-boundaries"},
                                               {"-fglobal-isel"},
                                               {"-gdwarf-aranges"},
                                               {"-framework", "Accelerate"}}) {
    INFO(flags[0]);
    Flags all = {"-O2"};
    all.insert(all.end(), flags.begin(), flags.end());
    const Translation translation = translated_flags(all);
    CHECK(translation.arguments == plain);
    CHECK(translation.dropped_flags == flags);
  }
}

TEST_CASE("input and output are not for the flags to choose") {
  for (const Flags& flags : std::vector<Flags>{{"-o", "x"},
                                               {"-ox"},
                                               {"--output=x"},
                                               {"-x", "c"},
                                               {"-xc"},
                                               {"--language=c"},
                                               {"-c"},
                                               {"-E"},
                                               {"-S"},
                                               {"-M"},
                                               {"-MD"},
                                               {"-MMD"},
                                               {"-MF", "x"},
                                               {"-MFx"},
                                               {"-MJ", "x"},
                                               {"--dependencies"},
                                               {"--write-dependencies"},
                                               {"-emit-llvm"},
                                               {"-fsyntax-only"},
                                               {"--precompile"},
                                               {"--analyze"},
                                               {"--driver-mode=cl"},
                                               {"--"}}) {
    INFO(flags[0]);
    CHECK_THAT(refusal_of(flags), Contains("'" + flags[0] + "' is refused: dijitso chooses input and output itself"));
  }
}

TEST_CASE("a file name among the flags is an error that names it") {
  for (const char* name : {"other.cpp", "other.o", "libother.so", "-", "module.pcm"}) {
    INFO(name);
    CHECK_THAT(refusal_of({"-O1", name}),
               Contains("compiler flag '" + std::string(name) + "' is a file name, not a flag"));
  }
}

TEST_CASE("a flag that lacks its value is an error that names it") {
  for (const char* flag : {"-I", "-D", "-include", "-isystem", "--param", "-Xlinker", "-cl-ext=", "-Wl,"}) {
    INFO(flag);
    CHECK(refusal_of({"-O1", flag}) == "compiler flag '" + std::string(flag) + "' needs a value");
  }
}

TEST_CASE("what the driver itself refuses is an error with its words") {
  CHECK_THAT(refusal_of({"-stdlib=nonsense"}), Contains("the compiler refuses its flags: ") && Contains("nonsense"));
  CHECK_THAT(refusal_of({"-mcpu=haswell"}), Contains("unsupported option '-mcpu='"));
  CHECK_THAT(refusal_of({"-ftrivial-auto-var-init-max-size=0"}), Contains("the compiler refuses its flags: "));
}

TEST_CASE("a value that the driver takes for a number without looking is looked at before") {
  for (const char* name : {"-ftrivial-auto-var-init-max-size=", "-ftrivial-auto-var-init-stop-after="}) {
    for (const char* value : {"", "many", "8bytes", "99999999999"}) {
      const std::string flag = std::string(name) + value;
      CHECK(refusal_of({flag}) == "compiler flag '" + flag + "' has a value that should be a number; give it one");
    }
    const std::string flag = std::string(name) + "8";
    CHECK(has(translated_flags({"-ftrivial-auto-var-init=zero", flag}).arguments, flag));
  }
}

TEST_CASE("whatever value a flag has, the driver takes it or the flags are refused") {
  const llvm::opt::OptTable& table = clang::getDriverOptTable();
  ArgumentTranslator translator;
  int accepted = 0;
  int refused = 0;
  for (unsigned id = 1; id <= table.getNumOptions(); ++id) {
    const std::string name = table.getOptionPrefixedName(id).str();
    for (const char* value : {"", "many", "99999999999999999999"}) {
      INFO(name + value);
      try {
        translator.translate(cxx_request("", {name + value}));
        ++accepted;
      } catch (const InvalidArgument&) {
        ++refused;
      }
    }
  }
  CHECK(accepted > 1000);
  CHECK(refused > 1000);
}

TEST_CASE("flags for the linker and such change nothing and are accepted") {
  const Flags plain = translated_flags({"-O2"}).arguments;
  CHECK(translated_flags(
            {"-O2", "-Wl,-z,now", "-Xlinker", "-rpath", "-pipe", "-lm", "-L/opt/lib", "-rdynamic", "-B/opt/bin"})
            .arguments == plain);
  CHECK(translated_flags({"-Wp,-D_FORTIFY_SOURCE=2,-UX"}).dropped_flags.empty());
  CHECK(has(translated_flags({"-Wp,-DFORTIFY=2"}).arguments, "-DFORTIFY=2"));
}

TEST_CASE("nothing among the flags changes what objects need to be") {
  for (const char* flag : {"-fno-pic", "-fno-PIC", "-fPIE", "-static", "-fdebug-compilation-dir=/else", "-fno-lto"}) {
    INFO(flag);
    const Flags arguments = translated_flags({"-g", flag}).arguments;
    CHECK(has_pair(arguments, "-mrelocation-model", "pic"));
    CHECK_FALSE(has(arguments, "-pic-is-pie"));
    CHECK(has(arguments, std::string("-fdebug-compilation-dir=") + module_dir));
  }
}

TEST_CASE("a flag can take away a feature of the target") {
  CompileRequest request = cxx_request("", {"-mno-avx2"});
  request.target_features = {"avx", "avx2"};
  const Flags arguments = translated(request).arguments;
  CHECK(place_of(arguments, "-target-feature", "+avx2") < place_of(arguments, "-target-feature", "-avx2"));
  CHECK(has_pair(arguments, "-target-feature", "-avx2"));
  CHECK(has_pair(arguments, "-target-feature", "+avx"));
}

TEST_CASE("include directories follow the headers in memory, in order") {
  CompileRequest request = cxx_request("", {"-I/from/flags"});
  request.include_dirs = {"/one", "/two"};
  const Flags arguments = translated(request).arguments;
  CHECK(place_of(arguments, "-I", module_dir) < place_of(arguments, "-I", "/one"));
  CHECK(place_of(arguments, "-I", "/one") < place_of(arguments, "-I", "/two"));
  CHECK(place_of(arguments, "-I", "/two") < arguments.size());
  CHECK(has_pair(arguments, "-I", "/from/flags"));
}

TEST_CASE("a translation is remembered for everything that goes into it") {
  ArgumentTranslator translator;
  const CompileRequest request = cxx_request("int a;", {"-O2", "-g"});
  const Translation* first = &translator.translate(request);
  CompileRequest other_source = cxx_request("int b;", {"-O2", "-g"});
  other_source.signature = "another";
  CHECK(&translator.translate(request) == first);
  CHECK(&translator.translate(other_source) == first);

  std::set<const Translation*> seen = {first};
  const auto is_new = [&](auto change) {
    CompileRequest changed = request;
    change(changed);
    return seen.insert(&translator.translate(changed)).second;
  };
  CHECK(is_new([](CompileRequest& r) { r.arguments = {"-g", "-O2"}; }));
  CHECK(is_new([](CompileRequest& r) { r.arguments = {"-O2"}; }));
  CHECK(is_new([](CompileRequest& r) { r.is_c = true; }));
  CHECK(is_new([](CompileRequest& r) { r.target_cpu = "haswell"; }));
  CHECK(is_new([](CompileRequest& r) { r.target_features = {"avx"}; }));
  CHECK(is_new([](CompileRequest& r) { r.include_dirs = {"avx"}; }));
  const WithVariable path("CPATH", "/from/environment");
  CHECK(is_new([](CompileRequest&) {}));
  CHECK(has(translator.translate(request).arguments, "-I/from/environment"));
}

TEST_CASE("a refused set of flags is refused again") {
  ArgumentTranslator translator;
  const CompileRequest request = cxx_request("", {"-fsanitize=address"});
  CHECK_THROWS_AS(translator.translate(request), InvalidArgument);
  CHECK_THROWS_AS(translator.translate(request), InvalidArgument);
}

TEST_CASE("many threads get the same translation") {
  ArgumentTranslator translator;
  const CompileRequest request = cxx_request("", default_flags);
  std::vector<const Translation*> got(8);
  std::vector<std::thread> threads;
  for (const Translation*& one : got) threads.emplace_back([&] { one = &translator.translate(request); });
  for (std::thread& thread : threads) thread.join();
  CHECK(std::set<const Translation*>(got.begin(), got.end()).size() == 1);
}

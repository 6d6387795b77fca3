#include "compile/compiler.h"

#include "compile/limits/large_stack.h"
#include "llvm-config/host.h"
#include "requests.h"

#include <fcntl.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

const std::string sum_of_a_map = R"(
#include <map>
#include <string>
extern "C" double sum(const std::map<std::string, double>& values) {
  double total = 0;
  for (const auto& value : values) total += value.second;
  return total;
}
)";

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Sends what this process writes to its standard output and error into a file while it lives.
class Redirected {
 public:
  explicit Redirected(const fs::path& file) : out_(::dup(1)), error_(::dup(2)) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(fd, 1);
    ::dup2(fd, 2);
    ::close(fd);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() {
    ::dup2(out_, 1);
    ::dup2(error_, 2);
    ::close(out_);
    ::close(error_);
  }

 private:
  int out_, error_;
};

}  // namespace

TEST_CASE("C++ becomes a relocatable object with its symbols") {
  const CompileResult result = compile_cxx(sum_of_a_map, default_flags);
  REQUIRE(result.ok);
  CHECK(is_object(result.object));
  CHECK_THAT(tool_output("nm", result.object), Contains(" T sum\n"));
  CHECK(result.diagnostics.empty());
  CHECK(result.diagnostics_text.empty());
  CHECK(result.dropped_flags.empty());
  CHECK_THAT(result.compiler_version, Contains("clang version 22."));
}

TEST_CASE("the steps of a compile follow each other") {
  using compilation::Step;
  for (const char* level : {"-O0", "-O2", "-Os"}) {
    const CompileResult result = compile_cxx(sum_of_a_map, {level});
    REQUIRE(result.ok);
    REQUIRE(result.steps.size() == 3);
    CHECK(result.steps[0].step == Step::frontend);
    CHECK(result.steps[1].step == Step::optimiser);
    CHECK(result.steps[2].step == Step::code_generation);
    for (const auto& step : result.steps) CHECK(step.begin < step.end);
    CHECK(result.steps[0].end == result.steps[1].begin);
    CHECK(result.steps[1].end == result.steps[2].begin);
    for (const auto& step : result.steps) CHECK(result.seconds(step.step) > 0);
  }
}

TEST_CASE("what does not get beyond the frontend has that step only") {
  for (const char* source : {"int f() { return x; }", "static_assert(false);"}) {
    const CompileResult result = compile_cxx(source);
    CHECK_FALSE(result.ok);
    REQUIRE(result.steps.size() == 1);
    CHECK(result.steps[0].step == compilation::Step::frontend);
    CHECK(result.seconds(compilation::Step::frontend) > 0);
    CHECK(result.seconds(compilation::Step::optimiser) == 0);
  }
}

TEST_CASE("C becomes an object, with C's rules") {
  const CompileResult result =
      compile_c("#include <math.h>\nint class = 1; double f(double x) { return j1(x); }\n", {"-O2", "-std=gnu17"});
  REQUIRE(result.ok);
  CHECK(is_object(result.object));
  const std::string symbols = tool_output("nm", result.object);
  CHECK_THAT(symbols, Contains(" T f\n") && Contains(" D class\n") && Contains(" U j1\n"));
  CHECK_FALSE(compile_c("int f() { return true + nullptr; }", {"-std=c99"}).ok);
}

TEST_CASE("the same request gives the same bytes, one after the other and at once") {
  const CompileRequest request = cxx_request(sum_of_a_map, {"-O2", "-g"});
  const Bytes first = compiler().compile(request).object;
  REQUIRE(is_object(first));
  CHECK(compiler().compile(request).object == first);

  std::vector<Bytes> objects(4);
  std::vector<std::thread> threads;
  for (Bytes& object : objects) threads.emplace_back([&] { object = compiler().compile(request).object; });
  for (std::thread& thread : threads) thread.join();
  for (const Bytes& object : objects) CHECK(object == first);
}

TEST_CASE("many different modules compile at once") {
  std::vector<CompileResult> results(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&, i] {
      const std::string number = std::to_string(i);
      results[i] = i % 4 == 3 ? compile_cxx("int f" + number + "( { }")
                              : compile_cxx("extern \"C\" int f" + number + "() { return " + number + "; }");
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < results.size(); ++i) {
    CHECK(results[i].ok == (i % 4 != 3));
    if (results[i].ok) CHECK(contains(results[i].object, "f" + std::to_string(i)));
  }
}

TEST_CASE("headers in memory are found with quotes and with angle brackets, and may include one another") {
  CompileRequest request =
      cxx_request("#include \"module.h\"\n#include <other.h>\nint main_value = module_value + other_value;");
  request.headers = {
      {"module.h", "#pragma once\n#include \"other.h\"\nconst int module_value = 1;\n"},
      {"other.h", "#ifndef OTHER\n#define OTHER\n#include <module.h>\nconst int other_value = 2;\n#endif\n"}};
  const CompileResult result = compiler().compile(request);
  CHECK(result.diagnostics_text == "");
  CHECK(result.ok);
  CHECK(result.files.empty());
}

TEST_CASE("a header in memory goes before one of the same name on disk") {
  const Scratch scratch;
  write_text(scratch / "value.h", "#error the wrong one\n");
  write_text(scratch / "disk.h", "#define FROM_DISK 1\n");
  CompileRequest request = cxx_request("#include <value.h>\n#include <disk.h>\nint v = VALUE + FROM_DISK;\n");
  request.headers = {{"value.h", "#define VALUE 1\n"}};
  request.include_dirs = {scratch.path()};
  CHECK(compiler().compile(request).ok);
}

TEST_CASE("include directories are searched in their order") {
  const Scratch scratch;
  fs::create_directories(scratch / "one");
  fs::create_directories(scratch / "two");
  write_text(scratch / "two" / "value.h", "#define VALUE 2\n");
  CompileRequest request =
      cxx_request("#include <value.h>\nstatic_assert(VALUE == EXPECTED, \"\");\n", {"-DEXPECTED=2"});
  request.include_dirs = {scratch / "one", scratch / "two"};
  CHECK(compiler().compile(request).ok);
  write_text(scratch / "one" / "value.h", "#define VALUE 1\n");
  CHECK_FALSE(compiler().compile(request).ok);
  request.arguments = {"-DEXPECTED=1"};
  CHECK(compiler().compile(request).ok);
}

TEST_CASE("an edited header is read anew") {
  const Scratch scratch;
  CompileRequest request = cxx_request("#include <text.h>\nconst char* text() { return TEXT; }\n");
  request.include_dirs = {scratch.path()};
  write_text(scratch / "text.h", "#define TEXT \"before\"\n");
  CHECK(contains(compiler().compile(request).object, "before"));
  write_text(scratch / "text.h", "#define TEXT \"afterwards\"\n");
  CHECK(contains(compiler().compile(request).object, "afterwards"));
}

TEST_CASE("the current directory does not get into the object") {
  const Scratch scratch;
  const CompileRequest request = cxx_request(sum_of_a_map, {"-O0", "-g"});
  const Bytes here = compiler().compile(request).object;
  const InDirectory elsewhere(scratch.path());
  const Bytes there = compiler().compile(request).object;
  CHECK(here == there);
  CHECK(contains(there, "/dijitso"));
  CHECK(contains(there, "module.cpp"));
  CHECK_FALSE(contains(there, scratch.path().string()));
  CHECK_FALSE(contains(there, "@module@"));
}

TEST_CASE("a current directory that is gone, or other headers in it, do not matter") {
  const Scratch scratch;
  fs::create_directories(scratch / "cwd");
  write_text(scratch / "cwd" / "vector", "#error the wrong one\n");
  const InDirectory in(scratch / "cwd");
  const Bytes there = compile_cxx("#include <vector>\n#include \"vector\"\nstd::vector<int> v;\n").object;
  CHECK(is_object(there));
  fs::remove_all(scratch / "cwd");
  CHECK(compile_cxx("#include <vector>\n#include \"vector\"\nstd::vector<int> v;\n").object == there);
  CHECK(compile_cxx("#include <vector>\n", {"-O1", "-DNEW_FLAGS"}).ok);
}

TEST_CASE("nothing is written and nothing is printed, whether it compiles or not") {
  const Scratch scratch;
  fs::create_directories(scratch / "cwd");
  fs::create_directories(scratch / "tmp");
  const WithVariable temporary("TMPDIR", scratch / "tmp");
  const WithVariable home("HOME", scratch / "tmp");
  {
    const InDirectory in(scratch / "cwd");
    const Redirected output(scratch / "output");
    compile_cxx(sum_of_a_map, {"-O2", "-g"});
    compile_cxx("int f( { return 1; }\n#warning x\n", {"-Wall"});
    compile_c("#include <missing.h>\n");
  }
  CHECK(names_in(scratch / "cwd").empty());
  CHECK(names_in(scratch / "tmp").empty());
  CHECK(read_text(scratch / "output") == "");
}

TEST_CASE("odd sources compile as their text says") {
  CHECK(compile_cxx("").ok);
  CHECK(compile_c("").ok);
  CHECK(compile_cxx("int a;").ok);
  CHECK(compile_cxx("\xEF\xBB\xBFint a;\n").ok);
  CHECK(compile_cxx("#define A 1\r\n#if A\r\nint a;\r\n#endif\r\n").ok);
  const CompileResult with_nul = compile_cxx(std::string("int a;\0int b;\n", 14));
  CHECK(with_nul.ok);
  CHECK_THAT(with_nul.diagnostics_text, Contains("null character"));
  CHECK_FALSE(compile_cxx(std::string("\xff\xfe\x00\x01", 4)).ok);
}

TEST_CASE("a large source compiles") {
  std::string source;
  for (int i = 0; source.size() < 2'000'000; ++i)
    source += "static const double value_" + std::to_string(i) + " = " + std::to_string(i) + ".5;\n";
  source += "extern \"C\" double f() { return value_7; }\n";
  const CompileResult result = compile_cxx(source, {"-O0"});
  CHECK(result.ok);
  CHECK_THAT(tool_output("nm", result.object), Contains(" T f\n"));
}

TEST_CASE("what C++ needs at run time compiles") {
  const CompileResult result = compile_cxx(R"(
#include <iostream>
#include <stdexcept>
thread_local std::string name = "n";
struct Base { virtual ~Base(); };
Base::~Base() {}
static Base base;
extern "C" int f(int n) {
  static std::string once = name;
  try { if (n) throw std::runtime_error(once); } catch (const std::exception& e) { std::cout << e.what(); }
  return 0;
})",
                                           default_flags);
  REQUIRE(result.ok);
  CHECK_THAT(tool_output("nm", result.object),
             Contains("__cxa_throw") && Contains("__cxa_guard_acquire") && Contains("_ZTI4Base"));
  CHECK_THAT(tool_output("readelf -S -W", result.object), Contains(".init_array") && Contains(".tbss"));
}

TEST_CASE("the baseline requires no instructions beyond it") {
  CHECK(compile_cxx("int f() { return 1; }").isa_features.empty());
  CHECK(compile_cxx("int f() { return 1; }", {"-mretpoline", "-mtune=haswell"}).isa_features.empty());
  CHECK(compile_cxx("__attribute__((target(\"avx512f\"))) int f() { return 1; }").isa_features.empty());
}

TEST_CASE("required instructions are named by flags and processors") {
  const std::vector<std::string> by_flag = compile_cxx("int f() { return 1; }", {"-mavx2"}).isa_features;
  CHECK(has(by_flag, "avx2"));
  CHECK(has(by_flag, "avx"));
  CHECK_FALSE(has(by_flag, "fma"));
  CHECK(std::is_sorted(by_flag.begin(), by_flag.end()));

  CompileRequest request = cxx_request("int f() { return 1; }");
  request.target_cpu = "haswell";
  CHECK(has(compiler().compile(request).isa_features, "avx2"));
  request.arguments = {"-mno-avx2"};
  const std::vector<std::string> without = compiler().compile(request).isa_features;
  CHECK_FALSE(has(without, "avx2"));
  CHECK(has(without, "bmi2"));
}

TEST_CASE("code for this very processor needs nothing that it lacks") {
  const llvm_config::Target native = llvm_config::resolve_target("native");
  CompileRequest request = cxx_request("int f() { return 1; }");
  request.target_cpu = native.cpu;
  request.target_features = native.features;
  const CompileResult result = compiler().compile(request);
  CHECK(result.ok);
  CHECK(llvm_config::missing_features(result.isa_features).empty());
}

TEST_CASE("deep nesting is a diagnostic, not the end of the process") {
  const int depth = 100'000;
  const CompileResult result =
      compile_cxx("int a = " + std::string(depth, '(') + "1" + std::string(depth, ')') + ";\n");
  CHECK_FALSE(result.ok);
  CHECK_THAT(result.diagnostics_text, Contains("nesting level"));

  std::string sum = "int f(int x) { return x";
  for (int i = 0; i < 5'000; ++i) sum += " + x";
  CHECK(compile_cxx(sum + "; }\n", {"-O0"}).ok);
}

TEST_CASE("endless templates are a diagnostic, for a caller with a small stack too") {
  CompileResult result;
  run_on_large_stack([&] { result = compile_cxx("template <int N> struct A : A<N + 1> {};\nA<0> a;\n"); },
                     /*bytes=*/256 * 1024);
  CHECK_FALSE(result.ok);
  CHECK_THAT(result.diagnostics_text, Contains("recursive template instantiation exceeded"));

  const std::string deep =
      "template <int N> struct A { static const int v = A<N - 1>::v + 1; };\n"
      "template <> struct A<0> { static const int v = 0; };\n"
      "static_assert(A<900>::v == 900, \"\");\n";
  CHECK(compile_cxx(deep).ok);
}

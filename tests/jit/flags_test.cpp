// Flags that name libraries or directories mean what they mean to a compiler that is started in the same place.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

int value_with(const std::vector<std::string>& flags, const std::string& source) {
  Place place;
  place.params.build.cxxflags = flags;
  return value(Jit().jit("m", place.params, gives(source)));
}

}  // namespace

TEST_CASE("a library among the flags is linked") {
  const std::string source =
      "extern \"C\" const char* zlibVersion();\n"
      "extern \"C\" int value() { return zlibVersion()[0] - '0'; }";
  for (const std::string flag : {"-lz", "-l:libz.so.1", "-Wl,-lz"}) {
    CAPTURE(flag);
    CHECK(value_with({flag}, source) == 1);
  }
  const auto error = thrown<LinkFailed>([&] { value_with({"-lno-such-library"}, source); });
  CHECK_THAT(error.what(), Contains("no-such-library"));
}

TEST_CASE("OpenMP runs in its library") {
  CHECK(value_with({"-O1", "-fopenmp"},
                   "extern \"C\" int omp_get_num_threads();\n"
                   "extern \"C\" int value() {\n"
                   "  int sum = 0;\n"
                   "#pragma omp parallel for num_threads(2) reduction(+ : sum)\n"
                   "  for (int i = 0; i < 100; ++i) sum += i * (omp_get_num_threads() == 2);\n"
                   "  return sum;\n"
                   "}") == 4950);
}

#if defined(__x86_64__)
TEST_CASE("vectors of elementary functions are those of libmvec") {
  CHECK(value_with({"-O3", "-ffast-math", "-fveclib=libmvec"},
                   "#include <math.h>\n"
                   "extern \"C\" int value() {\n"
                   "  double x[64]; volatile double step = 0.01;\n"
                   "  for (int i = 0; i < 64; ++i) x[i] = i * step;\n"
                   "  for (int i = 0; i < 64; ++i) x[i] = exp(x[i]);\n"
                   "  double sum = 0; for (double one : x) sum += one;\n"
                   "  return int(sum * 10);\n"
                   "}") == 892);
}
#endif

TEST_CASE("the flag -pthread defines what headers look for") {
  const std::string source =
      "extern \"C\" int value() {\n"
      "#ifdef _REENTRANT\n"
      "  return 1;\n"
      "#else\n"
      "  return 0;\n"
      "#endif\n"
      "}";
  CHECK(value_with({"-pthread"}, source) == 1);
}

TEST_CASE("sanitizers are refused with the reason") {
  const auto error = thrown<InvalidArgument>([&] { value_with({"-fsanitize=address"}, value_source(1)); });
  CHECK_THAT(error.what(), Contains("'-fsanitize=address' is refused") && Contains("run-time library"));
}

TEST_CASE("a relative directory in CPATH is that of the current directory") {
  Place place;
  place.params.build.pch = "off";
  const Generate generate = gives("#include <value.h>\nextern \"C\" int value() { return VALUE; }");
  for (const int which : {1, 2}) {
    const fs::path here = place.scratch / std::to_string(which);
    fs::create_directories(here / "inc");
    write_text(here / "inc" / "value.h", "#define VALUE " + std::to_string(which) + "\n");
  }
  setenv("CPATH", "inc", 1);
  for (const int which : {1, 2, 1}) {
    const InDirectory in(place.scratch / std::to_string(which));
    CHECK(value(Jit().jit("m", place.params, generate)) == which);
  }
  unsetenv("CPATH");
}

TEST_CASE("an edited header in a directory of the toolchain that a flag names is noticed") {
  Place place;
  const fs::path header = place.scratch / "inc" / "value.h";
  fs::create_directories(header.parent_path());
  place.params.build.cxxflags = {"-stdlib++-isystem", header.parent_path().string()};
  const Generate generate = gives("#include <value.h>\nextern \"C\" int value() { return VALUE; }");
  for (const int number : {1, 22}) {
    write_text(header, "#define VALUE " + std::to_string(number) + "\n");
    CHECK(value(Jit().jit("m", place.params, generate)) == number);
  }
}

#if defined(__x86_64__)
TEST_CASE("code for a named processor runs where a hypervisor hides what no code uses") {
  Place place;
  place.params.build.target_cpu = "haswell";
  place.params.build.cxxflags = {"-mpku", "-msgx", "-mwbnoinvd", "-mclzero", "-mamx-tile", "-mmwaitx"};
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) place.params.build.target_cpu = "x86-64";
  CHECK(value(Jit().jit("m", place.params, gives_value(1))) == 1);
}
#endif

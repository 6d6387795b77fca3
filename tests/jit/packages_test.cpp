// build.packages, mpi and openmp: real packages, and modules that call their functions.
#include "tests/support/modules.h"
#include "unittests/params/surroundings.h"

#include <dijitso/compile.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;
using surroundings::Variable;

namespace {

CompileOptions options_in(const Place& place) { return {.params = place.params}; }

std::uint64_t compiles() { return default_jit().counters().compiles; }

}  // namespace

TEST_CASE("Eigen is a package") {
  const Place place;
  CompileOptions options = options_in(place);
  options.packages = {"eigen3 >= 3.3"};
  const Library library = dijitso::compile(
      "#include <Eigen/Dense>\n"
      "double trace(const double* a, int n) { return Eigen::Map<const Eigen::MatrixXd>(a, n, n).trace(); }",
      options);
  const double matrix[] = {1, 2, 3, 4};
  CHECK(library.function<double(const double*, int)>("trace")(matrix, 2) == 5);
  options.packages.clear();
  CHECK_THROWS_AS(dijitso::compile("#include <Eigen/Dense>\nint f();", options), CompileFailed);
}

TEST_CASE("the library of a package is linked, with every loader") {
  Place place;
  place.params.build.packages = {"zlib"};
  const auto loader = GENERATE(as<std::string>{}, "orc", "dlopen");
  place.params.cache.lib_loader = loader;
  const Generate generate = gives("#include <zlib.h>\nextern \"C\" int value() { return zlibVersion()[0] - '0'; }");
  CHECK(value(Jit().jit("m", place.params, generate)) == 1);
}

TEST_CASE("a changed package file is a miss when its flags change, and a hit when it is as before") {
  const Place place;
  const fs::path file = place.scratch / "ours.pc";
  const Variable path("PKG_CONFIG_PATH", place.scratch.path().string());
  CompileOptions options = options_in(place);
  options.packages = {"ours"};
  const auto value_with = [&](const std::string& text) {
    write_text(file, text);
    default_jit().forget();
    return value(dijitso::compile("extern \"C\" int value() { return VALUE; }", options));
  };
  const std::uint64_t before = compiles();
  CHECK(value_with("Cflags: -DVALUE=1\n") == 1);
  CHECK(value_with("Cflags: -DVALUE=2\n") == 2);
  CHECK(compiles() - before == 2);
  CHECK(value_with("# Other words.\nCflags: -DVALUE=1\n") == 1);
  CHECK(compiles() - before == 2);
}

TEST_CASE("a package of another directory is noticed in memory") {
  const Place place;
  CompileOptions options = options_in(place);
  options.packages = {"ours"};
  for (const int number : {1, 2, 1}) {
    const fs::path directory = place.scratch / std::to_string(number);
    fs::create_directories(directory);
    write_text(directory / "ours.pc", "Cflags: -DVALUE=" + std::to_string(number) + "\n");
    const Variable path("PKG_CONFIG_PATH", directory.string());
    CHECK(value(dijitso::compile("extern \"C\" int value() { return VALUE; }", options)) == number);
  }
}

TEST_CASE("a missing package is an error before anything is compiled") {
  const Place place;
  CompileOptions options = options_in(place);
  options.packages = {"no-such-package"};
  const std::uint64_t before = compiles();
  const auto error = thrown<InvalidArgument>([&] { dijitso::compile("int f();", options); });
  CHECK_THAT(error.what(), Contains("'no-such-package'") && Contains("no-such-package.pc is in none of "));
  CHECK(compiles() == before);
}

TEST_CASE("OpenMP runs two threads, and omp.h is found") {
  const Place place;
  CompileOptions options = options_in(place);
  options.openmp = true;
  options.language = GENERATE("c", "c++");
  const Library library = dijitso::compile(
      "#include <omp.h>\n"
      "int threads(void) {\n"
      "  int seen[2] = {0, 0};\n"
      "  omp_set_dynamic(0);\n"
      "#pragma omp parallel num_threads(2)\n"
      "  seen[omp_get_thread_num()] = omp_get_num_threads();\n"
      "  return 10 * seen[0] + seen[1];\n"
      "}",
      options);
  CHECK(library.function<int()>("threads")() == 22);
}

TEST_CASE("a missing omp.h is an error that names what to install") {
  const Place place;
  CompileOptions options = options_in(place);
  options.flags = {"-nobuiltininc", "-nostdinc"};
  const auto error = thrown<CompileFailed>([&] { dijitso::compile("#include <omp.h>\n", options); });
  CHECK_THAT(error.what(), Contains("libomp-22-dev") && Contains("was looked for in") && Contains("include_dirs"));
}

// Stand-ins of Eigen show what is compiled behind the headers; tests/dolfin and tests/ffc have the real ones.
#include "compile/pch/prelude_watch.h"
#include "precompiling.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

const std::string eigen =
    "#pragma once\n#define EIGEN_CORE_H\nnamespace Eigen {\nstruct VectorXd {};\n"
    "template <class T> struct Ref { double* data; double& operator[](int i) const { return data[i]; } };\n}\n";

// The name of a function that stands behind the headers.
bool has_assign(const CompileRequest& request) {
  const Precompiled precompiled = compiler().precompile(planned(request), "#include <eigen.h>\n");
  CHECK(precompiled.refusal == "");
  return std::ranges::binary_search(precompiled.mentioned, hash_of_name("assign"));
}

}  // namespace

TEST_CASE("what modules have in common is instantiated with their headers, and is in no object") {
  const Headers headers;
  headers.add("eigen.h", eigen);
  const std::string source = "#include <eigen.h>\ndouble f(Eigen::Ref<Eigen::VectorXd> x) { return x[0]; }\n";
  check_used(headers.request(source));
  CHECK(has_assign(headers.request(source)));
  CHECK_FALSE(has_assign(headers.request(source, {"-O1", "-std=c++98"})));

  // The functions would come in another order.
  check_used(headers.request(source, {"-O0"}));
  CHECK_FALSE(has_assign(headers.request(source, {"-O0"})));
}

TEST_CASE("variables of templates that need no constructor do not prevent it, those that do prevent it") {
  const Headers headers;
  const std::string source = "#include <eigen.h>\ndouble f(Eigen::Ref<Eigen::VectorXd> x) { return x[0]; }\n";
  headers.add("eigen.h", eigen +
                             "template <int n> struct Fixed {};\ntemplate <int n> const Fixed<n> fixed{};\n"
                             "inline Fixed<1> one() { return fixed<1>; }\n"
                             "template <int n> struct Number { static const int value = n; };\n"
                             "template <int n> const int Number<n>::value;\n"
                             "inline const int* two() { return &Number<2>::value; }\n");
  check_used(headers.request(source));
  CHECK(has_assign(headers.request(source)));
  headers.add("eigen.h", eigen +
                             "struct Counted { Counted(); };\ntemplate <int n> Counted counted;\n"
                             "inline Counted* one() { return &counted<1>; }\n");
  check_used(headers.request(source));
  CHECK_FALSE(has_assign(headers.request(source)));
}

TEST_CASE("headers for which the code in common does not compile are precompiled without it") {
  const Headers headers;
  headers.add("eigen.h", eigen + "#define assign 1\n");
  const std::string source = "#include <eigen.h>\nint f() { return assign; }\n";
  check_used(headers.request(source));
  headers.add("eigen.h", "#pragma once\n#define EIGEN_CORE_H\n");
  check_used(headers.request("#include <eigen.h>\nint f() { return 1; }\n"));
  CHECK_FALSE(has_assign(headers.request("#include <eigen.h>\nint f() { return 1; }\n")));
}

TEST_CASE("the code in common gives no warnings") {
  const Headers headers;
  headers.add("eigen.h", eigen);
  const std::string source = "#include <eigen.h>\nint f() { return 1; }\n";
  const Both both = compile_both(headers.request(source, {"-O1", "-Weverything"}));
  check_same(both);
  CHECK(both.with.used_precompiled);
  CHECK(has_assign(headers.request(source, {"-O1", "-Wall", "-Wextra", "-Wmissing-prototypes", "-Wunused"})));
}

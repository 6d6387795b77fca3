// What a plan has, and which precompiled headers suit it.
#include "compile/pch/plan_headers.h"
#include "compile/pch/prelude_watch.h"
#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

HeaderPlan plan_of(const std::string& source, const std::string& header = "", Flags flags = {}) {
  CompileRequest request = cxx_request(source, std::move(flags));
  request.headers = {{"own.h", header}};
  return compiler().plan_headers(request);
}

// As if the headers of this text had been compiled, which mention and change these names.
Precompiled precompiled_of(const std::string& text, const std::string& mentioned = "",
                           const std::string& changed = "") {
  static const Bytes pch = {1};
  Precompiled headers;
  headers.prelude = text;
  headers.pch = pch;
  headers.mentioned = {hash_of_name(mentioned)};
  headers.changed = {hash_of_name(changed)};
  return headers;
}

}  // namespace

TEST_CASE("a plan has the list of headers first, then the beginning of the source as it stands") {
  const std::string source = "#define A 1\n#include <map>\nint f();\n";
  const HeaderPlan both = plan_of(source);
  REQUIRE(both.preludes.size() == 2);
  CHECK(both.preludes[0].text == "#include <map>\n");
  CHECK(both.preludes[0].skipped == 0);
  CHECK(both.preludes[1].text == "#define A 1\n#include <map>\n");
  CHECK(source.substr(both.preludes[1].skipped) == "\nint f();\n");
  const HeaderPlan list = plan_of("#include \"own.h\"\nint f();\n", "#include <map>\n");
  REQUIRE(list.preludes.size() == 1);
  CHECK(list.preludes[0].places == std::vector<std::string>{"In file included from /dijitso/module.cpp:1:\n"
                                                            "In file included from /dijitso/own.h:1:\n"});
  CHECK(plan_of("int f();\n").preludes.empty());
}

TEST_CASE("precompiled headers suit the text from which they were made, under conditions") {
  const std::string text = "#include <map>\n", as_it_stands = "#define A B\n#include <map>\n";
  const HeaderPlan plan = plan_of(as_it_stands + "#if C\n#endif\nint f();\n", "", {"-DC=(D+1)"});
  const auto is_list = [&](const Precompiled& headers) { return plan.suited_by(headers) == &plan.preludes.front(); };
  CHECK(is_list(precompiled_of(text)));
  CHECK(plan.suited_by(precompiled_of(as_it_stands)) == &plan.preludes.back());
  CHECK_FALSE(plan.suited_by(precompiled_of("#include <set>\n")));
  CHECK_FALSE(plan.suited_by(Precompiled{.prelude = text}));
  for (const std::string& name : Flags{"A", std::string(unguarded), "own.h"}) {
    CAPTURE(name);
    CHECK_FALSE(plan.suited_by(precompiled_of(text, name)));
    CHECK((plan.suited_by(precompiled_of(as_it_stands, name)) == nullptr) == (name == "own.h"));
  }
  for (const char* name : {"B", "C", "D"}) {
    CAPTURE(name);
    CHECK_FALSE(plan.suited_by(precompiled_of(text, "", name)));
    CHECK(plan.suited_by(precompiled_of(as_it_stands, "", name)));
  }
  CHECK(is_list(precompiled_of(text, "B", "A")));
  // Where the module tests no macro, those in flags do not matter.
  CHECK(plan_of(text, "", {"-DC=(D+1)"}).suited_by(precompiled_of(text, "", "D")));
}

TEST_CASE("of two preludes with the same text the one is taken that suits") {
  const HeaderPlan plan = plan_of("#include <map>\nint f();\n");
  REQUIRE(plan.preludes.size() == 2);
  CHECK(plan.preludes[0].text == plan.preludes[1].text);
  CHECK(plan.suited_by(precompiled_of("#include <map>\n")) == &plan.preludes[0]);
  CHECK(plan.suited_by(precompiled_of("#include <map>\n", std::string(unguarded))) == &plan.preludes[1]);
}

TEST_CASE("without its plan a module is compiled without precompiled headers") {
  CompileRequest request = cxx_request("#include <cstddef>\nint f() { return 1; }\n");
  const Precompiled headers = compiler().precompile(request, "#include <cstddef>\n");
  CHECK_FALSE(compiler().compile(request, &headers).used_precompiled);
  CHECK(compiler().compile(planned(request), &headers).used_precompiled);
}

TEST_CASE("flags that Clang refuses are refused by the plan") {
  CHECK_THAT(thrown_by<InvalidArgument>([] { plan_of("#include <map>\n", "", {"-ftemplate-depth=x"}); }),
             Catch::Contains("the compiler refuses its flags"));
}

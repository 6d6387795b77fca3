#include "jit/packages/pc_file.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Contains;

namespace {

using Flags = std::vector<std::string>;
using Needs = std::vector<PackageNeed>;

PcFile read(std::string_view text) { return parse_pc_file(text, "/opt/my dir/x.pc", ""); }
Flags cflags(const std::string& value) { return read("Cflags: " + value).compile_flags; }
Needs needs(std::string_view text) { return parse_needs(text, "a test"); }

}  // namespace

TEST_CASE("the fields of a .pc file are read with their variables", "[packages]") {
  const PcFile file = read(
      "# a comment\n"
      "prefix=/opt/ours\n"
      "includedir = ${prefix}/include\n"
      "prefix=${prefix}/lib\n"
      "\n"
      "Name: ours\n"
      "Version: 1.2\n"
      "Requires: other >= 0.5, third\n"
      "Requires.private: fourth\n"
      "Cflags: -I${includedir} -DNAME=\"a b\"  # more\n"
      "Libs: -L${prefix} \\\n"
      "  -lours\n"
      "Libs.private: -lm ${nothing}\n"
      "Unknown: ${nothing}\n"
      "neither this\n");
  CHECK(file.version == "1.2");
  CHECK(file.needs == Needs{{"other", ">=", "0.5"}, {"third"}});
  CHECK(file.private_needs == Needs{{"fourth"}});
  CHECK(file.compile_flags == Flags{"-I/opt/ours/include", "-DNAME=a b"});
  CHECK(file.link_flags == Flags{"-L/opt/ours/lib", "-lours"});
}

TEST_CASE("an empty .pc file, and one without an end of line, are read", "[packages]") {
  CHECK(read("").compile_flags.empty());
  CHECK(read("\n\n=\n:\nCflags\nCflags:\n").compile_flags.empty());
  CHECK(read("CFLAGS: -DA\r\n").compile_flags == Flags{"-DA"});
  CHECK_THROWS_WITH(read("Cflags: -DA\\"), Contains("a backslash at the end"));
}

TEST_CASE("quotes, escapes and dollars in flags are those of pkg-config", "[packages]") {
  CHECK(cflags("-DA='b c' -DD=\\\"e\\\" -Df\\ g") == Flags{"-DA=b c", "-DD=\"e\"", "-Df g"});
  CHECK(cflags("-DA=$$x -DB=$ $") == Flags{"-DA=$x", "-DB=$", "$"});
  CHECK(cflags("-DA=\\#b # c") == Flags{"-DA=#b"});
}

TEST_CASE("variables for the place of the file and the root directory are known", "[packages]") {
  CHECK(cflags("-I${pcfiledir}/include") == Flags{"-I/opt/my dir/include"});
  CHECK(cflags("${pc_sysrootdir}") == Flags{"/"});
  CHECK(parse_pc_file("Cflags: ${pc_sysrootdir}", "/x.pc", "/root").compile_flags == Flags{"/root"});
}

TEST_CASE("a malformed .pc file is an error that names it", "[packages]") {
  const auto error_of = [](const std::string& text) {
    try {
      read(text);
    } catch (const InvalidArgument& error) {
      CHECK_THAT(error.what(), Contains("'/opt/my dir/x.pc'"));
      return std::string(error.what());
    }
    return std::string("(none)");
  };
  CHECK_THAT(error_of("Cflags: ${a}"), Contains("the variable 'a', which no line before defines: correct it"));
  CHECK_THAT(error_of("a=${b}\nb=${a}\nLibs: ${a}"), Contains("the variable 'a'"));
  CHECK_THAT(error_of("Libs: ${a"), Contains("a ${ without its }"));
  CHECK_THAT(error_of("Cflags: -D'a"), Contains("a quote ' that is not closed in the field cflags"));
  CHECK_THAT(error_of("Requires: a >= "), Contains("'a >='") && Contains("name >= 1.2"));
  std::string doubling = "v0=xxxxxxxxxx\n";
  for (int i = 1; i < 64; ++i)
    doubling += "v" + std::to_string(i) + "=${v" + std::to_string(i - 1) + "}${v" + std::to_string(i - 1) + "}\n";
  CHECK(error_of(doubling) == "(none)");
  CHECK_THAT(error_of(doubling + "Cflags: ${v15}${v15}"), Contains("too long"));
  CHECK_THAT(error_of(doubling + "Cflags: ${v63}"), Contains("the variable 'v63'"));
}

TEST_CASE("needs are names, some with a condition", "[packages]") {
  CHECK(needs(" a,b  c >= 1.2,d=3 , e != 4 f<5 g <= 6 h > 7 ") == Needs{{"a"},
                                                                        {"b"},
                                                                        {"c", ">=", "1.2"},
                                                                        {"d", "=", "3"},
                                                                        {"e", "!=", "4"},
                                                                        {"f", "<", "5"},
                                                                        {"g", "<=", "6"},
                                                                        {"h", ">", "7"}});
  CHECK(needs("").empty());
  for (const char* wrong : {">= 1", "a >=", "a == 1", "a >< 1", "a >= , b", "a/b", "/etc/a", "a > > 1"}) {
    INFO(wrong);
    CHECK_THROWS_AS(needs(wrong), InvalidArgument);
  }
}

TEST_CASE("versions are compared part by part", "[packages]") {
  const std::vector<std::string> ascending = {"",    "0.9~rc1", "0.9", "0.9.1", "0.10", "1",
                                              "1.a", "1.b",     "1.0", "1.2a",  "1.10", "10"};
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      INFO("'" << ascending[i] << "' and '" << ascending[k] << "'");
      const int order = compare_versions(ascending[i], ascending[k]);
      CHECK(((order < 0) == (i < k) && (order > 0) == (i > k)));
    }
  CHECK(compare_versions("1.02", "1.2") == 0);
  CHECK(compare_versions("1-2", "1.2.") == 0);
  CHECK(compare_versions("1~rc", "1~rc") == 0);
}

TEST_CASE("a condition holds for the versions that it says", "[packages]") {
  const auto versions = [](const char* comparison) {
    std::string found;
    for (const char* version : {"1.9", "2", "2.1"})
      if (is_enough({"a", comparison, "2"}, version)) found += std::string(version) + " ";
    return found;
  };
  CHECK(versions("") == "1.9 2 2.1 ");
  CHECK(versions("=") == "2 ");
  CHECK(versions("!=") == "1.9 2.1 ");
  CHECK(versions("<") == "1.9 ");
  CHECK(versions("<=") == "1.9 2 ");
  CHECK(versions(">") == "2.1 ");
  CHECK(versions(">=") == "2 2.1 ");
}

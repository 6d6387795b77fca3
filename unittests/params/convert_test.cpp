#include "params/convert.h"

#include "surroundings.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::params;
using Catch::Contains;
using Words = std::vector<std::string>;

namespace {

const Parameter& the(const char* category, const char* name) { return *find_parameter(category, name); }

std::string error_of(const Parameter& parameter, const Value& given) {
  try {
    convert_value(parameter, given, "runtime");
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "(none)";
}

}  // namespace

TEST_CASE("as_bool takes booleans and their words", "[params]") {
  CHECK(as_bool(true));
  CHECK_FALSE(as_bool(false));
  for (const char* text : {"True", "true", "TRUE", "yes", "on", "1"}) CHECK(as_bool(text));
  for (const char* text : {"False", "false", "No", "no", "off", "0"}) CHECK_FALSE(as_bool(text));
  for (const Value& bad : {Value(), Value(1), Value(1.0), Value(""), Value("maybe"), Value({"true"})})
    CHECK_THROWS_AS(as_bool(bad), InvalidArgument);
  CHECK_THROWS_WITH(as_bool("maybe"), "expected true or false (also yes/no, on/off, 1/0), not the text 'maybe'");
}

TEST_CASE("as_str_tuple takes a list or a single text", "[params]") {
  CHECK(as_str_tuple({"a", "b c"}) == Words{"a", "b c"});
  CHECK(as_str_tuple("b c") == Words{"b c"});
  CHECK(as_str_tuple(Words{}).empty());
  for (const Value& bad : {Value(), Value(true), Value(3), Value(0.5)})
    CHECK_THROWS_AS(as_str_tuple(bad), InvalidArgument);
  CHECK_THROWS_WITH(as_str_tuple(3), "expected a list of texts or a single text, not the number 3");
}

TEST_CASE("words are split as by a shell", "[params]") {
  CHECK(split_words("").empty());
  CHECK(split_words(" \t\n ").empty());
  CHECK(split_words("-O1 -g") == Words{"-O1", "-g"});
  CHECK(split_words("  a\n\tb  ") == Words{"a", "b"});
  CHECK(split_words("'a b' \"c d\" e\\ f") == Words{"a b", "c d", "e f"});
  CHECK(split_words("-DX='\"y\"'z") == Words{"-DX=\"y\"z"});
  CHECK(split_words(R"("a\"b\\c\d" 'e\f')") == Words{R"(a"b\c\d)", R"(e\f)"});
  CHECK(split_words("'' \"\" a''") == Words{"", "", "a"});
  CHECK_THROWS_WITH(split_words("a 'b"), "a quote ' that is not closed");
  CHECK_THROWS_WITH(split_words("\"a'"), "a quote \" that is not closed");
  CHECK_THROWS_WITH(split_words("a\\"), "a backslash at the end");
}

TEST_CASE("a value written as text reads back as the same value", "[params]") {
  CHECK(to_text(Value()).empty());
  CHECK(to_text(true) == "true");
  CHECK(to_text(-3) == "-3");
  CHECK(to_text(0.1) == "0.1");
  CHECK(to_text("a b") == "a b");
  CHECK(to_text({"-O2", "a b", "", "it's"}) == R"(-O2 'a b' '' 'it'\''s')");
  const Words odd{"", "\"", "\\", "$x", "a\nb", "*", "'", " "};
  CHECK(split_words(to_text(odd)) == odd);
}

TEST_CASE("texts become values of the parameter's type", "[params]") {
  CHECK(parse_value(the("build", "debug"), "on", "test") == Value(true));
  CHECK(parse_value(the("cache", "claim_timeout"), "5", "test") == Value(5));
  CHECK(parse_value(the("cache", "src_storage"), "keep", "test") == Value("keep"));
  CHECK(parse_value(the("cache", "fail_dir_root"), "/x", "test") == Value("/x"));
  CHECK(parse_value(the("build", "cxxflags_opt"), "-O1 '-DA=b c'", "test") == Value({"-O1", "-DA=b c"}));
}

TEST_CASE("an empty text is an empty list or name part, and nothing where a value cannot be empty", "[params]") {
  CHECK(parse_value(the("build", "cxxflags_opt"), "", "test") == Value(Words{}));
  CHECK(parse_value(the("cache", "lib_prefix"), "", "test") == Value(""));
  for (const auto& [category, name] :
       {std::pair("build", "debug"), std::pair("cache", "claim_timeout"), std::pair("cache", "cache_dir"),
        std::pair("cache", "inc_dir"), std::pair("cache", "src_storage"), std::pair("cache", "fail_dir_root"),
        std::pair("build", "target_cpu")}) {
    INFO(name);
    CHECK(parse_value(the(category, name), "", "test").is_none());
  }
}

TEST_CASE("a text that cannot be the value is refused with its origin", "[params]") {
  const std::string origin = "environment X";
  CHECK_THROWS_WITH(
      parse_value(the("build", "debug"), "maybe", origin),
      "parameter 'build.debug' (environment X) must be true or false (also yes/no, on/off, 1/0), not the text "
      "'maybe'");
  for (const char* bad : {"5s", "x", "1.5", " 5", "99999999999999999999"}) {
    CHECK_THROWS_WITH(
        parse_value(the("cache", "claim_timeout"), bad, origin),
        "parameter 'cache.claim_timeout' (environment X) must be an integer from 0 to 86400, not the text '" +
            std::string(bad) + "'");
  }
  CHECK_THROWS_WITH(
      parse_value(the("build", "libs"), "'a", origin),
      "parameter 'build.libs' (environment X) must be a list as in a shell, without a quote ' that is not closed, "
      "not the text ''a'");
}

TEST_CASE("a wrong type is refused, saying what was expected and what was given", "[params]") {
  const Value values[] = {true, 3, 0.5, "text", {"a", "b"}};
  const std::string given[] = {"the boolean true", "the number 3", "the real number 0.5", "the text 'text'",
                               "the list [a b]"};
  struct Case {
    const Parameter& parameter;
    std::string expected;
    std::vector<int> fitting;  // indices of the values that are accepted
  };
  for (const auto& [parameter, expected, fitting] :
       {Case{the("build", "debug"), "true or false (also yes/no, on/off, 1/0)", {0}},
        Case{the("cache", "claim_timeout"), "an integer", {1}}, Case{the("cache", "lib_prefix"), "a text", {3}},
        Case{the("cache", "fail_dir_root"), "a text", {3}},
        Case{the("build", "cxxflags"), "a list of texts", {3, 4}}}) {
    for (int i = 0; i < 5; ++i) {
      INFO(parameter.name << " " << given[i]);
      const bool fits = std::find(fitting.begin(), fitting.end(), i) != fitting.end();
      const std::string error =
          "parameter '" + parameter.full_name() + "' (runtime) must be " + expected + ", not " + given[i];
      CHECK(error_of(parameter, values[i]) == (fits ? "(none)" : error));
    }
    CHECK(convert_value(parameter, Value(), "runtime").is_none());
  }
  CHECK(convert_value(the("build", "debug"), "yes", "runtime") == Value(true));
  CHECK(convert_value(the("build", "libs"), "m c", "runtime") == Value({"m c"}));
}

TEST_CASE("values that are not among the allowed ones are refused", "[params]") {
  for (const char* good : {"keep", "delete", "compress"})
    CHECK(error_of(the("cache", "src_storage"), good) == "(none)");
  for (const char* good : {"orc", "ctypes", "dlopen", "import"})
    CHECK(error_of(the("cache", "lib_loader"), good) == "(none)");
  for (const char* good : {"auto", "c", "c++"}) CHECK(error_of(the("build", "language"), good) == "(none)");
  CHECK(error_of(the("cache", "src_storage"), "burn") ==
        "parameter 'cache.src_storage' (runtime) must be one of keep, delete, compress, not the text 'burn'");
  CHECK(error_of(the("cache", "lib_loader"), "") ==
        "parameter 'cache.lib_loader' (runtime) must be one of orc, ctypes, dlopen, import, not the text ''");
  CHECK(error_of(the("build", "language"), "C") ==
        "parameter 'build.language' (runtime) must be one of auto, c, c++, not the text 'C'");
}

TEST_CASE("texts and numbers that cannot work are refused", "[params]") {
  CHECK_THAT(error_of(the("cache", "cache_dir"), ""), Contains("must be a directory name that is not empty"));
  CHECK_THAT(error_of(the("cache", "temp_dir_root"), ""), Contains("must be a directory name that is not empty"));
  CHECK_THAT(error_of(the("build", "include_dirs"), {"/a", ""}),
             Contains("must be a list of texts, each a directory name that is not empty, not the list [/a '']"));
  CHECK_THAT(error_of(the("build", "target_cpu"), ""), Contains("must be a text that is not empty"));
  CHECK_THAT(error_of(the("build", "libs"), {""}), Contains("each a text that is not empty"));
  CHECK_THAT(error_of(the("cache", "lib_postfix"), "/x"), Contains("must be a part of a file name without '/'"));
  CHECK_THAT(error_of(the("build", "cxxflags"), Words{std::string("a\0b", 3)}), Contains("without NUL"));
  CHECK_THAT(error_of(the("cache", "claim_timeout"), -1),
             Contains("must be an integer from 0 to 86400, not the number -1"));
  CHECK_THAT(error_of(the("cache", "claim_timeout"), 86401), Contains("from 0 to 86400"));
  CHECK(error_of(the("cache", "claim_timeout"), 0) == "(none)");
  CHECK(error_of(the("cache", "claim_timeout"), 86400) == "(none)");
}

TEST_CASE("an error quotes no more than the beginning of a long text", "[params]") {
  CHECK(error_of(the("build", "debug"), std::string(100000, 'x')).size() < 300);
  CHECK(error_of(the("build", "debug"), Words(1000, "word")).size() < 300);
}

TEST_CASE("the tilde is expanded in directories only", "[params]") {
  const surroundings::Variable home("HOME", "/some/home");
  CHECK(convert_value(the("cache", "cache_dir"), "~/c", "test") == Value("/some/home/c"));
  CHECK(convert_value(the("cache", "fail_dir_root"), "~", "test") == Value("/some/home"));
  CHECK(convert_value(the("cache", "readonly_dirs"), {"~/a", "/b"}, "test") == Value({"/some/home/a", "/b"}));
  CHECK(parse_value(the("build", "include_dirs"), "~/i x", "test") == Value({"/some/home/i", "x"}));
  CHECK(convert_value(the("build", "cxxflags"), {"~/x"}, "test") == Value({"~/x"}));
  CHECK(convert_value(the("cache", "lib_prefix"), "~", "test") == Value("~"));
}

TEST_CASE("unknown names are refused with the nearest valid one", "[params]") {
  CHECK(require_parameter("cache", "src_dir", "test") == find_parameter("cache", "src_dir"));
  CHECK(require_parameter("generator", "anything", "test") == nullptr);
  CHECK_THROWS_WITH(require_parameter("cache", "src_storag", "runtime"),
                    "unknown parameter 'cache.src_storag' (runtime): the nearest valid name is 'cache.src_storage'");
  CHECK_THROWS_WITH(require_parameter("build", "cache_dir", "runtime"), Contains("'cache.cache_dir'"));
  CHECK_THROWS_WITH(require_parameter("cach", "src_dir", "x"),
                    "unknown category of parameters 'cach' (x): the nearest valid name is 'cache'");
  CHECK_THROWS_WITH(require_category("generators", "x"), Contains("'generator'"));
  CHECK_THROWS_AS(require_category("", "x"), InvalidArgument);
}

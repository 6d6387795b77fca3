#include "unittests/cache/store_fixture.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

struct Texts : CachePlace {
  Texts() {
    store_inc("a", "int f();\nint g();\n", params);
    compress_source_code(store_src("a", "int f()\n{ return 1; }\n", params), params);
    store_log("a", "int: no error", params);
    store_inc("b", "double f();", params);
  }
  std::string inc(const std::string& name) const { return create_inc_filename(name, params); }
};

using Lines = std::vector<MatchedLine>;

}  // namespace

TEST_CASE("grep_cache finds lines in plain and compressed files", "[grep]") {
  const Texts cache;
  const auto found = grep_cache("^int [fg]", cache.params);
  REQUIRE(found.size() == 2);
  CHECK(found.at(cache.inc("a")) == FileMatches{2, Lines{{0, "int f();"}, {0, "int g();"}}});
  CHECK(found.at(create_src_filename("a", cache.params) + ".gz") == FileMatches{1, Lines{{0, "int f()"}}});
  CHECK(grep_cache("nowhere", cache.params).empty());
}

TEST_CASE("line numbers, counts, one signature, some categories", "[grep]") {
  const Texts cache;
  CHECK(grep_cache("g\\(", cache.params, true).at(cache.inc("a")).lines == Lines{{2, "int g();"}});
  CHECK(grep_cache("int", cache.params, true, true).at(cache.inc("a")) == FileMatches{2, {}});
  CHECK(grep_cache("f", cache.params, false, false, "b").size() == 1);
  CHECK(grep_cache("f", cache.params, false, false, "unknown").empty());
  CHECK(grep_cache("int", cache.params, false, true, std::nullopt, {"log"}).size() == 1);
}

TEST_CASE("long lines, empty lines and bytes that are no text", "[grep]") {
  const CachePlace cache;
  const std::string file = store_inc("a", std::string(3'000'000, 'x') + "y\n\n" + std::string("n\0l", 3), cache.params);
  const auto count = [&](const char* regex) {
    const auto found = grep_cache(regex, cache.params, false, true);
    return found.contains(file) ? found.at(file).count : 0;
  };
  CHECK(count("(x|z)*y$") == 1);
  CHECK(count("^$") == 1);
  CHECK(count("l$") == 1);
}

TEST_CASE("expressions that cannot be used are one error", "[grep]") {
  const Texts cache;
  for (const char* bad : {"(", "[", "a{2,1}", "*{", "\\"})
    CHECK_THROWS_WITH(grep_cache(bad, cache.params), Catch::Contains("regular expression") && Catch::Contains(bad));
  CHECK_THROWS_WITH(grep_cache(std::string(1001, '('), cache.params), Catch::Contains("1000 characters"));
  CHECK_THROWS_AS(grep_cache(std::string(500, '(') + std::string(500, ')') + "{", cache.params), InvalidArgument);
  CHECK_THROWS_WITH(grep_cache("((a{100}){100}){100}", cache.params), Catch::Contains("repetitions"));
  CHECK_THROWS_WITH(grep_cache("a{99999999999999999999}", cache.params), Catch::Contains("repetitions"));
  CHECK_THROWS_AS(grep_cache(std::string("a\0b", 3), cache.params), InvalidArgument);
}

TEST_CASE("grep_cache refuses what is no text and what is no signature", "[grep]") {
  const Texts cache;
  CHECK_THROWS_WITH(grep_cache("x", cache.params, false, false, std::nullopt, {"lib"}), Catch::Contains("'lib'"));
  CHECK_THROWS_AS(grep_cache("x", cache.params, false, false, std::nullopt, {"obj"}), InvalidArgument);
  CHECK_THROWS_AS(grep_cache("x", cache.params, false, false, std::nullopt, {"x"}), InvalidArgument);
  CHECK_THROWS_AS(grep_cache("x", cache.params, false, false, "../x"), InvalidArgument);
}

TEST_CASE("a file that cannot be read costs a warning, not the search", "[grep]") {
  const Texts cache;
  const Warnings warnings;
  write_text(cache.root() / "src/bad.cpp.gz", "no gzip");
  CHECK(grep_cache("int", cache.params).size() == 3);
  CHECK_THAT(warnings.only(), Catch::Contains("bad.cpp.gz"));
}

TEST_CASE("a plain text is found where the expression for it is", "[grep]") {
  const Texts cache;
  const std::string text = "one\n\nx one y one\ntwo\n\none";
  store_log("c", text, cache.params);
  for (const bool linenumbers : {false, true}) {
    const auto plain = grep_cache("one", cache.params, linenumbers, false, "c");
    CHECK(plain == grep_cache("on[e]", cache.params, linenumbers, false, "c"));
    CHECK(plain.begin()->second.count == 3);
  }
  CHECK(grep_cache("one", cache.params, true, false, "c").begin()->second.lines ==
        Lines{{1, "one"}, {3, "x one y one"}, {6, "one"}});
  CHECK(grep_cache("one\ntwo", cache.params, true, false, "c").empty());
  CHECK(grep_cache("e\n", cache.params, true, false, "c").empty());
}

TEST_CASE("many files are all searched", "[grep]") {
  CachePlace place;
  for (int i = 0; i < 1000; ++i)
    store_log("m" + std::to_string(i), i % 10 == 0 ? "needle " + std::to_string(i) : "hay", place.params);
  const auto found = grep_cache("needle", place.params, true);
  CHECK(found.size() == 100);
  for (const auto& [file, matches] : found) {
    const std::string number = fs::path(file).stem().string().substr(1);
    CHECK(matches == FileMatches{1, Lines{{1, "needle " + number}}});
  }
}

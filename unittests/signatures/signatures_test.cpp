#include <dijitso/signatures.h>

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <set>

using namespace dijitso;
using namespace dijitso::signatures;

namespace {

// Values that are easily taken for one another.
std::vector<Value> confusable_values() {
  using Words = std::vector<std::string>;
  return {Value(),
          true,
          false,
          0,
          1,
          -1,
          std::numeric_limits<std::int64_t>::max(),
          0.0,
          -0.0,
          1.0,
          0.1,
          std::nextafter(0.1, 1.0),
          std::numeric_limits<double>::infinity(),
          std::numeric_limits<double>::quiet_NaN(),
          "",
          "0",
          "1",
          "true",
          "none",
          "None",
          "int 1",
          "a",
          "a b",
          "1:a",
          "text 1:a",
          "a\n1:b = none",
          std::string("a\0", 2),
          Words{},
          Words{""},
          Words{"", ""},
          Words{"a"},
          Words{"a", "b"},
          Words{"b", "a"},
          Words{"a b"},
          Words{"a 1:b"},
          Words{"a", "1:b"}};
}

std::vector<ParamDict> small_dictionaries() {
  std::vector<ParamDict> all{{}};
  for (const auto& value : confusable_values()) {
    all.push_back({{"a", value}});
    all.push_back({{"", value}});
    all.push_back({{"a", 1}, {"b", value}});
  }
  all.push_back({{"a = int 1\n1:b", 1}});
  all.push_back({{"a = int 1\n1:b = int 1\n", Value()}});
  return all;
}

}  // namespace

TEST_CASE("the canonical text is written in one way", "[signatures]") {
  CHECK(canonicalize_params_for_hashing(ParamDict{}) == "dict 0\n");
  CHECK(canonicalize_params_for_hashing(
            ParamDict{{"t", "x y"}, {"n", Value()}, {"b", true}, {"i", -5}, {"d", 0.1}, {"l", {"p", ""}}}) ==
        "dict 6\n1:b = true\n1:d = real 0.1\n1:i = int -5\n1:l = list 2 1:p 0:\n1:n = none\n1:t = text 3:x y\n");
  CHECK(canonicalize_params_for_hashing(ParamsDict{{"build", {{"debug", false}}}, {"cache", {}}}) ==
        "dicts 2\n5:build = dict 1\n5:debug = false\n5:cache = dict 0\n");
}

TEST_CASE("every two small dictionaries differ in text and digest", "[signatures]") {
  std::set<std::string> texts;
  std::set<std::string> digests;
  const auto all = small_dictionaries();
  for (const auto& dict : all) {
    INFO(canonicalize_params_for_hashing(dict));
    CHECK(texts.insert(canonicalize_params_for_hashing(dict)).second);
    CHECK(digests.insert(hash_params(dict)).second);
  }
  CHECK(digests.size() == all.size());
}

TEST_CASE("every two small two-level dictionaries differ", "[signatures]") {
  std::vector<ParamsDict> all{{}, {{"", {}}}, {{"a", {}}}, {{"b", {}}}, {{"a", {}}, {"b", {}}}};
  const ParamDict one{{"x", 1}}, two{{"y", 1}}, both{{"x", 1}, {"y", 1}};
  for (const auto& dict : {one, two, both}) {
    all.push_back({{"a", dict}});
    all.push_back({{"a", dict}, {"b", {}}});
    all.push_back({{"a", {}}, {"b", dict}});
    all.push_back({{"a", dict}, {"b", one}});
  }
  all.push_back({{"a = dict 0\n1:b", {}}});
  std::set<std::string> digests;
  for (const auto& dict : all) {
    INFO(canonicalize_params_for_hashing(dict));
    CHECK(digests.insert(hash_params(dict)).second);
  }
  CHECK(hash_params(ParamDict{}) != hash_params(ParamsDict{}));
}

TEST_CASE("the order of filling does not matter", "[signatures]") {
  ParamDict forward, backward;
  for (int i = 0; i < 10; ++i) forward[std::to_string(i)] = i;
  for (int i = 9; i >= 0; --i) backward[std::to_string(i)] = i;
  CHECK(canonicalize_params_for_hashing(forward) == canonicalize_params_for_hashing(backward));
  CHECK(hash_params(forward) == hash_params(backward));
}

TEST_CASE("a digest is the first 40 digits of BLAKE3", "[signatures]") {
  CHECK(hashit("") == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9");
  CHECK(hashit("abc") == "6437b3ac38465133ffb63b75273a8db548c55846");
  const ParamDict dict{{"a", 1}};
  CHECK(hash_params(dict) == hashit(canonicalize_params_for_hashing(dict)));
  const ParamsDict dicts{{"c", dict}};
  CHECK(hash_params(dicts) == hashit(canonicalize_params_for_hashing(dicts)));
}

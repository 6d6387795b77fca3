#include "cmdline/objects/key_text.h"

#include "jit/request/key.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace dijitso;
using namespace dijitso::cmdline;

namespace {

std::string value_of(const KeyComponents& components, const std::string& name) {
  const auto found = std::ranges::find(components, name, [](const auto& component) { return component.first; });
  return found == components.end() ? "<none>" : found->second;
}

}  // namespace

TEST_CASE("a real key is taken apart", "[key_text]") {
  const Params params = validate_params({{"build", {{"libs", std::vector<std::string>{"m", "two words"}}}},
                                         {"generator", {{"scale", 2}, {"text", "a\nb c"}, {"exact", true}}}});
  const KeyComponents components = key_components(make_request("poisson", params).text);
  CHECK(value_of(components, "signature") == "poisson");
  CHECK(value_of(components, "language") == "c++");
  CHECK(value_of(components, "include").empty());
  CHECK_THAT(value_of(components, "arguments"), Catch::StartsWith("-Wall -shared"));
  CHECK(value_of(components, "build.libs") == "m 'two words'");
  CHECK(value_of(components, "build.debug") == "false");
  CHECK(value_of(components, "generator.scale") == "2");
  CHECK(value_of(components, "generator.text") == "a\nb c");
  CHECK(value_of(components, "generator.exact") == "true");
  CHECK(value_of(components, "?") == "<none>");
}

TEST_CASE("what is no key is shown as it is from where it goes wrong", "[key_text]") {
  CHECK(key_components("").empty());
  for (const char* rest :
       {"word", "x dict 2\n1:a = true\n", "x dict y\n", "x dict 1\n1:a = list 2 1:b\n\n", "x dict 1\n9:a = true\n\n",
        "x dict 1\n1:a = text 99999999999999999999:b\n\n", "x dict 1\n1:a true\n\n", "x dict 1\n1:a = true\n"}) {
    INFO(rest);
    const KeyComponents components = key_components(std::string("cpu x86-64\n") + rest);
    CHECK(components.front() == std::pair<std::string, std::string>("cpu", "x86-64"));
    CHECK(components.back() == std::pair<std::string, std::string>("?", rest));
  }
}

TEST_CASE("every beginning of a key is taken apart without harm", "[key_text]") {
  const std::string text = make_request("poisson", validate_params({})).text;
  for (std::size_t size = 0; size < text.size(); ++size) CHECK(key_components(text.substr(0, size)).size() < 100);
}

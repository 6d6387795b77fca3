// Fills the cache $DIJITSO_CACHE_DIR with two real modules, of which one depends on the other, for the suites in this
// folder.
#include <dijitso/jit.h>

#include <exception>
#include <iostream>

namespace {

using namespace dijitso;

constexpr const char* element_source = R"(#include "element.h"
int element_value(int x)
{
  // a brace } in a comment
  return x + 1;
}
)";

constexpr const char* form_source = R"(#include "form.h"
#include "element.h"
extern "C" int value()
{
  return element_value(41);
}
)";

Generate gives(Generated generated) {
  return [generated](const std::string&, const std::string&, const GeneratorParams&) { return generated; };
}

}  // namespace

int main() {
  try {
    const Params params = validate_params({});
    jit("element", params, gives({"int element_value(int x);\n", element_source, {}}));
    const auto [form, signature] =
        jit("form", params, gives({"extern \"C\" int value();\n", form_source, {"element"}}));
    return form.function<int()>("value")() == 42 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

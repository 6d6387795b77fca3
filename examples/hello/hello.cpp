// Compiles a text to a function. The second run finds it in the cache.
#include <dijitso/jit.h>

#include <iostream>

int main() try {
  // Values that are given here override the environment, the configuration file and the defaults.
  const dijitso::Params params = dijitso::validate_params({{"generator", {{"exponent", 3}}}});

  // The name identifies the request: it must differ whenever the generated code differs.
  const std::string name = dijitso::jit_signature("hello", params);

  // Called only when neither this process nor the cache has the module.
  const auto generate = [](const std::string&, const std::string&, const dijitso::GeneratorParams& generator) {
    std::string product = "x";
    for (std::int64_t i = 1; i < std::get<std::int64_t>(generator.at("exponent")); ++i) product += " * x";
    return dijitso::Generated{"", "extern \"C\" double power(double x) { return " + product + "; }\n", {}};
  };

  const auto [library, signature] = dijitso::jit(name, params, generate);
  auto* power = library.function<double(double)>("power");

  const bool compiled = dijitso::default_jit().counters().compiles > 0;
  std::cout << "Hello from " << signature << (compiled ? ", compiled just now" : ", found in the cache") << '\n'
            << "2 to the power of 3 is " << power(2.0) << '\n';
  return power(2.0) == 8.0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

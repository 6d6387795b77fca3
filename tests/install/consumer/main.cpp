#include <dijitso/jit.h>

int main() {
  const auto params = dijitso::validate_params({});
  auto [library, signature] = dijitso::jit("consumer", params, [](const auto&, const auto&, const auto&) {
    return dijitso::Generated{
        "", "#include <cmath>\nextern \"C\" double half(double x) { return std::ldexp(x, -1); }", {}};
  });
  return library.function<double(double)>("half")(84.0) == 42.0 ? 0 : 1;
}

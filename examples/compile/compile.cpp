// Compiles a text that the user types, and tabulates the function: compile "x * x - 2". The second run with the same
// text takes the object from the cache.
#include <dijitso/all.h>

#include <cstdio>
#include <exception>
#include <string>

int main(int argc, char** argv) try {
  const std::string expression = argc > 1 ? argv[1] : "sin(x) / x";
  const dijitso::Library lib =
      dijitso::compile("#include <cmath>\nusing namespace std;\ndouble f(double x) { return " + expression + "; }",
                       {.name = "expression"});
  const auto f = lib.function<double(double)>("f");
  for (const double x : {1.0, 2.0, 3.0}) std::printf("f(%g) = %.6g\n", x, f(x));
  std::printf("%s was %s\n", lib.prototypes().find("f")->declaration.c_str(),
              dijitso::default_jit().counters().compiles == 1 ? "compiled just now" : "found in the cache");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

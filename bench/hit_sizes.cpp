// One hit from disk, of a module with a number of functions, in a new process; hit_sizes.py starts it by turns.
//
//     hit_sizes DIR LOADER KIND COUNT      LOADER: a value of cache.lib_loader; KIND: functions, templates, classes
//
// Prints JSON: milliseconds of the clock and of the processor, and whether the module had to be compiled. A module of
// one function is loaded before, so what a process loads only once does not count.
#include "stopwatch.h"

#include <dijitso/jit.h>

#include <nlohmann/json.hpp>

#include <ctime>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// Each template is in a section of its own and calls the one before.
std::string templates(int count) {
  std::string text =
      "template <int n> struct F { static int f(int x) { return F<n - 1>::f(x) + n; } };\n"
      "template <> struct F<0> { static int f(int x) { return x; } };\n"
      "extern \"C\" int entry(int x) { return 0";
  for (int n = count % 100; n <= count; n += 100) text += " + F<" + std::to_string(n) + ">::f(x)";
  return text + "; }\n";
}

std::string functions(int count) {
  std::string text = "extern \"C\" int entry(int x) { return x; }\n";
  for (int i = 0; i < count; ++i)
    text += "extern \"C\" int f" + std::to_string(i) + "(int x) { return entry(x) + 1; }\n";
  return text;
}

// Each has a table of virtual functions, variables that other modules can see, and a thread_local one.
std::string classes(int count) {
  std::string text =
      "struct Base { virtual ~Base() {} virtual int f(int x) { return x; } };\n"
      "template <int n> struct C : Base { static int calls; static thread_local int own;"
      " int f(int x) override { ++own; return x + ++calls; } };\n"
      "template <int n> int C<n>::calls = n; template <int n> thread_local int C<n>::own = n;\n";
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    text += "Base* make" + number + "() { return new C<" + number + ">; }\nint value" + number + " = 1; int* address" +
            number + " = &value" + number + ";\n";
  }
  return text + "extern \"C\" int entry(int x) { return make0()->f(x); }\n";
}

std::string source_of(const std::string& kind, int count) {
  return kind == "templates" ? templates(count) : kind == "classes" ? classes(count) : functions(count);
}

double processor_milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

void load(dijitso::Jit& jit, const std::string& name, const dijitso::Params& params, const std::string& source) {
  const auto generate = [&](const std::string&, auto&&...) { return dijitso::Generated{"", source, {}}; };
  jit.jit(name, params, generate).first.symbol("entry");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) throw std::runtime_error("usage: hit_sizes DIR LOADER KIND COUNT");
  const std::string kind = argv[3];
  const int count = std::stoi(argv[4]);
  dijitso::ParamsDict given;
  given["cache"]["cache_dir"] = std::string(argv[1]);
  given["cache"]["lib_loader"] = std::string(argv[2]);
  given["build"]["cxxflags"] = std::vector<std::string>{"-ftemplate-depth=5000"};
  given["build"]["cxxflags_opt"] = std::vector<std::string>{"-O0"};
  const auto params = dijitso::validate_params(given);
  dijitso::Jit jit;
  load(jit, "start_up", params, functions(0));
  const std::string source = source_of(kind, count);
  const double before = processor_milliseconds();
  const double wall = bench::milliseconds([&] { load(jit, kind + "_" + argv[4], params, source); });
  std::cout << nlohmann::json{{"milliseconds", wall},
                              {"processor_milliseconds", processor_milliseconds() - before},
                              {"compiles", jit.counters().compiles}}
                   .dump()
            << "\n";
} catch (const std::exception& error) {
  std::cerr << "hit_sizes: " << error.what() << "\n";
  return 1;
}

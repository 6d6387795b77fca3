// A program for a debugger or profiler to look at: it loads the module in module.cpp.txt and calls it.
//   worker call             calls each function once
//   worker reload           does so twice, unloading the module in between
//   worker chain            calls a second module, which calls the first one
//   worker threads          loads and unloads modules of its own on 8 threads
//   worker addresses        prints where the functions lie, after a line on standard input has come; then the same in a
//                           child process, with another module
//   worker spin             calls functions for long enough to be sampled
// Cache and flags come from the environment. The last line on standard output is JSON.

#include <dijitso/jit.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace dijitso;

Library load(Jit& jit, const Params& params, const std::string& name = "ball") {
  return jit
      .jit(name, params,
           [](auto&&...) {
             std::ifstream in(MODULE_SOURCE);
             const std::string source((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
             return Generated{"extern \"C\" double volume(double radius);\n", source, {}};
           })
      .first;
}

Library load_caller(Jit& jit, const Params& params) {
  load(jit, params);
  return jit
      .jit("caller", params,
           [](auto&&...) {
             return Generated{"",
                              "#include \"ball.h\"\nextern \"C\" double twice(double radius) {\n  double one = "
                              "volume(radius);\n  return 2 * one;\n}\n",
                              {"ball"}};
           })
      .first;
}

int report(Jit& jit, int wrong) {
  const Counters c = jit.counters();
  std::cout << "{\"wrong\": " << wrong << ", \"compiles\": " << c.compiles << ", \"disk_hits\": " << c.disk_hits << "}"
            << std::endl;
  return wrong;
}

int call(const Library& library) {
  int wrong = library.function<double(double)>("volume")(2) != 32;
  wrong += library.function<int(int)>("collect")(4) != 14;
  try {
    library.function<void(int)>("fail")(7);
    ++wrong;
  } catch (const std::runtime_error& error) {
    wrong += error.what() != std::string("the module fails");
  }
  return wrong;
}

int call_twice(const Params& params) {
  Jit first;
  int wrong = call(load(first, params));
  first.forget();  // unloads it
  wrong += call(load(first, params));
  return report(first, wrong);
}

// The modules are compiled before: the threads take them from the cache, so that they meet in the linker.
int load_on_threads(const Params& params) {
  constexpr int rounds = 5;
  Jit jit;
  std::vector<int> wrong(8);
  const auto name_of = [](std::size_t i) { return "ball" + std::to_string(i); };
  for (std::size_t i = 0; i < wrong.size(); ++i) load(jit, params, name_of(i));
  jit.forget();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < wrong.size(); ++i)
    threads.emplace_back([&, i] {
      Jit own;
      const std::string name = name_of(i);
      for (int round = 0; round < rounds; ++round) {
        wrong[i] += load(jit, params, name).function<int(int)>("collect")(4) != 14;
        wrong[i] += load(own, params, name).function<int(int)>("collect")(4) != 14;
        own.forget();
      }
    });
  for (std::thread& thread : threads) thread.join();
  int sum = 0;
  for (const int count : wrong) sum += count;
  return report(jit, sum);
}

void print_addresses(const Library& library) {
  std::cout << "{\"pid\": " << getpid();
  for (const char* name : {"volume", "collect", "fail", "call_static"})
    std::cout << ", \"" << name << "\": " << reinterpret_cast<std::uintptr_t>(library.function<void()>(name));
  const auto inner = library.function<std::uintptr_t()>("address_of_static");
  std::cout << ", \"cube\": " << inner() << "}" << std::endl;
}

int show_addresses(const Params& params) {
  std::string line;
  std::getline(std::cin, line);
  Jit jit;
  print_addresses(load(jit, params));
  const pid_t child = fork();
  if (child == 0) {
    Jit own;
    print_addresses(load(own, params, "ball_of_child"));
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

int spin(const Params& params) {
  Jit jit;
  const auto volume = load(jit, params).function<double(double)>("volume");
  double sum = 0;
  for (int i = 0; i < 100'000'000; ++i) sum += volume(1);
  return report(jit, sum != 4e8);
}

int call_chain(const Params& params) {
  Jit jit;
  const Library caller = load_caller(jit, params);
  return report(jit, caller.function<double(double)>("twice")(2) != 64);
}

int call_once(const Params& params) {
  Jit jit;
  const Library library = load(jit, params);
  return report(jit, call(library));
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, int (*)(const Params&)> commands = {
      {"call", call_once},          {"reload", call_twice},        {"chain", call_chain},
      {"threads", load_on_threads}, {"addresses", show_addresses}, {"spin", spin}};
  try {
    const auto command = commands.find(argc > 1 ? argv[1] : "");
    if (command != commands.end()) return command->second(validate_params({}));
    std::cerr << "worker: unknown command\n";
  } catch (const std::exception& error) {
    std::cerr << "worker: " << error.what() << "\n";
  }
  return 64;
}

// A small program that uses the library as users do; the suites in this folder start, watch, stop and kill it.
//   worker modules <number>   asks for six modules, starting with another one for each number
//   worker one                asks for one module
//   worker many <count>       asks for that many modules, which depend on nothing, and keeps them
//   worker hold               the same, but says "generating" and waits for a line on standard input before it
//                             generates
//   worker signature          looks at parameters and makes a signature, nothing else
//   worker exit-main |
//     exit-call | exit-within | exit-global   ends with a live library, in different ways
//   worker closed             asks for one module, then for six others while it has no standard input, output and error
//   worker fork               takes the six modules from the cache; then three children of it take one each
//   worker kill               asks for one module twice, and kills itself
// The cache is $DIJITSO_CACHE_DIR. The last line on standard output is JSON: the counters and the number of wrong
// answers.

#include <dijitso/jit.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace dijitso;

struct Module {
  std::vector<std::string> dependencies;
  int value;  // with the values of the dependencies
};

const std::map<std::string, Module> modules = {
    {"base", {{}, 1}},  {"element", {{"base"}, 12}},          {"map", {{"base"}, 103}},
    {"alone", {{}, 4}}, {"form", {{"element", "map"}, 1115}}, {"other", {{"element"}, 17}},
};
const std::map<std::string, int> own_value = {{"base", 1},  {"element", 11}, {"map", 102},
                                              {"alone", 4}, {"form", 1000},  {"other", 5}};

Library ask(const std::string& name, const Params& params) {
  return jit(name, params,
             [&](const std::string&, const std::string&, const GeneratorParams&) {
               Generated generated;
               std::string sum = std::to_string(own_value.at(name));
               for (const std::string& dependency : modules.at(name).dependencies) {
                 ask(dependency, params);
                 generated.source += "#include <" + dependency + ".h>\n";
                 sum += " + get_" + dependency + "()";
               }
               generated.dependencies = modules.at(name).dependencies;
               generated.header = "extern \"C\" int get_" + name + "();\n";
               generated.source += "extern \"C\" int get_" + name + "() { return " + sum + "; }\n";
               return generated;
             })
      .first;
}

int report(int wrong) {
  const Counters c = default_jit().counters();
  std::cout << "{\"wrong\": " << wrong << ", \"memory_hits\": " << c.memory_hits << ", \"disk_hits\": " << c.disk_hits
            << ", \"compiles\": " << c.compiles << ", \"waits\": " << c.waits << ", \"quarantined\": " << c.quarantined
            << ", \"published\": " << c.published << ", \"fallbacks\": " << c.fallbacks << "}" << std::endl;
  return wrong;
}

int ask_for_all(const Params& params, std::size_t first) {
  std::vector<std::string> names;
  for (const auto& [name, module] : modules) names.push_back(name);
  int wrong = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[(first + i) % names.size()];
    wrong += ask(name, params).function<int()>("get_" + name)() != modules.at(name).value;
  }
  return report(wrong);
}

int ask_for_one(const Params& params, bool hold) {
  const auto [library, signature] = jit("one", params, [hold](auto&&...) {
    if (hold) {
      std::cout << "generating" << std::endl;
      std::string line;
      std::getline(std::cin, line);
    }
    return Generated{"", "extern \"C\" int value() { return 42; }\n", {}};
  });
  return report(library.function<int()>("value")() != 42);
}

int ask_for_many(const Params& params, int count) {
  std::vector<Library> libraries;
  int wrong = 0;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    const std::string source = "extern \"C\" int value() { return " + number + "; }\n";
    libraries.push_back(jit("many_" + number, params, [&](auto&&...) { return Generated{"", source, {}}; }).first);
    wrong += libraries.back().function<int()>("value")() != i;
  }
  return report(wrong);
}

// All that is needed has been loaded before.
int ask_with_standard_descriptors_closed(const Params& params) {
  if (ask_for_one(params, false) != 0) return 1;
  const int output = ::dup(1);
  for (const int number : {0, 1, 2}) ::close(number);
  int wrong = 0;
  for (const auto& [name, module] : modules)
    wrong += ask(name, params).function<int()>("get_" + name)() != module.value;
  ::dup2(output, 1);
  return report(wrong);
}

// Each child looks into the cache again.
int fork_after_hits(const Params& params) {
  if (ask_for_all(params, 0) != 0) return 1;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      default_jit().forget();
      return ask("alone", params).function<int()>("get_alone")() != modules.at("alone").value;
    }
    int status = 1;
    if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return report(0);
}

int die_after_hits(const Params& params) {
  ask_for_one(params, false);
  ask_for_one(params, false);
  return ::raise(SIGKILL);
}

Library global_library;

int end_with_live_library(const Params& params, const std::string& how) {
  const Generate generate = [](auto&&...) {
    return Generated{"",
                     R"(
#include <stdio.h>
#include <stdlib.h>
#include <regex>
struct Noted { Noted() { puts("constructed"); } ~Noted() { puts("destroyed"); } };
static Noted noted;
extern "C" int value() { return 42; }
extern "C" void leave() { exit(0); }
)",
                     {}};
  };
  Library library = jit("exits", params, generate).first;
  if (library.function<int()>("value")() != 42) return 1;
  if (how == "exit-call") std::exit(0);
  if (how == "exit-within") library.function<void()>("leave")();
  if (how == "exit-global") global_library = library;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  try {
    const Params params = validate_params({});
    if (command == "modules") return ask_for_all(params, std::stoul(argc > 2 ? argv[2] : "0"));
    if (command == "one") return ask_for_one(params, false);
    if (command == "many") return ask_for_many(params, std::stoi(argv[2]));
    if (command == "closed") return ask_with_standard_descriptors_closed(params);
    if (command == "fork") return fork_after_hits(params);
    if (command == "kill") return die_after_hits(params);
    if (command == "hold") return ask_for_one(params, true);
    if (command == "signature") return jit_signature("form", params).empty();
    if (command.starts_with("exit-")) return end_with_live_library(params, command);
    std::cerr << "worker: unknown command '" << command << "'\n";
  } catch (const std::exception& error) {
    std::cerr << "worker: " << error.what() << "\n";
  }
  return 64;
}

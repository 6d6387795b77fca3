#include "export/start_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace dijitso::exporter {
namespace {

constexpr std::array<std::string_view, 12> start_files = {"crt1.o",      "Scrt1.o",  "rcrt1.o",    "gcrt1.o",
                                                          "crti.o",      "crtn.o",   "crtbegin.o", "crtbeginS.o",
                                                          "crtbeginT.o", "crtend.o", "crtendS.o",  "crtfastmath.o"};

// Of these, machines without a compiler have only what programs need when they run.
constexpr std::array<std::string_view, 10> default_libraries = {"-lstdc++", "-lm",       "-lgcc_s", "-lgcc", "-lgcc_eh",
                                                                "-lc",      "-lpthread", "-ldl",    "-lrt",  "-lutil"};

bool contains(const auto& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

bool is_missing(const std::string& argument) {
  std::error_code ignored;
  return contains(start_files, argument) && !std::filesystem::exists(argument, ignored);
}

}  // namespace

std::vector<std::string> missing_start_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> missing;
  std::ranges::copy_if(arguments, std::back_inserter(missing), is_missing);
  return missing;
}

std::vector<std::string> without_start_files(const std::vector<std::string>& arguments,
                                             const std::vector<std::string>& own,
                                             const std::vector<std::string>& libraries) {
  std::vector<std::string> kept = arguments;
  std::erase_if(kept, [](const std::string& argument) {
    return contains(start_files, std::filesystem::path(argument).filename()) || contains(default_libraries, argument);
  });
  kept.insert(kept.begin(), own.begin(), own.end());  // what unloads the library must run last
  kept.emplace_back("--as-needed");
  kept.insert(kept.end(), libraries.begin(), libraries.end());
  return kept;
}

}  // namespace dijitso::exporter

// dijitso::compile on top of jit. The signature is a digest of all that was given, so it names one text only; what
// jit adds to its key (compiler, machine, headers, variables of the environment) distinguishes variants as always.
// Tested in tests/jit/compile_text_test.cpp.

#include "params/table.h"

#include <dijitso/compile.h>
#include <dijitso/error.h>
#include <dijitso/jit.h>
#include <dijitso/signatures.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

using Texts = std::vector<std::string>;

Texts joined(Texts first, const Texts& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// "<name>_<digest>"; what cannot be in a signature becomes "_".
std::string signature_of(const std::string& source, const CompileOptions& options, const Params& params,
                         const Texts& dependencies) {
  std::string name = options.name.empty() ? "text" : options.name.substr(0, 100);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  const ParamDict all = {{"source", source},
                         {"dependencies", dependencies},
                         {"build", signatures::hash_params(params::hashed_build_params(params))}};
  return name + "_" + signatures::hash_params(all).substr(0, 32);
}

std::string read_text(const std::string& path) {
  std::error_code unknown;
  const fs::file_status status = fs::status(path, unknown);
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw InvalidArgument("cannot compile '" + path + "': it is not a regular file");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw InvalidArgument("cannot read the file '" + path + "' to compile: check its name and permissions");
  return text;
}

// As it is written between quotes.
std::string quoted(const std::string& path) {
  std::string text = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

}  // namespace

Params compile_params(const CompileOptions& options) {
  const std::string language = options.language.empty() ? "c++" : options.language;
  if (language != "c" && language != "c++")
    throw InvalidArgument("the language of a text to compile must be 'c' or 'c++', not '" + language + "'");
  Params params = options.params ? *options.params : Params::load();
  BuildParams& build = params.build;
  const std::string standard = !options.standard.empty() ? options.standard : language == "c" ? "gnu17" : "c++20";
  build.language = language;
  build.cxxflags = {"-std=" + standard};
  build.cxxflags_opt = joined({"-O2"}, options.flags);
  build.cxxflags_debug = joined({"-O0"}, options.flags);
  build.include_dirs = joined(options.include_dirs, build.include_dirs);
  build.libs = joined(options.libraries, build.libs);
  build.lib_dirs = joined(options.library_dirs, build.lib_dirs);
  build.packages = joined(options.packages, build.packages);
  build.mpi |= options.mpi;
  build.openmp |= options.openmp;
  build.lenient |= options.lenient;
  return params;
}

Library compile(const std::string& source, const CompileOptions& options) {
  const Params params = compile_params(options);
  Texts dependencies;
  for (const Library& needed : options.dependencies) dependencies.push_back(needed.signature());
  const auto generate = [&](const std::string&, const std::string&, const GeneratorParams&) {
    return Generated{.header = "", .source = source, .dependencies = dependencies};
  };
  return jit(signature_of(source, options, params, dependencies), params, generate).first;
}

Library compile_file(const std::string& path, const CompileOptions& options) {
  const fs::path absolute = fs::absolute(path);
  CompileOptions complete = options;
  if (complete.name.empty()) complete.name = absolute.stem().string();
  if (complete.language.empty() && absolute.extension() == ".c") complete.language = "c";
  complete.include_dirs.insert(complete.include_dirs.begin(), absolute.parent_path().string());
  return compile("#line 1 " + quoted(absolute.string()) + "\n" + read_text(path), complete);
}

}  // namespace dijitso

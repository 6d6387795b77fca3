// Headers are found for a module only when everything is equal that is in its key: so flags, directories and libraries
// are given here exactly as FFC 2019, DOLFIN 2019 and FFCx give them, in the same order. Tested with these programs in
// tests/programs/layer_test.py, and without them in tests/cli/precompile_test.py.
#include "cmdline/move/clients.h"

#include "support/split.h"

#include <dijitso/build.h>
#include <dijitso/compile.h>
#include <dijitso/error.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace dijitso::cmdline {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;
using Beginnings = std::vector<Beginning>;

constexpr const char* ffc_source =
    "#include <algorithm>\n#include <iostream>\n#include <stdexcept>\n#include <ufc.h>\n";
constexpr const char* expression_source =
    "#include <dolfin/function/Expression.h>\n#include <dolfin/math/basic.h>\n#include <Eigen/Dense>\n";
constexpr const char* subdomain_source =
    "#include <dolfin/common/Array.h>\n#include <dolfin/math/basic.h>\n#include <dolfin/mesh/SubDomain.h>\n"
    "#include <Eigen/Dense>\n";
constexpr const char* ffcx_source =
    "#include <math.h>\n#include <stdalign.h>\n#include <stdlib.h>\n#include <string.h>\n#include <ufcx.h>\n";
constexpr const char* ffcx_complex_source =
    "#include <complex.h>\n#include <math.h>\n#include <stdalign.h>\n#include <stdlib.h>\n#include <string.h>\n"
    "#include <ufcx.h>\n";

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Texts joined(Texts first, const Texts& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

[[noreturn]] void not_installed(const std::string& client, const std::string& header, const std::string& why) {
  throw InvalidArgument("the client '" + client + "' is not installed: its header " + header + " is missing; " + why);
}

// The first of these directories that has the header.
std::string directory_of(const std::string& client, const std::string& header, const Texts& directories,
                         const char* package) {
  std::string listed;
  for (const std::string& directory : directories) {
    std::error_code unknown;
    if (fs::exists(fs::path(directory) / header, unknown)) return directory;
    listed += (listed.empty() ? "" : ", ") + directory;
  }
  not_installed(client, header,
                "it is in none of " + listed + ": install " + package + ", or name its directory with --include-dir");
}

// Directories with packages of Python: those that the environment names, then the system's.
Texts python_directories() {
  Texts directories;
  for (const std::string_view directory : split(variable("PYTHONPATH"), ':'))
    if (!directory.empty()) directories.emplace_back(directory);
  for (const std::string_view prefix :
       {variable("VIRTUAL_ENV"), variable("CONDA_PREFIX"), std::string_view("/usr/local"), std::string_view("/usr")}) {
    std::error_code unknown;
    if (prefix.empty()) continue;
    Texts found;
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(prefix) / "lib", unknown))
      if (entry.path().filename().string().starts_with("python3"))
        for (const char* folder : {"site-packages", "dist-packages"})
          if (fs::is_directory(entry.path() / folder, unknown)) found.push_back((entry.path() / folder).string());
    std::ranges::sort(found);
    directories = joined(std::move(directories), found);
  }
  return directories;
}

// The directory of a header that a package of Python brings.
std::string python_header_dir(const std::string& client, const std::string& header, const std::string& folder,
                              const ClientChoice& choice, const char* package) {
  Texts directories = choice.include_dirs;
  for (const std::string& directory : python_directories()) directories.push_back(directory + "/" + folder);
  return fs::absolute(directory_of(client, header, directories, package)).lexically_normal().string();
}

// What pkg-config prints for a package, taken apart as Python's module pkgconfig does.
struct PackageWords {
  Texts include_dirs, lib_dirs, libs;
};

PackageWords words_of(const std::string& client, const std::string& header, const std::string& package) try {
  BuildParams build;
  build.packages = {package};
  const Texts flags = build::packages(build).front().flags;
  PackageWords words;
  for (const std::string& flag : flags)
    for (const auto& [prefix, list] :
         {std::pair{"-I", &words.include_dirs}, std::pair{"-L", &words.lib_dirs}, std::pair{"-l", &words.libs}})
      if (flag.starts_with(prefix)) list->push_back(flag.substr(2));
  return words;
} catch (const InvalidArgument& error) {
  not_installed(client, header, error.what());
}

// Checks that the header is there, where the compiler will look for it.
void require_header(const std::string& client, const std::string& header, const PackageWords& words,
                    const ClientChoice& choice, const char* package) {
  Texts directories = joined(choice.include_dirs, words.include_dirs);
  for (const char* name : {"CPATH", "CPLUS_INCLUDE_PATH", "C_INCLUDE_PATH"})
    for (const std::string_view directory : split(variable(name), ':'))
      if (!directory.empty()) directories.emplace_back(directory);
  directory_of(client, header, joined(std::move(directories), {"/usr/local/include", "/usr/include"}), package);
}

Params ffc_params(const Params& usual, const ClientChoice& choice, const std::string& ufc, const Texts& external) {
  Params params = usual;
  params.build.debug = false;
  params.build.cxxflags_opt = choice.flags.empty() ? Texts{"-O2"} : choice.flags;
  params.build.cxxflags_debug = {"-O0"};
  params.build.include_dirs = joined({ufc}, external);
  params.build.lib_dirs = {};
  params.build.libs = {};
  return params;
}

std::string ufc_dir(const std::string& client, const ClientChoice& choice) {
  return python_header_dir(client, "ufc.h", "ffc/backends/ufc", choice, "FFC (python3-ffc)");
}

Beginnings of_ffc(const std::string& client, const Params& usual, const ClientChoice& choice) {
  return {{"FFC", ffc_source, ffc_params(usual, choice, ufc_dir(client, choice), {})}};
}

// DOLFIN passes its own directories on to FFC for forms, but not for elements. For strings it sets all documented
// parameters to their defaults.
Beginnings of_dolfin(const std::string& client, const Params& usual, const ClientChoice& choice) {
  const PackageWords words = words_of(client, "dolfin.h", "dolfin");
  require_header(client, "dolfin.h", words, choice, "libdolfin-dev");
  const std::string ufc = ufc_dir(client, choice);
  Params strings = validate_params(params::default_params());
  strings.cache.cache_dir = usual.cache.cache_dir;
  strings.cache.readonly_dirs = usual.cache.readonly_dirs;
  strings.build.include_dirs = words.include_dirs;
  strings.build.lib_dirs = words.lib_dirs;
  strings.build.libs = words.libs;
  return {{"FFC", ffc_source, ffc_params(usual, choice, ufc, {})},
          {"FFC, forms of DOLFIN", ffc_source, ffc_params(usual, choice, ufc, words.include_dirs)},
          {"Expression of DOLFIN", expression_source, strings},
          {"SubDomain of DOLFIN", subdomain_source, strings}};
}

Beginnings of_dolfinx(const std::string& client, const Params& usual, const ClientChoice& choice) {
  Params params = usual;
  params.cache.src_postfix = ".c";
  params.build.language = "c";
  params.build.debug = false;
  params.build.cxxflags = {"-O2"};
  params.build.cxxflags_opt = choice.flags;
  params.build.include_dirs = {
      python_header_dir(client, "ufcx.h", "ffcx/codegeneration", choice, "FFCx (python3-ffcx)")};
  return {{"FFCx", ffcx_source, params}, {"FFCx, complex numbers", ffcx_complex_source, params}};
}

Params compiled(const Params& usual, const ClientChoice& choice, const char* language, const char* package, bool mpi) {
  return compile_params(
      {.language = language, .flags = choice.flags, .packages = {package}, .mpi = mpi, .params = usual});
}

Beginnings of_petsc(const std::string& client, const Params& usual, const ClientChoice& choice) {
  require_header(client, "petsc.h", words_of(client, "petsc.h", "petsc"), choice, "libpetsc-real-dev");
  return {{"PETSc in C++", "#include <petsc.h>\n", compiled(usual, choice, "c++", "petsc", true)},
          {"PETSc in C", "#include <petsc.h>\n", compiled(usual, choice, "c", "petsc", true)}};
}

Beginnings of_eigen(const std::string& client, const Params& usual, const ClientChoice& choice) {
  require_header(client, "Eigen/Dense", words_of(client, "Eigen/Dense", "eigen3"), choice, "libeigen3-dev");
  return {{"Eigen", "#include <Eigen/Dense>\n", compiled(usual, choice, "c++", "eigen3", false)}};
}

struct Client {
  const char* name;
  Beginnings (*beginnings)(const std::string& client, const Params& usual, const ClientChoice& choice);
};

constexpr std::array clients = {Client{"dolfin", of_dolfin}, Client{"dolfinx", of_dolfinx}, Client{"ffc", of_ffc},
                                Client{"petsc", of_petsc}, Client{"eigen", of_eigen}};

}  // namespace

std::vector<std::string> client_names() {
  Texts names;
  for (const Client& client : clients) names.emplace_back(client.name);
  return names;
}

Beginnings beginnings_of(const std::string& client, const Params& usual, const ClientChoice& choice) {
  const auto known = std::ranges::find_if(clients, [&](const Client& one) { return one.name == client; });
  return known->beginnings(client, usual, choice);
}

}  // namespace dijitso::cmdline

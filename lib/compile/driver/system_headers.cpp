// Clang's driver finds the C and C++ libraries by looking for GCC installations, release files of distributions and
// directories. With header packs there may be nothing to find, and the search costs system calls. So the driver then
// gets an empty file system and -nostdinc, and the packs' directories are added to its arguments in its usual order on
// Linux: C++ library, Clang, local, C library. All are system headers, the last as extern "C". If the machine has
// headers of its own, a module may need those that are in no pack (Boost, DOLFIN). The machine's directories come last,
// so that system headers are not taken from there, and files read there are watched. Tested in
// unittests/compile/system_headers_test.cpp.
#include "compile/driver/system_headers.h"

#include <clang/Options/Options.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

namespace dijitso::compilation {
namespace {

constexpr const char* internal_flag = "-internal-isystem";
constexpr const char* c_library_flag = "-internal-externc-isystem";

bool is_system_flag(const std::string& argument) { return argument == internal_flag || argument == c_library_flag; }

// Pairs of flag and directory, in order.
std::vector<std::pair<std::string, std::string>> system_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    if (is_system_flag(arguments[i])) found.emplace_back(arguments[i], arguments[i + 1]);
  return found;
}

// Directories that the driver adds for C++ but not for C contain the C++ library.
HeaderKind kind_of(const std::pair<std::string, std::string>& argument,
                   const std::vector<std::pair<std::string, std::string>>& of_c, bool libcxx) {
  if (argument.first == c_library_flag) return HeaderKind::c;
  if (std::ranges::find(of_c, argument) == of_c.end()) return libcxx ? HeaderKind::libcxx : HeaderKind::cxx;
  return argument.second.starts_with(DIJITSO_RESOURCE_DIR) ? HeaderKind::clang : HeaderKind::local;
}

// The names of the packed directories of one kind, in order.
std::vector<std::string> names_of(HeaderKind kind, const HeaderPacks& packs) {
  std::map<std::uint8_t, std::string> names;
  for (const auto& pack : packs)
    for (const PackedDirectory& directory : pack->directories())
      if (directory.kind == kind) names[directory.place] = directory.name;
  std::vector<std::string> sorted;
  for (auto& [place, name] : names) sorted.push_back(std::move(name));
  return sorted;
}

std::vector<HeaderKind> wanted_kinds(const llvm::opt::ArgList& flags, const CompileRequest& request) {
  using namespace clang::options;
  std::vector<HeaderKind> kinds;
  const auto no_system = flags.filtered(OPT_nostdinc);
  if (std::distance(no_system.begin(), no_system.end()) > 1) return kinds;  // one of them was added by dijitso
  const bool has_libraries = !flags.hasArg(OPT_nostdlibinc);
  if (!request.is_c && has_libraries && !flags.hasArg(OPT_nostdincxx, OPT_stdlibxx_isystem))
    kinds.push_back(flags.getLastArgValue(OPT_stdlib_EQ) == "libc++" ? HeaderKind::libcxx : HeaderKind::cxx);
  if (!flags.hasArg(OPT_nobuiltininc)) kinds.push_back(HeaderKind::clang);
  if (!has_libraries) return kinds;
  kinds.push_back(HeaderKind::local);
  kinds.push_back(HeaderKind::c);
  return kinds;
}

// The directories that are packed only in part, such as /usr/include, and /usr/local/include, if they exist.
std::vector<std::string> machine_directories(const HeaderPacks& packs) {
  std::vector<std::string> paths = {"/usr/local/include"};
  for (const auto& pack : packs)
    for (const PackedDirectory& directory : pack->directories())
      if (directory.kind == HeaderKind::c) paths.insert(paths.end(), directory.paths.begin(), directory.paths.end());
  std::erase_if(paths, [](const std::string& path) {
    std::error_code ignored;
    return !std::filesystem::is_directory(path, ignored);
  });
  return paths;
}

}  // namespace

std::vector<SystemDirectory> system_directories(ArgumentTranslator& translator, bool libcxx) {
  CompileRequest request;
  request.arguments = {libcxx ? "-stdlib=libc++" : "-stdlib=libstdc++"};
  const auto of_cxx = system_arguments(translator.translate(request).arguments);
  request.is_c = true;
  const auto of_c = system_arguments(translator.translate(request).arguments);
  std::vector<SystemDirectory> directories;
  std::map<HeaderKind, std::uint8_t> places;
  std::set<std::filesystem::path> seen;
  for (const auto& argument : of_cxx) {
    std::error_code missing;
    const std::filesystem::path path = std::filesystem::canonical(argument.second, missing);
    if (missing || !std::filesystem::is_directory(path) || !seen.insert(path).second) continue;
    const HeaderKind kind = kind_of(argument, of_c, libcxx);
    directories.push_back({path.string(), kind, places[kind]++});
  }
  return directories;
}

bool has_system_headers(const HeaderPacks& packs) { return !names_of(HeaderKind::clang, packs).empty(); }

void use_packed_system_headers(const llvm::opt::ArgList& flags, const CompileRequest& request,
                               std::vector<std::string>& arguments) {
  using namespace clang::options;
  for (const llvm::opt::Arg* flag : flags.filtered(OPT__sysroot_EQ, OPT_isysroot, OPT_gcc_toolchain, OPT_gcc_triple_EQ))
    throw InvalidArgument("compiler flag '" + flag->getAsString(flags) +
                          "' asks for system headers other than those of the header packs; leave it out, or set "
                          "build.header_packs to an empty list");
  arguments.emplace_back("-isysroot");  // otherwise Clang would look for a file in the root directory
  arguments.emplace_back(packed_headers_dir);
  for (const HeaderKind kind : wanted_kinds(flags, request)) {
    const std::vector<std::string> names = names_of(kind, request.header_packs);
    if (names.empty() && kind != HeaderKind::local)
      throw InvalidArgument("the header packs have no headers of the " + std::string(name_of(kind)) +
                            ", which the flags ask for; make one that has them with 'dijitso-cache pack-headers', or "
                            "set build.header_packs to an empty list");
    for (const std::string& name : names) {
      arguments.emplace_back(kind == HeaderKind::c ? c_library_flag : internal_flag);
      arguments.push_back(std::string(packed_headers_dir) + "/" + name);
    }
  }
  if (request.machine_headers && !flags.hasArg(OPT_nostdlibinc))
    for (std::string& path : machine_directories(request.header_packs)) {
      arguments.emplace_back("-idirafter");
      arguments.push_back(std::move(path));
    }
}

}  // namespace dijitso::compilation

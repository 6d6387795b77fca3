// The flags of pkg-config's packages, found without pkg-config. Reads files and the environment; changes nothing.
// Errors: InvalidArgument for a package that is missing, too old or malformed.
#pragma once

#include "jit/packages/pc_file.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// Where packages are looked for, and which directories compiler and linker search anyway.
struct PackagePlaces {
  std::vector<std::string> directories;  // absolute
  std::string sysroot;                   // comes before the directories that flags name
  std::vector<std::string> known_include_dirs;
  std::vector<std::string> known_lib_dirs;
  bool is_relative = false;  // the environment names directories relative to the current one
};

// What these variables say, else the system's directories for this machine, such as "x86_64-linux-gnu".
PackagePlaces package_places(const std::string& machine, bool is_foreign);

inline constexpr std::array package_variables = {"PKG_CONFIG_PATH",
                                                 "PKG_CONFIG_LIBDIR",
                                                 "PKG_CONFIG_SYSROOT_DIR",
                                                 "PKG_CONFIG_SYSTEM_INCLUDE_PATH",
                                                 "PKG_CONFIG_SYSTEM_LIBRARY_PATH",
                                                 "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS",
                                                 "PKG_CONFIG_ALLOW_SYSTEM_LIBS"};

struct FoundPackage {
  std::string name;
  std::string version;
  std::string file;
};

struct PackageFlags {
  std::vector<FoundPackage> packages;     // those that were asked for
  std::vector<std::string> include_dirs;  // of -I
  std::vector<std::string> compile;       // all other flags of the field Cflags
  std::vector<std::string> link;          // -L, -l and the like; a file is the value of a -l
};

// What the packages need, and those that they require. `asked_by` is for errors: "build.packages".
PackageFlags find_packages(const std::vector<PackageNeed>& wanted, const PackagePlaces& places,
                           const std::string& asked_by);

// The file of a package; empty when there is none.
std::string find_pc_file(std::string_view name, const PackagePlaces& places);

// "a, b, c"
std::string listed(const std::vector<std::string>& items);

}  // namespace dijitso

// What `pkg-config --cflags --libs` prints, from the same files. As there, flags for the compiler are also those of
// packages in Requires.private, whose headers the package's own may include; flags for the linker are not. Directories
// that are searched anyway are left out: naming them would change their order. Tested in
// unittests/jit/packages_test.cpp, and against pkg-config in tests/python/packages_test.py.
#include "jit/packages/packages.h"

#include "params/paths.h"
#include "support/file.h"

#include <dijitso/error.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace dijitso {
namespace {

constexpr std::uint64_t largest_file = 256 * 1024;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> directories_in(const std::string& list, bool& is_relative) {
  std::vector<std::string> directories;
  for (std::size_t begin = 0, end = 0; begin < list.size(); begin = end + 1) {
    end = std::min(list.find(':', begin), list.size());
    if (end == begin) continue;
    is_relative |= list[begin] != '/';
    directories.push_back(params::absolute_path(list.substr(begin, end - begin)));
  }
  return directories;
}

// As pkg-config of Debian and of Fedora has them. Packages for another machine are only in directories of its own.
std::vector<std::string> system_directories(const std::string& machine, bool is_foreign) {
  std::vector<std::string> directories;
  for (const char* prefix : {"/usr/local", "/usr"}) {
    const std::string of_prefix = prefix;
    directories.push_back(of_prefix + "/lib/" + machine + "/pkgconfig");
    if (!is_foreign)
      for (const char* lib : {"/lib64/pkgconfig", "/lib/pkgconfig"}) directories.push_back(of_prefix + lib);
    directories.push_back(of_prefix + "/share/pkgconfig");
  }
  return directories;
}

class Finder {
 public:
  Finder(const PackagePlaces& places, const std::string& asked_by) : places_(places), asked_by_(asked_by) {}

  struct Found {
    std::string file;
    PcFile content;
  };

  // The packages and what they require, each before what it requires, as a linker wants them.
  std::vector<const Found*> closure(const std::vector<PackageNeed>& wanted, bool with_private) {
    std::vector<const Found*> found;
    std::set<std::string> seen;
    std::vector<std::pair<PackageNeed, std::string>> waiting;  // with the package that needs it; the next at the end
    const auto add = [&](const std::vector<PackageNeed>& needs, const std::string& needed_by) {
      for (auto need = needs.rbegin(); need != needs.rend(); ++need) waiting.emplace_back(*need, needed_by);
    };
    add(wanted, "");
    while (!waiting.empty()) {
      const auto [need, needed_by] = std::move(waiting.back());
      waiting.pop_back();
      const Found& package = find(need.name, needed_by);
      check_version(need, needed_by, package);
      if (!seen.insert(need.name).second) continue;
      found.push_back(&package);
      if (with_private) add(package.content.private_needs, need.name);
      add(package.content.needs, need.name);
    }
    return found;
  }

  const Found& find(const std::string& name, const std::string& needed_by) {
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    const std::string file = find_pc_file(name, places_);
    if (file.empty())
      throw InvalidArgument("the package '" + name + "'" + because(needed_by) + " was not found: " + name +
                            ".pc is in none of " + listed(places_.directories) +
                            "; install its development package, or name its directory in PKG_CONFIG_PATH");
    return known_.emplace(name, Found{file, parse_pc_file(read(file), file, places_.sysroot)}).first->second;
  }

 private:
  std::string because(const std::string& needed_by) const {
    return needed_by.empty() ? ", which " + asked_by_ + " names," : ", which '" + needed_by + "' requires,";
  }

  void check_version(const PackageNeed& need, const std::string& needed_by, const Found& package) const {
    if (is_enough(need, package.content.version)) return;
    throw InvalidArgument("the package '" + need.name + "'" + because(needed_by) + " must have a version " +
                          need.comparison + " " + need.version + ", but '" + package.file + "' is of version " +
                          package.content.version + ": install another, and name its directory in PKG_CONFIG_PATH");
  }

  static std::string read(const std::string& file) try {
    const std::optional<Bytes> bytes = inspect_file(file, largest_file);
    return bytes ? std::string(as_text(*bytes)) : std::string();
  } catch (const FileError& error) {
    throw InvalidArgument("a package file is not usable: " + std::string(error.what()));
  }

  const PackagePlaces& places_;
  const std::string& asked_by_;
  std::map<std::string, Found> known_;
};

// Flags whose value may also be the next word; of the first ones it is a directory.
constexpr std::array<std::string_view, 5> with_value = {"-isystem", "-idirafter", "-I", "-L", "-l"};

class Flags {
 public:
  explicit Flags(const PackagePlaces& places) : places_(places) {}

  // For the linker, a word that is no flag is a file.
  void take(const std::vector<std::string>& words, bool are_for_linker, std::vector<std::string>& flags) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto name = std::ranges::find_if(with_value, [&](auto one) { return words[i].starts_with(one); });
      if (name == with_value.end()) {
        flags.push_back(are_for_linker && !words[i].starts_with('-') ? "-l" + words[i] : words[i]);
        continue;
      }
      std::string value = words[i].substr(name->size());
      if (value.empty() && i + 1 < words.size()) value = words[++i];
      take_value(*name, value, flags);
    }
  }

  PackageFlags result;

 private:
  void take_value(std::string_view name, const std::string& value, std::vector<std::string>& flags) {
    if (name == "-I") return add_new(in_sysroot(value), places_.known_include_dirs, "", result.include_dirs);
    if (name == "-L") return add_new(in_sysroot(value), places_.known_lib_dirs, "-L", flags);
    flags.push_back(std::string(name) + (name == "-l" ? value : in_sysroot(value)));
  }

  static void add_new(const std::string& directory, const std::vector<std::string>& known, const std::string& before,
                      std::vector<std::string>& list) {
    const std::string plain = directory.starts_with('/') ? params::absolute_path(directory) : directory;
    if (std::ranges::find(known, plain) != known.end()) return;
    if (std::ranges::find(list, before + plain) == list.end()) list.push_back(before + plain);
  }

  std::string in_sysroot(const std::string& directory) const {
    const bool is_outside = directory.starts_with('/') && !directory.starts_with(places_.sysroot);
    return (is_outside ? places_.sysroot : "") + directory;
  }

  const PackagePlaces& places_;
};

}  // namespace

PackagePlaces package_places(const std::string& machine, bool is_foreign) {
  PackagePlaces places;
  bool& is_relative = places.is_relative;
  places.directories = directories_in(variable("PKG_CONFIG_PATH"), is_relative);
  const std::string instead = variable("PKG_CONFIG_LIBDIR");
  for (std::string& directory :
       instead.empty() ? system_directories(machine, is_foreign) : directories_in(instead, is_relative))
    places.directories.push_back(std::move(directory));
  for (const std::string& root : directories_in(variable("PKG_CONFIG_SYSROOT_DIR"), is_relative))
    if (root != "/") places.sysroot = root;
  const std::string include_path = variable("PKG_CONFIG_SYSTEM_INCLUDE_PATH");
  const std::string lib_path = variable("PKG_CONFIG_SYSTEM_LIBRARY_PATH");
  if (!std::getenv("PKG_CONFIG_ALLOW_SYSTEM_CFLAGS"))
    places.known_include_dirs = directories_in(include_path.empty() ? "/usr/include" : include_path, is_relative);
  const std::string lib_dirs = "/lib:/lib64:/lib/" + machine + ":/usr/lib:/usr/lib64:/usr/lib/" + machine;
  if (!std::getenv("PKG_CONFIG_ALLOW_SYSTEM_LIBS"))
    places.known_lib_dirs = directories_in(lib_path.empty() ? lib_dirs : lib_path, is_relative);
  return places;
}

std::string find_pc_file(std::string_view name, const PackagePlaces& places) {
  for (const std::string& directory : places.directories) {
    const std::filesystem::path file = std::filesystem::path(directory) / (std::string(name) + ".pc");
    if (std::error_code ignored; std::filesystem::exists(file, ignored)) return file.string();
  }
  return "";
}

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

PackageFlags find_packages(const std::vector<PackageNeed>& wanted, const PackagePlaces& places,
                           const std::string& asked_by) {
  Finder finder(places, asked_by);
  Flags flags(places);
  for (const Finder::Found* package : finder.closure(wanted, /*with_private=*/true))
    flags.take(package->content.compile_flags, false, flags.result.compile);
  for (const Finder::Found* package : finder.closure(wanted, /*with_private=*/false))
    flags.take(package->content.link_flags, true, flags.result.link);
  for (const PackageNeed& need : wanted) {
    const Finder::Found& package = finder.find(need.name, "");
    flags.result.packages.push_back({need.name, package.content.version, package.file});
  }
  return std::move(flags.result);
}

}  // namespace dijitso

// system::ldd: searches libraries like the dynamic linker, but only reads files. Libraries are visited breadth first
// and each once, so the first one found is used, as at run time. ld.so.cache is read in the "new" format, which glibc
// has written since 1999. Tested in unittests/support/ldd_test.cpp.
#include <dijitso/system.h>

#include "support/elf_dynamic.h"
#include "support/file.h"
#include "support/file_name.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>

namespace dijitso::system {
namespace {

namespace fs = std::filesystem;

#if defined(__x86_64__)
constexpr const char* multiarch = "x86_64-linux-gnu";
#else
constexpr const char* multiarch = "aarch64-linux-gnu";
#endif

// A file that was found during the search.
struct Loaded {
  fs::path path;
  ElfDynamic dynamic;
  std::shared_ptr<const Loaded> loader;  // the file that needed it first; empty for the first file
};

// The library names in ldconfig's cache, with their paths in order of preference.
std::multimap<std::string, std::string> read_ld_cache() {
  constexpr std::string_view magic = "glibc-ld.so.cache1.1";
  constexpr std::size_t header_size = 48, entry_size = 24;
  std::multimap<std::string, std::string> known;
  std::optional<Bytes> file;
  try {
    file = read_file("/etc/ld.so.cache");
  } catch (const FileError&) {
  }
  if (!file) return known;
  // The old format may come before the new one.
  const std::size_t begin = as_text(*file).find(magic);
  if (begin == std::string_view::npos || file->size() - begin < header_size) return known;
  const std::string_view text = as_text(*file).substr(begin);
  const std::size_t count = value_at<std::uint32_t>(*file, begin + magic.size());
  if (count > (text.size() - header_size) / entry_size) return known;
  const auto string_at = [&](std::uint32_t offset) {
    if (offset >= text.size()) return std::string();
    return std::string(text.substr(offset, text.find('\0', offset) - offset));
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = begin + header_size + i * entry_size;
    known.emplace(string_at(value_at<std::uint32_t>(*file, entry + 4)),
                  string_at(value_at<std::uint32_t>(*file, entry + 8)));
  }
  return known;
}

// Replaces $ORIGIN, $LIB and $PLATFORM, with or without braces.
std::string expand(std::string text, const fs::path& object) {
  std::error_code error;
  fs::path real = fs::canonical(object, error);
  const std::string origin = (error ? object : real).parent_path();
  const std::string lib = std::string("lib/") + multiarch;
  const std::string platform = std::string(multiarch).substr(0, std::string_view(multiarch).find('-'));
  for (const auto& [name, value] : {std::pair("ORIGIN", &origin), {"LIB", &lib}, {"PLATFORM", &platform}}) {
    for (const std::string& token : {"${" + std::string(name) + "}", "$" + std::string(name)})
      for (std::size_t at = 0; (at = text.find(token, at)) != text.npos; at += value->size())
        text.replace(at, token.size(), *value);
  }
  return text;
}

class Search {
 public:
  explicit Search(std::uint16_t machine) : machine_(machine), ld_cache_(read_ld_cache()) {
    const char* value = std::getenv("LD_LIBRARY_PATH");
    for (std::string_view rest = value ? value : ""; !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(":;"), rest.size());
      library_path_.emplace_back(end == 0 ? "." : rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  // Returns nullptr when it is not found.
  std::shared_ptr<const Loaded> find(const std::string& name, const std::shared_ptr<const Loaded>& needer) const {
    if (name.find('/') != name.npos) return open(expand(name, needer->path), needer);
    if (needer->dynamic.runpath.empty())
      for (const Loaded* object = needer.get(); object; object = object->loader.get())
        if (object->dynamic.runpath.empty())
          if (auto found = find_in(object->dynamic.rpath, name, *object, needer)) return found;
    if (auto found = find_in(library_path_, name, *needer, needer)) return found;
    if (auto found = find_in(needer->dynamic.runpath, name, *needer, needer)) return found;
    for (auto [entry, end] = ld_cache_.equal_range(name); entry != end; ++entry)
      if (auto found = open(entry->second, needer)) return found;
    const std::string arch = multiarch;
    return find_in({"/lib/" + arch, "/usr/lib/" + arch, "/lib64", "/usr/lib64", "/lib", "/usr/lib"}, name, *needer,
                   needer);
  }

 private:
  std::shared_ptr<const Loaded> find_in(const std::vector<std::string>& dirs, const std::string& name,
                                        const Loaded& origin, const std::shared_ptr<const Loaded>& needer) const {
    for (const std::string& dir : dirs)
      if (auto found = open(fs::path(expand(dir, origin.path)) / name, needer)) return found;
    return nullptr;
  }

  // Skips files for other machines, as the dynamic linker does.
  std::shared_ptr<const Loaded> open(const fs::path& path, const std::shared_ptr<const Loaded>& needer) const {
    try {
      std::optional<ElfDynamic> dynamic = read_elf_dynamic(path);
      if (!dynamic || dynamic->machine != machine_) return nullptr;
      return std::make_shared<const Loaded>(Loaded{fs::absolute(path), std::move(*dynamic), needer});
    } catch (const FileError&) {
      return nullptr;
    }
  }

  std::uint16_t machine_;
  std::vector<std::string> library_path_;
  std::multimap<std::string, std::string> ld_cache_;
};

std::shared_ptr<const Loaded> open_first(const std::string& libname) {
  try {
    if (std::optional<ElfDynamic> dynamic = read_elf_dynamic(without_nul(libname)))
      return std::make_shared<const Loaded>(Loaded{fs::absolute(libname), std::move(*dynamic), nullptr});
  } catch (const FileError& error) {
    throw Error(error.what());
  }
  throw InvalidArgument("'" + libname +
                        "' is not a 64-bit ELF shared library or program: it has no dependencies to list");
}

}  // namespace

std::map<std::string, std::string> ldd(const std::string& libname) {
  std::map<std::string, std::string> libraries;
  std::deque<std::shared_ptr<const Loaded>> to_visit{open_first(libname)};
  const Search search(to_visit.front()->dynamic.machine);
  while (!to_visit.empty()) {
    const std::shared_ptr<const Loaded> object = to_visit.front();
    to_visit.pop_front();
    for (const std::string& name : object->dynamic.needed) {
      const std::string basename = fs::path(name).filename();
      if (libraries.contains(basename)) continue;
      const std::shared_ptr<const Loaded> found = search.find(name, object);
      libraries[basename] = found ? found->path.string() : "";
      if (found) to_visit.push_back(found);
    }
  }
  return libraries;
}

}  // namespace dijitso::system

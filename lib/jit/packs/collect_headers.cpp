// On a machine of developers, /usr/include has gigabytes of headers of other libraries, so the C library's headers are
// recognised by the names of their folders. From a directory that the user names all files are taken, because headers
// may have any ending, or none (Eigen). Tested in unittests/jit/collect_headers_test.cpp.
#include "jit/packs/collect_headers.h"

#include "params/paths.h"
#include "support/directory.h"
#include "support/split.h"

#include <dijitso/error.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <list>
#include <string_view>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

void list(const fs::path& directory, const std::function<void(const char*)>& use) {
  if (const int error = for_each_name(directory, use); error != 0)
    throw fs::filesystem_error("cannot list", directory, std::error_code(error, std::generic_category()));
}

constexpr std::size_t most_headers = 1'000'000;
constexpr std::size_t most_levels = 64;

// Folders of glibc and of the kernel.
constexpr std::array<std::string_view, 35> c_library_folders = {
    "arpa",   "asm",     "asm-generic", "bits",   "cxl",     "drm",      "finclude",  "fwctl",     "gnu",
    "linux",  "misc",    "mtd",         "net",    "netash",  "netatalk", "netax25",   "neteconet", "netinet",
    "netipx", "netiucv", "netpacket",   "netrom", "netrose", "nfs",      "protocols", "rdma",      "regulator",
    "rpc",    "rpcsvc",  "scsi",        "sound",  "sys",     "tirpc",    "video",     "xen"};

struct Folder {
  fs::path path;
  std::string name;                 // relative to the packed directory, ending in a slash; empty for itself
  std::vector<fs::path> ancestors;  // canonical paths
};

class Walk {
 public:
  explicit Walk(const fs::path& directory) : directory_(directory) {}

  // Adds a file or folder. `name` is relative to the directory.
  void take(const std::string& name, const std::vector<fs::path>& ancestors) {
    const fs::path path = directory_ / name;
    std::error_code error;
    const fs::path source = fs::canonical(path, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::too_many_symbolic_link_levels) return;
    if (error) throw CacheError("'" + path.string() + "' cannot be packed: " + error.message());
    if (fs::is_directory(source)) {
      if (std::ranges::find(ancestors, source) != ancestors.end()) return;
      if (ancestors.size() == most_levels)
        refuse("more than " + std::to_string(most_levels) + " folders lie in each other");
      folders_.push_back({path, name + "/", ancestors});
      folders_.back().ancestors.push_back(source);
    } else if (fs::is_regular_file(source)) {
      if (headers_.size() == most_headers) refuse("it has more than " + std::to_string(most_headers) + " files");
      headers_.push_back({name, source.string()});
    }
  }

  void take_all(const Folder& folder) try {
    list(folder.path, [&](const std::string& name) {
      if (!name.starts_with('.')) take(folder.name + name, folder.ancestors);
    });
  } catch (const fs::filesystem_error& error) {
    throw CacheError("'" + folder.path.string() + "' cannot be packed: " + error.code().message());
  }

  std::vector<HeaderToPack> finish() {
    for (; !folders_.empty(); folders_.pop_front()) take_all(Folder(folders_.front()));
    std::ranges::sort(headers_, {}, &HeaderToPack::path);
    const auto again = std::ranges::unique(headers_, {}, &HeaderToPack::path);
    headers_.erase(again.begin(), again.end());
    return std::move(headers_);
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw CacheError("'" + directory_.string() + "' cannot be packed: " + reason +
                     "; name the parts that are needed, as in 'DIR:part,part'");
  }

  fs::path directory_;
  std::list<Folder> folders_;
  std::vector<HeaderToPack> headers_;
};

}  // namespace

std::vector<HeaderToPack> headers_in(const std::string& directory, const std::vector<std::string>& parts) {
  std::error_code missing;
  const fs::path source = fs::canonical(directory, missing);
  if (missing || !fs::is_directory(source))
    throw InvalidArgument("'" + directory + "' cannot be packed: there is no such directory");
  Walk walk(directory);
  if (parts.empty()) walk.take_all({directory, "", {source}});
  for (const std::string& part : parts) {
    const bool is_inside =
        fs::path(part).is_relative() && !fs::path(part).lexically_normal().string().starts_with("..");
    if (!is_inside || !fs::exists(fs::path(directory) / part, missing))
      throw InvalidArgument("'" + directory + "' has no part '" + part + "' that could be packed");
    walk.take((fs::path(part) / "").lexically_normal().parent_path().string(), {source});
  }
  return walk.finish();
}

std::vector<std::string> c_library_parts(const std::string& directory) {
  std::vector<std::string> parts;
  list(directory, [&](const std::string& name) {
    const fs::path path = fs::path(directory) / name;
    const bool is_folder = std::ranges::find(c_library_folders, name) != c_library_folders.end();
    const bool is_header = name.ends_with(".h") && !name.starts_with('.') && fs::is_regular_file(path);
    if (is_folder ? fs::is_directory(path) : is_header) parts.push_back(name);
  });
  std::ranges::sort(parts);
  return parts;
}

ChosenDirectory chosen_directory(const std::string& text) {
  if (text.empty()) throw InvalidArgument("an include directory without a name cannot be packed");
  const std::size_t colon = text.rfind(':');
  std::error_code ignored;
  if (colon == text.npos || fs::is_directory(text, ignored)) return {params::absolute_path(text), {}};
  ChosenDirectory chosen{params::absolute_path(text.substr(0, colon)), {}};
  for (const std::string_view part : split(std::string_view(text).substr(colon + 1), ',')) {
    if (part.empty()) throw InvalidArgument("'" + text + "' names a part without a name; write 'DIR:part,part'");
    chosen.parts.emplace_back(part);
  }
  return chosen;
}

}  // namespace dijitso

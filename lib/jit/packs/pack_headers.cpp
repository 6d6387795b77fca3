// Clang's driver knows where the system's headers are, so making a pack loads the compiler; reading one does not. A
// named directory that is one of the system's is merged with that. Tested in tests/cli/pack_headers_test.py.
#include "jit/link/backends.h"
#include "jit/packs/collect_headers.h"
#include "jit/request/header_packs.h"
#include "support/file.h"

#include <dijitso/build.h>
#include <dijitso/error.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace dijitso {
namespace {

using build::PackOptions;

namespace fs = std::filesystem;

constexpr unsigned pack_mode = 0644;

// The headers to pack from each of the system's directories; a directory may have none.
std::vector<DirectoryToPack> system_directories(const PackOptions& options) {
  compilation::Compiler& compiler = compiler_for_headers();
  std::vector<compilation::SystemDirectory> found = compiler.system_directories(/*libcxx=*/false);
  if (options.libcxx)
    for (compilation::SystemDirectory& directory : compiler.system_directories(/*libcxx=*/true))
      if (directory.kind == HeaderKind::libcxx) found.push_back(std::move(directory));
  std::vector<DirectoryToPack> directories;
  for (const compilation::SystemDirectory& directory : found) {
    directories.push_back({directory.kind, directory.place, {directory.path}, {}});
    if (directory.kind == HeaderKind::c && options.system)
      directories.back().headers = headers_in(directory.path, c_library_parts(directory.path));
    else if (directory.kind == HeaderKind::libcxx ? options.libcxx
                                                  : directory.kind != HeaderKind::local && options.system)
      directories.back().headers = headers_in(directory.path);
  }
  return directories;
}

void check_system(const std::vector<DirectoryToPack>& directories, const PackOptions& options) {
  std::vector<std::pair<HeaderKind, const char*>> needed;
  if (options.system)
    needed = {{HeaderKind::clang, "libclang-common-22-dev"},
              {HeaderKind::cxx, "libstdc++-12-dev"},
              {HeaderKind::c, "libc6-dev"}};
  if (options.libcxx) needed.emplace_back(HeaderKind::libcxx, "libc++-dev");
  for (const auto& [kind, package] : needed)
    if (std::ranges::none_of(directories, [&](const auto& one) { return one.kind == kind && !one.headers.empty(); }))
      throw CacheError("this machine has no headers of the " + std::string(name_of(kind)) +
                       " that could be packed; install them (" + package + ")");
}

// Adds the headers that the directory does not have yet.
void add(std::vector<HeaderToPack> headers, DirectoryToPack& directory) {
  std::set<std::string_view> present;
  for (const HeaderToPack& header : directory.headers) present.insert(header.path);
  std::erase_if(headers, [&](const HeaderToPack& header) { return present.contains(header.path); });
  directory.headers.insert(directory.headers.end(), headers.begin(), headers.end());
}

void add_chosen(const ChosenDirectory& chosen, std::vector<DirectoryToPack>& directories) {
  std::vector<HeaderToPack> headers = headers_in(chosen.path, chosen.parts);
  if (headers.empty()) throw InvalidArgument("'" + chosen.path + "' has no files that could be packed");
  const std::string source = fs::canonical(chosen.path).string();
  const auto same = std::ranges::find_if(directories, [&](const DirectoryToPack& directory) {
    return std::ranges::find(directory.paths, source) != directory.paths.end();
  });
  DirectoryToPack& directory =
      same != directories.end() ? *same : directories.emplace_back(DirectoryToPack{HeaderKind::given, 0, {source}, {}});
  add(std::move(headers), directory);
  directory.paths.push_back(chosen.path);
}

Bytes read_header(const std::string& source) {
  std::optional<Bytes> text;
  try {
    text = read_file(source);
  } catch (const FileError& error) {
    throw CacheError("a header cannot be packed: " + std::string(error.what()));
  }
  if (!text) throw CacheError("'" + source + "' was removed while it was to be packed; try again");
  return std::move(*text);
}

build::HeaderPackFacts facts_of(const HeaderPack& pack) {
  build::HeaderPackFacts facts{pack.path(), pack.digest().hex(), pack.size(), {}};
  for (const PackedDirectory& directory : pack.directories())
    facts.directories.push_back({std::string(name_of(directory.kind)), directory.name, directory.digest.hex(),
                                 directory.paths, directory.files, directory.bytes});
  return facts;
}

}  // namespace

namespace build {

HeaderPackFacts pack_headers(const std::string& file, const PackOptions& options, const PackProgress& progress) {
  if (!options.system && !options.libcxx && options.include_dirs.empty())
    throw InvalidArgument("nothing was chosen to be packed: give --default, --libc++ or --include-dir");
  std::vector<DirectoryToPack> directories = system_directories(options);
  check_system(directories, options);
  for (const std::string& text : options.include_dirs) add_chosen(chosen_directory(text), directories);
  std::erase_if(directories, [](const DirectoryToPack& directory) { return directory.headers.empty(); });
  const Bytes pack = make_header_pack(std::move(directories), read_header, progress);
  try {
    publish_beside(file, pack, pack_mode, Publish::replace);
  } catch (const FileError& error) {
    throw CacheError("the header pack cannot be written: " + std::string(error.what()));
  }
  return facts_of(*HeaderPack::open(file));
}

HeaderPackFacts read_header_pack(const std::string& file, const PackProgress& progress) {
  const auto pack = HeaderPack::open(file);
  pack->verify(progress);
  return facts_of(*pack);
}

std::vector<HeaderPackFacts> header_packs(const BuildParams& build_params) {
  std::vector<HeaderPackFacts> facts;
  for (const auto& pack : open_header_packs(build_params.header_packs)) facts.push_back(facts_of(*pack));
  return facts;
}

}  // namespace build
}  // namespace dijitso

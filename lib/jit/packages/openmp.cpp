// omp.h must be that of the library: GCC's has other types for locks. It belongs into the directory of Clang's own
// headers, where Debian's libomp-22-dev puts it. When it is not there, that of another version of LLVM will do, because
// new versions of the library keep what old ones have. Tested in unittests/jit/openmp_test.cpp.
#include "jit/packages/openmp.h"

#include "jit/packages/packages.h"
#include "support/directory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

constexpr const char* header = "omp.h";
constexpr const char* of_clang = DIJITSO_RESOURCE_DIR "/include";

std::vector<fs::path> subdirectories(const fs::path& directory) {
  std::vector<fs::path> found;
  for_each_name(directory, [&](const char* name) { found.push_back(directory / name); });
  return found;
}

// Those of other versions of LLVM, the newest first.
std::vector<std::string> other_directories() {
  std::vector<std::string> found;
  for (const fs::path& llvm : subdirectories("/usr/lib"))
    if (llvm.filename().string().starts_with("llvm-"))
      for (const fs::path& version : subdirectories(llvm / "lib/clang"))
        found.push_back((version / "include").string());
  const auto number = [](const std::string& path) { return std::atoi(path.c_str() + std::strlen("/usr/lib/llvm-")); };
  std::ranges::sort(found, [&](const auto& a, const auto& b) { return number(a) > number(b); });
  return found;
}

bool has_header(const std::string& directory) {
  std::error_code ignored;
  return fs::exists(fs::path(directory) / header, ignored);
}

bool has_header(const HeaderPack& pack) {
  for (std::size_t i = 0; i < pack.directories().size(); ++i)
    if (pack.directories()[i].kind == HeaderKind::clang &&
        std::ranges::any_of(pack.files(i), [](const PackedFile& file) { return file.path == header; }))
      return true;
  return false;
}

}  // namespace

std::string openmp_include_dir(const HeaderPacks& packs) {
  return openmp_include_dir(packs, of_clang, other_directories());
}

std::string openmp_include_dir(const HeaderPacks& packs, const std::string& own,
                               const std::vector<std::string>& others) {
  const bool is_packed = std::ranges::any_of(packs, [](const auto& pack) {
    return std::ranges::any_of(pack->directories(), [](const auto& one) { return one.kind == HeaderKind::clang; });
  });
  if (std::ranges::any_of(packs, [](const auto& pack) { return has_header(*pack); })) return "";
  if (has_header(own)) return is_packed ? own : "";
  const auto other = std::ranges::find_if(others, [](const std::string& one) { return has_header(one); });
  return other == others.end() ? "" : *other;
}

std::string openmp_advice() {
  return "LLVM's omp.h was looked for in " + std::string(of_clang) +
         " and beside other versions of LLVM: set build.openmp, and install it (Debian: libomp-22-dev, or "
         "libomp-14-dev), "
         "or name its directory in build.include_dirs. GCC's omp.h is for another library.\n";
}

}  // namespace dijitso

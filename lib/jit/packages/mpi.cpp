// Each MPI installs .pc files; the distribution's choice is called mpi.pc. Some systems have them in directories that
// pkg-config does not search, because several MPIs may be installed side by side. Programs in C++ may use the bindings
// for it, of which Open MPI 4 and older have a library. Tested in unittests/jit/mpi_package_test.cpp.
#include "jit/packages/mpi.h"

#include "support/library_file.h"

#include <dijitso/error.h>

#include <filesystem>
#include <utility>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

constexpr const char* open_mpi = "Open MPI";
constexpr const char* mpich = "MPICH";

// The MPIs that implement MPICH's binary interface, such as Intel's, have its SONAME.
constexpr std::pair<const char*, const char*> sonames[] = {
    {"libmpi.so.40", open_mpi}, {"libmpich.so.12", mpich}, {"libmpi.so.12", mpich}, {"libmpi.so.20", open_mpi}};

LoadedMpi loaded_mpi() {
  for (const auto& [soname, name] : sonames)
    if (std::string file = file_of_loaded_library(soname); !file.empty()) return {name, std::move(file)};
  return {};
}

std::vector<std::string> package_names(const LoadedMpi& loaded, bool is_c) {
  std::vector<std::string> names;
  const auto add = [&](const char* of_cxx, std::initializer_list<const char*> others) {
    if (!is_c && of_cxx) names.emplace_back(of_cxx);
    names.insert(names.end(), others.begin(), others.end());
  };
  if (loaded.name.empty()) add("mpi-cxx", {"mpi-c", "mpi"});
  if (loaded.name != mpich) add("ompi-cxx", {"ompi-c", "ompi"});
  if (loaded.name != open_mpi) add(nullptr, {"mpich", "impi"});
  return names;
}

// The directories beside the loaded library, which decide; then those of `places`, and those where systems put several
// MPIs.
PackagePlaces places_of_mpi(const PackagePlaces& places, const LoadedMpi& loaded, const std::string& machine) {
  PackagePlaces all = places;
  all.directories.clear();
  std::error_code ignored;
  for (const fs::path& file : {fs::path(loaded.file), fs::canonical(loaded.file, ignored)})
    if (!file.empty()) all.directories.push_back((file.parent_path() / "pkgconfig").string());
  all.directories.insert(all.directories.end(), places.directories.begin(), places.directories.end());
  for (const std::string& lib : {"/usr/lib/" + machine, std::string("/usr/lib64"), std::string("/usr/lib")})
    for (const char* name : {"/openmpi", "/mpich"}) all.directories.push_back(lib + name + "/lib/pkgconfig");
  return all;
}

}  // namespace

PackageFlags find_mpi(const PackagePlaces& places, const std::string& machine, bool is_c, bool is_foreign) {
  return find_mpi(places, machine, is_c, is_foreign ? LoadedMpi() : loaded_mpi());
}

PackageFlags find_mpi(const PackagePlaces& places, const std::string& machine, bool is_c, const LoadedMpi& loaded) {
  const PackagePlaces all = places_of_mpi(places, loaded, machine);
  const std::vector<std::string> names = package_names(loaded, is_c);
  for (const std::string& name : names)
    if (!find_pc_file(name, all).empty()) return find_packages({{name}}, all, "build.mpi");
  const std::string which =
      loaded.name.empty() ? "MPI" : loaded.name + ", which the process has loaded from '" + loaded.file + "',";
  std::vector<std::string> files;
  for (const std::string& name : names) files.push_back(name + ".pc");
  throw InvalidArgument("what code for " + which + " needs is not known: none of " + listed(files) + " is in " +
                        listed(all.directories) +
                        "; install its development package (Debian: libopenmpi-dev, libmpich-dev), or name the "
                        "directory of its .pc file in PKG_CONFIG_PATH");
}

}  // namespace dijitso

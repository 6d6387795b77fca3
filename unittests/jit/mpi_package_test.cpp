#include "jit/packages/mpi.h"

#include "params/surroundings.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Contains;
using surroundings::TemporaryDirectory;

namespace {

constexpr const char* no_machine = "no-machine";  // for which the system has no directories

struct Machine {
  TemporaryDirectory directory;
  PackagePlaces places = {.directories = {directory.path("pc")}};

  void install(const std::string& name, const std::string& where = "pc") const {
    directory.write(where + "/" + name + ".pc", "Version: 1\nLibs: -l" + name + "\n");
  }
  std::string found(bool is_c, const LoadedMpi& loaded = {}) const {
    return find_mpi(places, no_machine, is_c, loaded).link.at(0);
  }
};

}  // namespace

TEST_CASE("the distribution's choice of an MPI comes first", "[packages]") {
  const Machine machine;
  machine.install("mpich");
  CHECK(machine.found(true) == "-lmpich");
  machine.install("ompi-c");
  CHECK(machine.found(true) == "-lompi-c");
  machine.install("mpi");
  CHECK(machine.found(true) == "-lmpi");
  machine.install("mpi-c");
  CHECK(machine.found(true) == "-lmpi-c");
  CHECK(machine.found(false) == "-lmpi-c");
  machine.install("mpi-cxx");
  CHECK(machine.found(true) == "-lmpi-c");
  CHECK(machine.found(false) == "-lmpi-cxx");
}

TEST_CASE("the MPI that the process has loaded decides", "[packages]") {
  const Machine machine;
  for (const char* name : {"mpi", "mpi-c", "mpi-cxx", "ompi", "mpich"}) machine.install(name);
  CHECK(machine.found(false, {"MPICH", "/usr/lib/libmpich.so.12"}) == "-lmpich");
  CHECK(machine.found(false, {"Open MPI", "/usr/lib/libmpi.so.40"}) == "-lompi");
  machine.install("ompi-cxx");
  CHECK(machine.found(false, {"Open MPI", "/usr/lib/libmpi.so.40"}) == "-lompi-cxx");
  CHECK(machine.found(true, {"Open MPI", "/usr/lib/libmpi.so.40"}) == "-lompi");
}

TEST_CASE("of two installations of the loaded MPI, the one beside the library counts", "[packages]") {
  const Machine machine;
  machine.install("mpich");
  machine.directory.write("env/lib/pkgconfig/mpich.pc", "Version: 1\nLibs: -lof-env\n");
  const std::string library = machine.directory.write("env/lib/libmpi.so.12.1", "");
  std::filesystem::create_directories(machine.directory.path("other"));
  const std::string link = machine.directory.path("other/libmpi.so.12");
  std::filesystem::create_symlink(library, link);
  CHECK(machine.found(true, {"MPICH", library}) == "-lof-env");
  CHECK(machine.found(true, {"MPICH", link}) == "-lof-env");
}

TEST_CASE("a missing MPI is an error that says where it was looked for", "[packages]") {
  const Machine machine;
  machine.install("mpich");
  try {
    machine.found(true, {"Open MPI", "/opt/lib/libmpi.so.40"});
    FAIL("no error");
  } catch (const InvalidArgument& error) {
    CHECK_THAT(error.what(), Contains("Open MPI, which the process has loaded from '/opt/lib/libmpi.so.40'") &&
                                 Contains("none of ompi-c.pc, ompi.pc is in /opt/lib/pkgconfig, ") &&
                                 Contains(machine.directory.path("pc")) && Contains("libopenmpi-dev") &&
                                 Contains("PKG_CONFIG_PATH"));
  }
  const Machine empty;
  CHECK_THROWS_WITH(empty.found(false), Contains("code for MPI needs is not known: none of mpi-cxx.pc, "));
}

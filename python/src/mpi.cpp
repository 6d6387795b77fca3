// dijitso._mpi: the functions of libdijitso-mpi that the Python package calls (see collective.h). Communicators of
// mpi4py are passed as the addresses of their handles, so its headers are not needed. dijitso._mpi_mpich is the same
// for libdijitso-mpi-mpich. Tested in tests/python/mpi_test.py and mpich_test.py.

#include "collective.h"

#include <pybind11/pybind11.h>

#include <dijitso/mpi.h>

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace dijitso::python {
namespace {

namespace py = pybind11;

MPI_Comm comm_at(std::uintptr_t address) { return *reinterpret_cast<const MPI_Comm*>(address); }

class Ranks final : public Collective {
 public:
  Ranks(MPI_Comm comm, mpi::Strategy strategy) : comm_(comm), strategy_(std::move(strategy)) {}

  Library jit(const std::string& name, const Params& params, const Generate& generate) const override {
    return mpi::jit(comm_, name, params, generate, strategy_).first;
  }
  std::vector<std::pair<Library, std::string>> jit_many(const std::vector<JitRequest>& requests) const override {
    return mpi::jit_many(comm_, requests, strategy_);
  }
  [[noreturn]] void refuse(std::exception_ptr failure) const override { mpi::refuse(comm_, failure); }
  cache::ImportResult import_modules(const std::string& file, const CacheParams& cache_params) const override {
    return mpi::import_modules(comm_, file, cache_params);
  }

 private:
  MPI_Comm comm_;
  mpi::Strategy strategy_;
};

py::capsule ranks(std::uintptr_t comm, std::string build_on, std::string isa, std::string compression) {
  const auto free = [](PyObject* capsule) {
    delete static_cast<Collective*>(PyCapsule_GetPointer(capsule, Collective::capsule_name));
  };
  std::unique_ptr<Collective> made = std::make_unique<Ranks>(
      comm_at(comm), mpi::Strategy{std::move(build_on), std::move(isa), std::move(compression)});
  const py::capsule capsule(made.get(), Collective::capsule_name, free);
  made.release();
  return capsule;
}

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text;
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  return {text.data(), static_cast<std::size_t>(length)};
}

// Handles of another MPI, or of a second copy of this one, cannot be used here. The version is compared first, because
// the size of handles may differ too.
bool is_linked_with(const std::string& version, std::uintptr_t world) {
  return version == library_version() && comm_at(world) == MPI_COMM_WORLD;
}

py::dict traffic() {
  const mpi::Traffic now = mpi::traffic();
  py::dict result;
  result["bytes_sent"] = now.bytes_sent;
  result["bytes_received"] = now.bytes_received;
  result["agreements"] = now.agreements;
  return result;
}

}  // namespace
}  // namespace dijitso::python

PYBIND11_MODULE(DIJITSO_MODULE, m) {
  using namespace dijitso::python;
  m.def("ranks", &ranks);
  m.def("library_version", &library_version);
  m.def("is_linked_with", &is_linked_with);
  m.def("traffic", &traffic);
}

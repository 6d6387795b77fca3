// dijitso.mpi: decides which ranks build, receive or wait, on the communicators of a program. The library is
// libdijitso-mpi (CMake: find_package(dijitso COMPONENTS mpi), dijitso::mpi), or libdijitso-mpi-mpich
// (dijitso::mpi_mpich) for MPICH beside another MPI; docs/mpi.md has an example program.
//
// Collective: every rank of `comm` calls the function, in the same order as other collective operations. A failure on
// one rank is thrown on all of them.
// Ownership: a communicator that is passed in as MPI_Comm remains the caller's; one that a function makes belongs to
// the result.
// Thread-safety: as for MPI: with MPI_THREAD_MULTIPLE from any thread, but not from two threads on one communicator at
// once.
// Errors: InvalidArgument before MPI_Init or after MPI_Finalize and for MPI_COMM_NULL or an intercommunicator;
// CommunicationError for errors of MPI and failures of other ranks. While a function runs, the error handler of `comm`
// is MPI_ERRORS_RETURN, so that such errors do not end the program; afterwards its own handler is restored.
#pragma once

#include <dijitso/cache.h>
#include <dijitso/export.h>
#include <dijitso/jit.h>

// Only the C functions are used, so one library of MPI is enough.
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {
namespace mpi {

// Owns a communicator, or none. Freeing is collective in MPI: all its ranks should destroy theirs. After MPI_Finalize
// nothing is freed.
class DIJITSO_API Communicator {
 public:
  Communicator() = default;
  explicit Communicator(MPI_Comm comm) : comm_(comm) {}
  Communicator(Communicator&& other) noexcept : comm_(other.release()) {}
  Communicator& operator=(Communicator&& other) noexcept {
    std::swap(comm_, other.comm_);
    return *this;
  }
  ~Communicator();

  MPI_Comm get() const { return comm_; }
  explicit operator bool() const { return comm_ != MPI_COMM_NULL; }
  // Transfers the communicator to the caller, who frees it.
  MPI_Comm release() { return std::exchange(comm_, MPI_COMM_NULL); }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

// Documented: bcast_uuid(comm). 128 random bits as 32 hexadecimal digits, the same on all ranks. Collective.
DIJITSO_API std::string bcast_uuid(MPI_Comm comm);

// Documented: discover_path_access_ranks(comm, path). The ranks, in order, that see the same directory under `path`,
// which may be another path on each of them. Collective. Each rank makes a file in that directory, which is created if
// it is missing, and removes the file again. Such files that are more than an hour older remain from programs that
// crashed, and are removed too. CommunicationError when a rank cannot write there.
DIJITSO_API std::vector<int> discover_path_access_ranks(MPI_Comm comm, const std::string& path);

// Documented: gather_global_partitions(comm, partition). All values of `partition`, each once, in order. Collective.
DIJITSO_API std::vector<int> gather_global_partitions(MPI_Comm comm, int partition);

// Documented: create_subcomm(comm, ranks). A communicator of these ranks, in this order; empty on the others.
// Collective, with the same ranks everywhere. CommunicationError for ranks that are not in comm, or are in the list
// twice.
DIJITSO_API Communicator create_subcomm(MPI_Comm comm, const std::vector<int>& ranks);

struct NodeComm {
  Communicator comm;
  int node_root = 0;  // the rank of comm's rank 0 in the original communicator
};

// Documented: create_node_comm(comm, comm_dir). The ranks that share the physical directory comm_dir, in order.
// Collective.
DIJITSO_API NodeComm create_node_comm(MPI_Comm comm, const std::string& comm_dir);

// Documented: create_node_roots_comm(comm, node_root). The ranks that are node_root on some rank; empty on the others.
// Collective.
DIJITSO_API Communicator create_node_roots_comm(MPI_Comm comm, int node_root);

enum class Role { builder, receiver, waiter };

// The communicators for jit (dijitso/jit.h, Exchange). When objects are sent, the builder and the receivers have a
// `copy_comm`, whose rank 0 is the builder. `wait` is a barrier of `wait_comm`, unless that is empty.
struct CommsAndRole {
  Communicator copy_comm;
  Communicator wait_comm;
  Role role = Role::builder;
};

// Documented: create_comms_and_role_root(comm, node_comm, node_root). Rank 0 builds and sends to the first rank of each
// other node, everyone waits for its node. Collective. `node_comm` becomes wait_comm.
DIJITSO_API CommsAndRole create_comms_and_role_root(MPI_Comm comm, Communicator node_comm, int node_root);

// Documented: create_comms_and_role_node(comm, node_comm, node_root). The first rank of each node builds, everyone
// waits for its node; nothing is sent. Collective. `node_comm` becomes wait_comm.
DIJITSO_API CommsAndRole create_comms_and_role_node(MPI_Comm comm, Communicator node_comm, int node_root);

// Documented: create_comms_and_role_process(comm, node_comm, node_root). Every rank builds for itself. Collective.
// InvalidArgument, on all ranks, when some share their cache directory.
DIJITSO_API CommsAndRole create_comms_and_role_process(MPI_Comm comm, Communicator node_comm, int node_root);

// Documented: create_comms_and_role(comm, comm_dir, buildon). One of the three above, where the ranks that share
// comm_dir are a node. `buildon` is "root", "node" or "process", the same on all ranks; otherwise InvalidArgument.
// Collective. For MPI_COMM_NULL, a program without MPI, the role is builder.
DIJITSO_API CommsAndRole create_comms_and_role(MPI_Comm comm, const std::string& comm_dir, const std::string& buildon);

// Documented: send_binary(comm, lib_data). Sends any number of bytes from rank 0 to all other ranks, which call
// receive_binary. Collective. CommunicationError, on all ranks, when a rank cannot receive the bytes or got them
// damaged. When another rank than 0 calls it: InvalidArgument there, and CommunicationError on the others.
DIJITSO_API void send_binary(MPI_Comm comm, const std::vector<std::uint8_t>& lib_data);

// Documented: receive_binary(comm). The bytes that rank 0 sends with send_binary. Collective. Errors as there;
// InvalidArgument on rank 0.
DIJITSO_API std::vector<std::uint8_t> receive_binary(MPI_Comm comm);

// Which ranks build, and for which processors.
struct Strategy {
  // "root": the first rank builds, all others receive. "node": for each cache directory one of the ranks that share it
  // builds, and the others receive from it. "process": each rank builds for itself; InvalidArgument when some share a
  // directory. "auto": like root, but the builder is the first rank that has both `generate` and a usable cache
  // directory.
  std::string build_on = "auto";
  // "common": for the features that all processors have; ranks may give different build.target_cpu, or "native" on
  // different machines. "per_class": for each requested build.target_cpu one rank builds.
  std::string isa = "common";
  // "auto": modules are compressed for sending when the ranks are on several machines; "always", "never".
  std::string compression = "auto";
};

// jit (dijitso/jit.h) by all ranks together. Collective: all give the same name and parameters, except the places of
// caches, build.target_cpu, and `generate`, which only builders need. First, one small message decides whether all
// ranks have the module in memory. If not, those that have it, in memory or in the cache, send it to the others; if no
// rank has it, it is built as `strategy` says. Only one rank for each cache directory reads and writes it (except for
// cache.lib_loader other than "orc": all ranks open the shared libraries). A rank without a directory gets the module
// too. build.tier is treated as full, since only optimised code is sent.
//
// The builder's `generate` may call dijitso::jit, which is not collective, for dependencies of the module; they are
// sent with it. It must not call mpi::jit: InvalidArgument.
//
// Errors: those of jit. A failure on any rank is thrown on all of them, with the same class and the same text, which
// begins with the rank: "rank 0 of 8: ...". An exception of `generate` that is not a dijitso::Error becomes
// GenerateFailed; on its own rank it is nested in that (std::rethrow_if_nested). `comm` can be used again afterwards.
DIJITSO_API std::pair<Library, std::string> jit(MPI_Comm comm, const std::string& name, const Params& params,
                                                const Generate& generate, const Strategy& strategy = {},
                                                Jit& jit = default_jit());

// The form with the object to translate: generate(jitable, name, signature, generator_params).
template <class Jitable, class GenerateFor>
std::pair<Library, std::string> jit(MPI_Comm comm, const Jitable& jitable, const std::string& name,
                                    const Params& params, GenerateFor generate, const Strategy& strategy = {}) {
  return jit(
      comm, name, params,
      [&](const std::string& n, const std::string& signature, const GeneratorParams& generator) -> Generated {
        return generate(jitable, n, signature, generator);
      },
      strategy);
}

// jit of several modules that may depend on each other: a module may depend on earlier ones in the list. Collective;
// the list is the same on all ranks. With build_on = "auto" the modules that no rank has are distributed among the
// ranks that have `generate`, on each machine as many as it has cores. They are generated one after the other, each on
// its rank, compiled at the same time, and sent to all ranks. Otherwise the result is the same as calling jit for one
// after the other.
//
// A `generate` may call dijitso::jit for modules that are not in the list, which are built where it runs, and for
// earlier modules in the list, which are not built again. Their code must not be used before all modules have arrived:
// InvalidArgument. Throws the first failure in the order of the list, on all ranks; the modules that succeeded are in
// memory and cache.
DIJITSO_API std::vector<std::pair<Library, std::string>> jit_many(MPI_Comm comm,
                                                                  const std::vector<JitRequest>& requests,
                                                                  const Strategy& strategy = {},
                                                                  Jit& jit = default_jit());

// Takes part, with a failure, in the jit or jit_many that the other ranks call. It is for a rank that cannot make the
// request, for instance because validate_params refuses its parameters. Throws that failure, as all ranks do.
[[noreturn]] DIJITSO_API void refuse(MPI_Comm comm, std::exception_ptr failure);

// cache::import_modules for all ranks: rank 0 reads the archive, which the others need not see, and one rank for each
// cache directory publishes its modules there. Collective. Returns the sums over all directories. Errors as there,
// thrown on all ranks.
DIJITSO_API cache::ImportResult import_modules(MPI_Comm comm, const std::string& file, const CacheParams& cache_params);

// The bytes of modules that this process has sent and received since it began. Each byte is counted once at its source
// and once at its destination, even if other ranks pass it on.
struct Traffic {
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t agreements = 0;  // collective operations in which ranks compare what they have
};
DIJITSO_API Traffic traffic();

}  // namespace mpi
}  // namespace dijitso

// dijitso.peers: the steps of a jit that several processes make together. <dijitso/mpi.h> uses them; programs whose
// processes communicate by other means than MPI can use them directly.
//
// All processes identify a module by the digest of its request (equal requests may be answered by the same code) and by
// its identity (equal identities are the same code). One process has or builds it; `pack` makes a message of it and its
// dependencies, `unpack` links that in another process. Nothing in a message is parsed before its digest has been
// checked.
//
// Thread-safety: as for Jit, which owns the modules. Local, not collective. Errors: as from jit.
#pragma once

#include <dijitso/jit.h>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {

class DIJITSO_API Peers {
 public:
  using Digest = std::array<std::uint8_t, 32>;  // BLAKE3
  using Message = std::vector<std::uint8_t>;

  explicit Peers(Jit& jit = default_jit());
  // Waits for compiles that have begun. Expected modules that have not come by then count as failed for their
  // dependents.
  ~Peers();

  // The contents of a request, without searching anything. `text` is everything that can change the code and is known
  // before generating, `request` its digest; `target` is a text for build.target_cpu: the processor and the ISA
  // features that the code may use. InvalidArgument as from jit.
  struct Asked {
    std::string text;
    Digest request;
    std::string target;
  };
  static Asked asked(const std::string& name, const Params& params);

  // Whether this process can compile. A run-only installation has no compiler library.
  static bool can_build();

  // common_target: the target with the features that all of these targets have. for_target: the same parameters for
  // another target; flags such as -march are removed.
  static std::string common_target(const std::vector<std::string>& targets);
  static Params for_target(const Params& params, const std::string& target);

  // The module if it is in memory, or for find() in the cache: linked. nullopt otherwise.
  std::optional<Library> find_in_memory(const std::string& name, const Params& params);
  std::optional<Library> find(const std::string& name, const Params& params);

  // The identity of a module, and the digest of its request. Both wait for its compile.
  static Digest identity(const Library& library);
  static Digest request(const Library& library);

  // A module and its dependencies, dependencies first: the identity of each, and the bytes that it adds to a message.
  struct Part {
    Digest identity{};
    std::uint64_t bytes = 0;
  };
  static std::vector<Part> parts(const Library& library);

  // An identity is like one in 8,192 others. likenesses_in_memory: those of all modules that are in memory, for the
  // cache of `params`. missing_parts: which of the parts are not in memory; unpack() uses those that are, even if they
  // are forgotten meanwhile. What these cost does not depend on how many modules are in memory.
  using Likenesses = std::bitset<8192>;
  static std::size_t likeness(const Digest& identity) { return std::size_t{identity[0]} << 5 | identity[1] >> 3; }
  Likenesses likenesses_in_memory(const Params& params);
  std::vector<bool> missing_parts(const std::vector<Part>& parts, const Params& params);

  // A message with the modules of parts(library) for which `wanted` is true, and its length. Both parts and pack throw
  // InvalidArgument when one of the modules has no optimised code (build.tier = quick).
  static Message pack(const Library& library, const std::vector<bool>& wanted);
  static std::uint64_t packed_size(const std::vector<Part>& parts, const std::vector<bool>& wanted);

  // Checks a message that answers this request, links its modules, and publishes them unless cache.use_disk is false.
  // Parts that are not in the message must be in memory. CommunicationError when the message is damaged or answers
  // another request.
  Library unpack(const std::string& name, const Params& params, const Message& message);

  // pack_failure makes a message of a failure; throw_failure throws it again, with the same class of <dijitso/error.h>,
  // the diagnostics and the names of the files that a failed compile left. Its text is `origin` followed by the text of
  // the failure. An exception that is not a dijitso::Error becomes GenerateFailed. A message that would be longer than
  // `most_bytes`, at least 1,024, has no diagnostics and only the beginning of the text. CommunicationError when the
  // message is damaged.
  static Message pack_failure(std::exception_ptr failure, std::size_t most_bytes = SIZE_MAX);
  [[noreturn]] static void throw_failure(const Message& message, const std::string& origin);

  // --- Several modules that several processes build at the same time: a module can be compiled when its dependencies
  // have been generated. The functions below, and unpack with them, are for one thread. In between, it must not wait
  // for a module that another process builds.

  // Calls `generate` and returns its result. `generate` may call jit, which does not wait then.
  Generated generate(const std::string& name, const Params& params, const Generate& generate);

  // Begins to compile a generated module. Its dependencies may be modules that are built here or elsewhere. The library
  // is unfinished: using it, or asking for its identity, waits. Does not search the cache.
  Library begin(const std::string& name, const Params& params, Generated generated);

  // announce: a message that announces this module and its dependencies to the other processes, each module once.
  // expect: accepts such a message; from then on modules here may depend on the announced ones. CommunicationError when
  // the message is not an announcement.
  Message announce(const Library& library);
  void expect(const Message& announcement, const Params& params);

 private:
  Jit& jit_;
  std::shared_ptr<class Plans> plans_;
};

}  // namespace dijitso

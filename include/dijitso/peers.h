// dijitso.peers: the steps of a jit that several processes do together. <dijitso/mpi.h> is made of them; programs whose
// processes talk by other means than MPI can make their own of them.
//
// A module is known to all processes by the digest of its request (equal requests may be answered by the same code) and
// by its identity (equal identities are the same code). One process has or builds it; `pack` makes a message of it and
// of what it depends on, `unpack` links that elsewhere. Nothing in a message is parsed before its digest agrees.
//
// Thread-safety: as Jit, whose modules these are. Local, not collective. Errors: as from jit.
#pragma once

#include <dijitso/jit.h>

#include <array>
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
  // Modules that have not come by then are failures for what depends on them. Waits for what is being compiled.
  ~Peers();

  // What a request asks for, without looking anywhere. `text` is all that can change the code and is known before
  // generating, `request` its digest; `target` is a text for build.target_cpu: the processor and the ISA features that
  // the code may use. InvalidArgument as from jit.
  struct Asked {
    std::string text;
    Digest request;
    std::string target;
  };
  static Asked asked(const std::string& name, const Params& params);

  // Whether this process can compile: a run-only installation has no compiler library.
  static bool can_build();

  // The target with the features that all of these have, and the same request for another target than it says. Flags
  // such as -march are taken out.
  static std::string common_target(const std::vector<std::string>& targets);
  static Params for_target(const Params& params, const std::string& target);

  // The module when it is in memory, or there or in the cache: linked, or nothing.
  std::optional<Library> find_in_memory(const std::string& name, const Params& params);
  std::optional<Library> find(const std::string& name, const Params& params);

  // The identity of a module, and the digest of the request that it answers. Waits for its compile.
  static Digest identity(const Library& library);
  static Digest request(const Library& library);

  // A message with the names and identities of the module and all that it depends on, dependencies first; and which of
  // these are not in memory, for the cache of `params`. CommunicationError when the message is not such a list.
  static Message list_parts(const Library& library);
  std::vector<bool> missing_parts(const Message& list, const Params& params);

  // A message with those modules of list_parts(library) for which `wanted` is true. InvalidArgument when there is no
  // optimised code of one (build.tier = quick).
  static Message pack(const Library& library, const std::vector<bool>& wanted);

  // Checks a message that answers this request, links what is in it, and publishes that unless cache.use_disk is false.
  // What is not in it must be in memory. CommunicationError when the message is damaged or answers something else.
  Library unpack(const std::string& name, const Params& params, const Message& message);

  // A failure as a message, and that failure again: of the same class of <dijitso/error.h>, with the diagnostics and
  // the names of the files that a failed compile left; the text is `origin` and that of the failure. What is no
  // dijitso::Error becomes GenerateFailed. A message that would be longer than `most_bytes`, at least 1,024, has no
  // diagnostics and only the beginning of the text. CommunicationError when the message is damaged.
  static Message pack_failure(std::exception_ptr failure, std::size_t most_bytes = SIZE_MAX);
  [[noreturn]] static void throw_failure(const Message& message, const std::string& origin);

  // --- Several modules that are built by several processes at the same time: a module can be compiled when those that
  // it depends on have been generated. What follows, and unpack then, is for one thread, which must not wait in between
  // for a module that another process builds.

  // What `generate` gives. It may call jit, which waits for nothing.
  Generated generate(const std::string& name, const Params& params, const Generate& generate);

  // Begins to compile it. Dependencies may be modules that are built here or elsewhere. The library is unfinished: who
  // uses it, or asks for its identity, waits. Nothing is looked for in the cache before.
  Library begin(const std::string& name, const Params& params, Generated generated);

  // A message that tells the others of this module and of those that it depends on, each once, and what they do with
  // it: from then on their modules may depend on these. CommunicationError when the message is not such a one.
  Message announce(const Library& library);
  void expect(const Message& announcement, const Params& params);

 private:
  Jit& jit_;
  std::shared_ptr<class Plans> plans_;
};

}  // namespace dijitso

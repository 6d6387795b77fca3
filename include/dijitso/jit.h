// dijitso.jit: generated code in, callable functions out.
//
//     auto params = dijitso::validate_params({});
//     auto [lib, signature] = dijitso::jit("answer", params, [](auto&& name, auto&& signature, auto&& generator) {
//       return dijitso::Generated{"", "extern \"C\" int answer() { return 42; }", {}};
//     });
//     int answer = lib.template function<int()>("answer")();
//
// The first request for a name generates the code, compiles it in the process, stores the object in the disk cache and
// links it. Every later request, in this process or another, is answered from memory or from the cache. docs/design.md
// explains the details.
//
// Thread-safety: everything here may be called from any thread. One module that many threads ask for is built once; the
// others wait and get the same library or the same exception. Local, not collective. A static constructor of a module
// must not wait for a thread that calls jit.
//
// Errors: InvalidArgument, GenerateFailed, CompileFailed, LinkFailed, CacheError, CommunicationError; an exception
// thrown by a callback passes through unchanged.
//
// A name that was requested with different parameters has several variants. As a dependency, the name means the first
// that exists of: the variant that the dependent's `generate` requested from jit; the variant that was requested with
// the parameters of the dependent; the variant that this thread used last.
//
// With build.target_triple for another kind of machine, all steps run until the object is in the cache; then jit and
// LibraryFuture::get throw LinkFailed. A call of jit inside generate does not throw it.
#pragma once

#include <dijitso/error.h>
#include <dijitso/export.h>
#include <dijitso/library.h>
#include <dijitso/params.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {

// The result of `generate`: the text of the header and of the source, and the signatures of the modules whose headers
// it includes and whose symbols it uses, as returned by other jit calls (which may be made inside `generate`).
struct Generated {
  std::string header;
  std::string source;
  std::vector<std::string> dependencies;
};

// Called at most once for a miss, with no lock held, on the thread that called jit (if that has very little stack, on
// another thread, while the caller waits). A call of jit inside `generate` returns as soon as that module has been
// generated; it is compiled on another thread meanwhile (unless build.jobs is 1). If that compile fails, the module
// being generated fails too, with an error that names both. To know earlier, use the library inside `generate`: that
// waits for the compile.
using Generate =
    std::function<Generated(const std::string& name, const std::string& signature, const GeneratorParams&)>;

// The documented roles for builds that several processes share. A builder (with `generate`) calls `send` with the
// module that it has built or found in its cache, or with its failure. A receiver (with `receive`) calls that, and
// stores the received module in its cache. All processes, also those with neither, call `wait` once before they load
// the module. They do so for every request that is not answered from memory, whatever the caches hold, so that no
// process waits for one that does not take part. Processes whose memories differ must not share a build, because one
// that has the module in memory calls none of the three. mpi::jit of <dijitso/mpi.h> asks all of them first.
struct Exchange {
  std::function<void(const std::vector<std::uint8_t>&)> send;
  std::function<std::vector<std::uint8_t>()> receive;
  std::function<void()> wait;
};

// One of several requests for jit_many.
struct JitRequest {
  std::string name;
  Params params;
  Generate generate;
};

// A module that jit_async has begun to build. Cheap to copy. Thread-safety: all functions may be called from any
// thread.
class DIJITSO_API LibraryFuture {
 public:
  explicit LibraryFuture(std::shared_ptr<const Module> module) : module_(std::move(module)) {}

  // The name under which the module was requested.
  const std::string& signature() const;

  // Whether the compile has finished, so that get() does not wait for it.
  bool is_ready() const;

  // Waits for the compile, links on this thread, and runs static constructors. Errors as from jit. May be called again.
  Library get() const;

 private:
  std::shared_ptr<const Module> module_;
};

// How often each thing happened since the Jit was made.
struct Counters {
  std::uint64_t memory_hits = 0;
  std::uint64_t disk_hits = 0;    // entries loaded from a cache directory, including dependencies
  std::uint64_t compiles = 0;     // compiler runs, including failed ones
  std::uint64_t waits = 0;        // times that a thread waited for the build of another thread or process
  std::uint64_t quarantined = 0;  // damaged entries that were moved away
  std::uint64_t published = 0;    // entries written to the cache directory
  std::uint64_t fallbacks = 0;    // results used from memory because they could not be published
  std::uint64_t precompiled = 0;  // compiles that used precompiled headers
  std::uint64_t quick = 0;        // modules that were linked as quick code
  std::uint64_t optimized = 0;    // of these, modules whose code was replaced by optimised code
};

// Documented: jit_signature(name, params): `<name>_<digest of the generator and build parameters>`.
DIJITSO_API std::string jit_signature(const std::string& name, const Params& params);

// Documented: extract_factory_function(lib, name): the address of `void* name()`. LinkFailed when lib does not define
// it.
using FactoryFunction = void* (*)();
DIJITSO_API FactoryFunction extract_factory_function(const Library& lib, const std::string& name);

// A compiler and linker session with its own memory of loaded modules. Libraries keep alive what they need of it.
class DIJITSO_API Jit {
 public:
  Jit();
  ~Jit();
  Jit(const Jit&) = delete;
  Jit& operator=(const Jit&) = delete;

  // Documented: jit(jitable, name, params, generate, send, receive, wait). Returns the library and its signature, which
  // is `name`. A miss is InvalidArgument when neither generate nor receive nor wait is given.
  std::pair<Library, std::string> jit(const std::string& name, const Params& params, const Generate& generate = {},
                                      const Exchange& exchange = {});

  // The same without waiting for the compile, which runs on a pool of build.jobs threads. Memory and cache are
  // searched, and `generate` is called, before it returns; their exceptions are thrown from here.
  LibraryFuture jit_async(const std::string& name, const Params& params, const Generate& generate = {});

  // Generates the modules one after the other, in this order, while all of them are compiled on the pool. A module may
  // name earlier ones as dependencies. Throws the first failure in this order; the modules that succeeded are in memory
  // and cache.
  std::vector<std::pair<Library, std::string>> jit_many(const std::vector<JitRequest>& requests);

  // Documented in module build (dijitso/build.h): build_shared_library(signature, header, source, dependencies,
  // params).
  std::string build_shared_library(const std::string& signature, const std::string& header, const std::string& source,
                                   const std::vector<std::string>& dependencies, const Params& params);
  // Function build_object of the same header.
  std::string build_object(const std::string& signature, const std::string& header, const std::string& source,
                           const std::vector<std::string>& dependencies, const Params& params);

  Counters counters() const;

  // Waits until no background work is left: compiles and optimisations that nobody has waited for. The end of the
  // process, and the destructor, wait for them too.
  void wait_for_background();

  // Calls `handler` whenever the quick code of a module has been replaced by optimised code, which runs from the next
  // call of its functions. The handler is called on a thread of the library, and must not wait for jit. An empty
  // handler removes it.
  void on_optimized(std::function<void(const Library&)> handler);

  // Forgets the loaded modules: the next request searches the cache again. Libraries in use stay valid.
  void forget();
  // The same for the modules of one cache directory.
  void forget(const std::string& cache_dir);

  // A module by its name alone: find_loaded from memory (the variant that this thread, or else any thread, used last),
  // load from disk (the newest variant whose headers and dependencies are unchanged). nullopt when there is none.
  // LinkFailed as from jit.
  std::optional<Library> find_loaded(const std::string& signature, const CacheParams& cache);
  std::optional<Library> load(const std::string& signature, const CacheParams& cache);

 private:
  friend class Peers;  // <dijitso/peers.h>
  friend DIJITSO_API Jit& default_jit();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// With build.tier = auto: waits until a library and all its dependencies run optimised code. False when one of them
// keeps its quick code, because it could not be replaced or because of build.tier = quick.
DIJITSO_API bool wait_optimized(const Library& library);

// The Jit that the free functions use, made at the first call.
DIJITSO_API Jit& default_jit();

// Documented: jit(jitable, name, params, generate, send, receive, wait), on default_jit().
DIJITSO_API std::pair<Library, std::string> jit(const std::string& name, const Params& params,
                                                const Generate& generate = {}, const Exchange& exchange = {});

// The documented form with the object to translate: generate(jitable, name, signature, generator_params).
template <class Jitable, class GenerateFor>
std::pair<Library, std::string> jit(const Jitable& jitable, const std::string& name, const Params& params,
                                    GenerateFor generate, const Exchange& exchange = {}) {
  return jit(
      name, params,
      [&](const std::string& n, const std::string& signature, const GeneratorParams& generator) -> Generated {
        return generate(jitable, n, signature, generator);
      },
      exchange);
}

}  // namespace dijitso

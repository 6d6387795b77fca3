// Builds an entry from generated text in steps: compile, describe the inputs, publish.
#pragma once

#include "cache/format/entry.h"
#include "cache/store/lookup.h"
#include "compile/compiler.h"
#include "jit/build/preludes.h"
#include "jit/context.h"
#include "jit/loaded/module.h"
#include "jit/request/key.h"

#include <dijitso/jit.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dijitso {

// Which code is wanted: build.tier.
enum class Tier {
  full,      // optimised
  replaced,  // quick code at once, replaced by optimised code later ("auto")
  quick      // quick code, and nothing else
};

// What to build. The dependencies are passed separately, because they are released earlier.
struct BuildTask {
  Request request;
  Params params;
  Generated generated;
  Tier tier = Tier::full;
};

// What a compile needs.
struct Prepared {
  compilation::CompileRequest request;
  Digest inputs;                                            // of all inputs but the headers on disk
  std::shared_ptr<const compilation::Precompiled> headers;  // nullptr: all headers are parsed
};

struct Compilation {
  compilation::QuickResult code;  // final code when it has no optimizer
  std::int64_t began_ns = 0;      // on the system clock
  std::vector<std::string> libs;  // host libraries to search when linking; static ones are in the object
};

// Prepares the compile, and finds or makes its precompiled headers. When another thread of the process is making them,
// waits for it; or, if `resume` is given, returns nullopt, and `resume` will be called when they are made. Throws
// InvalidArgument for flags that are refused, and the CompileFailed of a compile that failed before with the same
// inputs.
std::optional<Prepared> prepare_compile(Context& context, const BuildTask& task,
                                        const std::vector<ModulePointer>& dependencies,
                                        const std::function<void()>& resume = {});

// The time now on the system clock.
std::int64_t now_ns();

// Makes the precompiled headers of this module, which is not compiled. Throws InvalidArgument for flags that are
// refused, CacheError when the headers cannot be kept.
build::PrecompiledHeaders precompile_headers(Context& context, const BuildTask& task);

// Compiles as quickly as the tier allows, and links with static libraries. Throws CompileFailed after writing the
// failure directory, LinkFailed when a static library cannot be used.
Compilation compile_module(Context& context, const BuildTask& task, const Prepared& prepared);

// Writes the steps of a finished compile to the trace.
void trace_steps(const compilation::CompileResult& result, const std::string& signature, bool with_frontend = true);

// Makes the cache entry of a compiled module. Its dependencies must have been compiled.
cache::Entry describe(const BuildTask& task, const std::vector<ModulePointer>& dependencies,
                      const Compilation& compilation);

// Fills in the build information, which only people read, and encodes the entry.
SharedBytes encode(cache::Entry& entry, const BuildTask& task, const compilation::CompileResult& result);

// Looks the module up with exactly these dependencies, which must have been compiled.
cache::Lookup look_up(Context& context, cache::Store& store, const Request& request,
                      const std::vector<ModulePointer>& dependencies);

// The compile time in seconds that is recorded in an entry.
double recorded_seconds(const cache::Entry& entry);

// Counts whether publishing an entry succeeded.
void count_published(Context& context, cache::Store& store, bool published);

// Publishes an encoded entry and the files derived from it, if the cache is on disk. Returns false when that fails; the
// module can be used from memory all the same.
bool publish(Context& context, const BuildTask& task, const cache::Lookup& lookup, const Bytes& bytes,
             const compilation::CompileResult& result, bool replaces);

}  // namespace dijitso

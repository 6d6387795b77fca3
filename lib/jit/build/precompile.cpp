// Precompiled headers, made in advance: for an installation, or before a job begins. The request is that of a module
// that begins with the same lines, so that its key is the key of those modules, whatever else is in them. What was made
// is read again from the cache, which shows that others will find it. Tested in tests/cli/precompile_test.py, and
// with real programs in tests/programs/layer_test.py.

#include "jit/build/build.h"
#include "jit/build/prelude_parts.h"
#include "llvm-config/host.h"
#include "params/check.h"

#include <dijitso/build.h>
#include <dijitso/error.h>

#include <filesystem>

namespace dijitso {

build::PrecompiledHeaders Preludes::make_now(const User& user) {
  build::PrecompiledHeaders result;
  if (user.compile.header_plan.preludes.empty()) return result;
  Job job(user);
  do {
    result.includes = job.text();
    PreludePointer prelude = read(job);
    result.is_new = !prelude || needs_making(job, prelude);
    if (result.is_new && make_once(job, {}, prelude) == Made::by_other) prelude = look(job);
    if (!prelude || needs_making(job, prelude))
      throw CacheError(
          "headers are not precompiled now: another process is doing that, or memory is scarce; try later");
    result.refusal = prelude->precompiled.refusal;
    result.is_small = prelude->state == cache::HeaderState::cheap;
    if (prelude->state == cache::HeaderState::usable) {
      result.bytes = prelude->precompiled.pch.size();
      const PreludePointer kept = read(job);
      if (!kept || kept->state != cache::HeaderState::usable)
        throw CacheError("precompiled headers cannot be kept in the cache directory '" +
                         job.store->layout().params().cache_dir +
                         "': it must be writable, and cache.use_disk true; 'dijitso-cache doctor DIR' says more");
      return result;
    }
  } while (!result.is_small && job.advance());
  return result;
}

namespace build {

PrecompiledHeaders precompile(const std::string& source, const Params& params) {
  params::check_params(params);
  if (params.build.pch == "off")
    throw InvalidArgument("no headers are precompiled, because build.pch is 'off': set it to 'auto'");
  Context context;
  return precompile_headers(context, {make_request("precompile", params), params, {"", source, {}}});
}

std::string installed_cache_dir() {
  const std::filesystem::path own = llvm_config::own_directory();
  return own.empty() ? std::string() : (own / "dijitso" / "cache").string();
}

}  // namespace build
}  // namespace dijitso

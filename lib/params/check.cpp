// The rules of the table once more, for values that did not come through it, and the one rule that concerns several
// values. Tested in unittests/params/check_test.cpp.
#include "params/check.h"

#include "params/convert.h"
#include "params/table.h"

#include <dijitso/error.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dijitso::params {
namespace {

namespace fs = std::filesystem;

// The files of one category: a signature, which may contain dots, with this behind it.
struct Kind {
  std::string name;
  std::string dir;
  std::string postfix;
};

fs::path place_of(const Kind& kind, const CacheParams& cache) {
  return (fs::path(cache.cache_dir) / kind.dir / "").lexically_normal();
}

void check_names_differ(const Kind& one, const Kind& other, const CacheParams& cache) {
  if (place_of(one, cache) != place_of(other, cache)) return;
  if (!one.postfix.ends_with(other.postfix) && !other.postfix.ends_with(one.postfix)) return;
  throw InvalidArgument("files of 'cache." + one.name + "_dir' and 'cache." + other.name +
                        "_dir' would have the same names: both are '" + one.dir + "', and their names end with '" +
                        one.postfix + "' and '" + other.postfix + "'; change one of them");
}

void check_place(const Kind& kind, const CacheParams& cache) {
  for (const char* own : {"tmp", "claims", "quarantine"})
    if (place_of(kind, cache) == place_of({"", own, ""}, cache))
      throw InvalidArgument("'cache." + kind.name + "_dir' is '" + kind.dir +
                            "', where the cache keeps other files; choose another name");
}

}  // namespace

void check_params(const Params& params) {
  for (const auto& parameter : parameters()) check_value(parameter, get_member(params, parameter), "runtime");
  const CacheParams& c = params.cache;
  const std::vector<Kind> kinds = {{"inc", c.inc_dir, c.inc_postfix},         {"src", c.src_dir, c.src_postfix},
                                   {"src", c.src_dir, c.src_postfix + ".gz"}, {"lib", c.lib_dir, c.lib_postfix},
                                   {"log", c.log_dir, c.log_postfix},         {"obj", c.obj_dir, ".o"}};
  for (const Kind& one : kinds) {
    check_place(one, c);
    for (const Kind& other : kinds)
      if (one.name != other.name) check_names_differ(one, other, c);
  }
  // The compiler is given header and source of a module side by side.
  if (c.inc_postfix == ".cpp" || c.inc_postfix == ".c")
    throw InvalidArgument("'cache.inc_postfix' is '" + c.inc_postfix +
                          "', the end of the name under which sources are compiled; choose another one");
}

}  // namespace dijitso::params

// Applies the rules of the table to values that were not converted with it, and checks the one rule that concerns
// several values. Tested in unittests/params/check_test.cpp.
#include "params/check.h"

#include "params/convert.h"
#include "params/own_directories.h"
#include "params/table.h"

#include <dijitso/error.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dijitso::params {
namespace {

namespace fs = std::filesystem;

// The files of one category have names of the form <signature><postfix>; a signature may contain dots.
struct Kind {
  std::string name;
  std::string dir;
  std::string postfix;
  std::string place = {};  // equal for two names of the same directory
};

bool is_plain_name(const std::string& dir) {
  return !dir.empty() && dir.find('/') == dir.npos && dir != "." && dir != "..";
}

// Plain names within the cache directory, which is the usual case, are compared without path functions. This code runs
// for every request that is not answered from memory, and path functions would take a fifth of the time of a disk hit.
void find_places(std::vector<Kind>& kinds, const CacheParams& cache) {
  const bool all_plain = std::ranges::all_of(kinds, [](const Kind& kind) { return is_plain_name(kind.dir); });
  for (Kind& kind : kinds)
    kind.place = all_plain ? kind.dir : (fs::path(cache.cache_dir) / kind.dir / "").lexically_normal().string();
}

void check_names_differ(const Kind& one, const Kind& other) {
  if (one.place != other.place) return;
  if (!one.postfix.ends_with(other.postfix) && !other.postfix.ends_with(one.postfix)) return;
  throw InvalidArgument("files of 'cache." + one.name + "_dir' and 'cache." + other.name +
                        "_dir' would have the same names: both are '" + one.dir + "', and their names end with '" +
                        one.postfix + "' and '" + other.postfix + "'; change one of them");
}

void check_place(const Kind& kind, const Kind& own) {
  if (kind.place == own.place)
    throw InvalidArgument("'cache." + kind.name + "_dir' is '" + kind.dir +
                          "', where the cache keeps other files; choose another name");
}

void check_directories(const CacheParams& c) {
  std::vector<Kind> kinds = {{"inc", c.inc_dir, c.inc_postfix},         {"src", c.src_dir, c.src_postfix},
                             {"src", c.src_dir, c.src_postfix + ".gz"}, {"lib", c.lib_dir, c.lib_postfix},
                             {"log", c.log_dir, c.log_postfix},         {"obj", c.obj_dir, ".o"}};
  for (const char* own : own_directories) kinds.push_back({"", own, ""});
  find_places(kinds, c);
  for (const Kind& one : kinds) {
    if (one.name.empty()) continue;
    for (const Kind& other : kinds) {
      if (other.name.empty()) check_place(one, other);
      if (!other.name.empty() && one.name != other.name) check_names_differ(one, other);
    }
  }
}

}  // namespace

void check_params(const Params& params) {
  for (const auto& parameter : parameters()) check_value(parameter, get_member(params, parameter), "runtime");
  const CacheParams& c = params.cache;
  check_directories(c);
  // The compiler gets the header and the source of a module in the same virtual folder.
  if (c.inc_postfix == ".cpp" || c.inc_postfix == ".c")
    throw InvalidArgument("'cache.inc_postfix' is '" + c.inc_postfix +
                          "', which is the file name extension of sources during a compile; choose another one");
}

}  // namespace dijitso::params

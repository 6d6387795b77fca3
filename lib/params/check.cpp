// The rules of the table once more, for values that did not come through it, and the one rule that concerns several
// values. Tested in unittests/params/check_test.cpp.
#include "params/check.h"

#include "params/convert.h"
#include "params/table.h"

#include <dijitso/error.h>

#include <string>

namespace dijitso::params {
namespace {

void check_names_differ(const char* one_kind, const std::string& one_dir, const std::string& one_postfix,
                        const char* other_kind, const std::string& other_dir, const std::string& other_postfix) {
  if (one_dir != other_dir || one_postfix != other_postfix) return;
  throw InvalidArgument("the files of 'cache." + std::string(one_kind) + "_dir' and 'cache." + other_kind +
                        "_dir' would have the same names: both are '" + one_dir + "', and both postfixes are '" +
                        one_postfix + "'; change one of them");
}

}  // namespace

void check_params(const Params& params) {
  for (const auto& parameter : parameters()) check_value(parameter, get_member(params, parameter), "runtime");
  const auto& c = params.cache;
  check_names_differ("inc", c.inc_dir, c.inc_postfix, "src", c.src_dir, c.src_postfix);
  check_names_differ("inc", c.inc_dir, c.inc_postfix, "log", c.log_dir, c.log_postfix);
  check_names_differ("src", c.src_dir, c.src_postfix, "log", c.log_dir, c.log_postfix);
}

}  // namespace dijitso::params

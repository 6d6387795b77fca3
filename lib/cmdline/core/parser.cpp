// The declarations of arguments. Tested in unittests/cmdline/parser_test.cpp.
#include "cache/api/api.h"
#include "support/split.h"

#include <dijitso/cmdline.h>

#include <algorithm>
#include <utility>

namespace dijitso::cmdline {

UsageError::~UsageError() = default;

void Parser::add_argument(Argument argument) {
  if (argument.names.empty() || argument.dest.empty())
    throw InvalidArgument("add_argument: the argument '" + argument.dest + "' has no name or no destination");
  const auto same = [&](const Argument& other) { return other.dest == argument.dest; };
  if (std::ranges::any_of(arguments_, same))
    throw InvalidArgument("add_argument: there is an argument for '" + argument.dest + "' already");
  arguments_.push_back(std::move(argument));
}

cache::Categories parse_categories(const std::string& categories) {
  cache::Categories names;
  if (categories == "all") {
    for (const cache::Category category : cache::all_categories) names.emplace_back(cache::category_name(category));
    return names;
  }
  for (const std::string_view name : split(categories, ',')) {
    if (!cache::category_from_name(name))
      throw UsageError("there is no category '" + std::string(name) + "'; use inc, src, lib, log, obj, pch or all");
    names.emplace_back(name);
  }
  cache::Categories sorted;
  for (const cache::Category category : cache::parse_categories(names))
    sorted.emplace_back(cache::category_name(category));
  return sorted;
}

}  // namespace dijitso::cmdline

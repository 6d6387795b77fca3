// Tested in unittests/cmdline/choice_test.cpp and tests/cli/inspect_test.py.
#include "cmdline/core/choice.h"

#include "cache/inspect/query.h"
#include "params/nearest.h"

#include <dijitso/error.h>

#include <algorithm>
#include <system_error>

namespace dijitso::cmdline {
namespace {

using Variants = std::vector<cache::EntryFile>;

template <class Condition>
Variants those(const Variants& all, Condition condition) {
  Variants found;
  std::ranges::copy_if(all, std::back_inserter(found), condition);
  return found;
}

Variants of_module(const Variants& all, std::string_view signature) {
  return those(all, [&](const cache::EntryFile& variant) { return variant.signature == signature; });
}

std::string slots(const Variants& variants) {
  std::string text;
  for (const cache::EntryFile& variant : variants) text += (text.empty() ? "" : ", ") + variant.slot.text();
  return text;
}

[[noreturn]] void refuse(const std::string& name, const Variants& all, const CacheParams& params) {
  std::string message = "the cache directory '" + params.cache_dir + "' has no compiled module '" + name + "'";
  if (all.empty()) throw InvalidArgument(message + ", and no other; check the cache directory");
  std::vector<std::string> names;
  for (const cache::EntryFile& variant : all)
    if (names.empty() || names.back() != variant.signature) names.push_back(variant.signature);
  throw InvalidArgument(message + "; the nearest is '" + params::nearest(name, names) +
                        "', 'show --signatures' lists all");
}

}  // namespace

Choice choose(const std::string& name, const CacheParams& params) {
  const Variants all = cache::list_entry_files(params);
  if (Variants variants = of_module(all, name); !variants.empty()) return {variants, variants};
  const std::size_t end = name.find_last_of(":.");
  if (end == std::string::npos) refuse(name, all, params);
  const std::string slot = name.substr(end + 1);
  Variants variants = of_module(all, name.substr(0, end));
  if (variants.empty()) refuse(name, all, params);
  Variants chosen =
      those(variants, [&](const cache::EntryFile& v) { return v.slot.text().starts_with(slot) && !slot.empty(); });
  if (chosen.empty())
    throw InvalidArgument("the module '" + variants[0].signature + "' has no variant '" + slot + "'; there is " +
                          slots(variants));
  return {std::move(variants), std::move(chosen)};
}

Choice choose(const Options& options, const ParamsDict& params) {
  std::string name = options.text("module").value();
  if (const auto slot = options.text("variant")) name += ":" + *slot;
  return choose(name, validate_params(params).cache);
}

std::vector<std::string> stored_modules(const CacheParams& params) {
  std::vector<std::string> names;
  for (cache::StoredSignature& module :
       cache::stored_signatures(cache::list_category(cache::Layout(params), cache::Category::obj)))
    names.push_back(std::move(module.signature));
  return names;
}

cache::StoredEntry verified(const cache::EntryFile& variant) {
  cache::EntryReading read = cache::inspect_entry(variant.file);
  if (read.is_sound()) return std::move(read.stored);
  const bool is_unreadable = read.state == cache::EntryState::unreadable;
  throw CacheError("the entry '" + variant.file.string() + "' cannot be verified and is not looked into: " +
                   (is_unreadable ? std::system_category().message(read.error) : read.reason));
}

}  // namespace dijitso::cmdline

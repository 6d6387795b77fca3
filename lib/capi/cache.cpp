// Functions that read a cache directory. Each calls one function of the C++ API and returns its result as a list of
// texts. Tested in tests/capi/cache_test.c.
#include "capi/calls.h"

#include <dijitso/cache.h>

#include <utility>

namespace dijitso::capi {
namespace {

using Paths = std::map<std::string, std::vector<std::string>>;

dijitso_list_t* paths_of(const Paths& paths) {
  std::vector<std::string> all;
  for (const auto& [category, files] : paths) all.insert(all.end(), files.begin(), files.end());
  return new_list(std::move(all));
}

CacheParams cache_params(const dijitso_params_t* params) { return resolve(need(params, "params"))->params.cache; }

// Returns `defaults` when no categories are given.
cache::Categories categories_or(const char* const* categories, std::size_t count, cache::Categories defaults) {
  return count > 0 ? need_texts(categories, count, "categories") : std::move(defaults);
}

std::string filename_of(const std::string& category, const std::string& signature, const CacheParams& params) {
  if (category == "inc") return cache::create_inc_filename(signature, params);
  if (category == "src") return cache::create_src_filename(signature, params);
  if (category == "lib") return cache::create_lib_filename(signature, params);
  if (category == "log") return cache::create_log_filename(signature, params);
  throw InvalidArgument("there are no file names for the category '" + category + "': use inc, src, lib or log");
}

}  // namespace
}  // namespace dijitso::capi

using namespace dijitso::capi;
namespace cache = dijitso::cache;

dijitso_status_t dijitso_cache_filename(const dijitso_params_t* params, const char* category, const char* signature,
                                        char** filename, dijitso_error_t** error) {
  return guarded(error, [&] {
    char*& place = result_at(filename, "filename");
    const std::string in = need_text(category, "category"), of = need_text(signature, "signature");
    place = new_string(filename_of(in, of, cache_params(params)));
  });
}

dijitso_status_t dijitso_cache_glob(const dijitso_params_t* params, const char* const* categories, size_t count,
                                    dijitso_list_t** paths, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_list_t*& place = result_at(paths, "paths");
    const auto chosen = categories_or(categories, count, {"inc", "src", "lib", "log"});
    place = paths_of(cache::glob_cache(cache_params(params), chosen));
  });
}

dijitso_status_t dijitso_cache_clean(const dijitso_params_t* params, int dryrun, const char* const* categories,
                                     size_t count, dijitso_list_t** paths, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_list_t*& place = result_at(paths, "paths");
    const auto chosen = categories_or(categories, count, {"inc", "src", "lib", "log"});
    place = paths_of(cache::clean_cache(cache_params(params), dryrun != 0, chosen));
  });
}

dijitso_status_t dijitso_cache_grep(const dijitso_params_t* params, const char* regex, const char* signature,
                                    const char* const* categories, size_t count, dijitso_list_t** lines,
                                    dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_list_t*& place = result_at(lines, "lines");
    const std::string expression = need_text(regex, "regex");
    const auto of = signature ? std::optional<std::string>(signature) : std::nullopt;
    const auto chosen = categories_or(categories, count, {"inc", "src", "log"});
    std::vector<std::string> found;
    for (const auto& [path, matches] : cache::grep_cache(expression, cache_params(params), true, false, of, chosen))
      for (const cache::MatchedLine& line : matches.lines)
        found.push_back(path + ":" + std::to_string(line.number) + ":" + line.text);
    place = new_list(std::move(found));
  });
}

dijitso_status_t dijitso_cache_check(const dijitso_params_t* params, dijitso_list_t** lines, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_list_t*& place = result_at(lines, "lines");
    std::vector<std::string> faults;
    for (const auto& [path, reasons] : cache::check_cache_integrity(cache_params(params)))
      for (const std::string& reason : reasons) faults.push_back(path + ": " + reason);
    place = new_list(std::move(faults));
  });
}

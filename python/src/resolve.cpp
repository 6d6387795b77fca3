// Validation takes longer than everything else in a memory hit, and programs pass equal dictionaries thousands of
// times. So the last dictionaries are stored as Frozen copies with their results. A result also depends on the
// environment, and on the current directory if the cache directory is relative, so these are stored and compared too.
// (The configuration file is read once per process.) Tested in tests/python/params_test.py, measured by
// bench/python_hit.py.

#include "resolve.h"

#include "frozen.h"
#include "gil.h"

#include <dijitso/error.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

namespace dijitso::python {
namespace {

constexpr std::size_t remembered_at_most = 32;

struct Remembered {
  Frozen given;
  bool depends_on_directory;
  std::string surroundings;
  ParamsPointer params;
  py::dict cache;
  py::dict build;
};

// Never destroyed, because Python may have ended before. Guarded by the GIL.
std::deque<std::shared_ptr<const Remembered>>& memory() {
  static auto* const all = new std::deque<std::shared_ptr<const Remembered>>;
  return *all;
}

// The other inputs of the validation, as a text.
std::string surroundings(bool with_directory) {
  constexpr std::array<std::string_view, 5> prefixes = {"DIJITSO_", "HOME=", "VIRTUAL_ENV=", "CONDA_PREFIX=", "CXX="};
  std::string text;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view variable = *entry;
    for (const std::string_view prefix : prefixes)
      if (variable.starts_with(prefix)) text.append(variable).push_back('\n');
  }
  if (with_directory) {
    std::error_code ignored;
    text += std::filesystem::current_path(ignored).string();
  }
  return text;
}

bool depends_on_directory(const ParamsDict& given) {
  const auto cache = given.find("cache");
  if (cache == given.end()) return true;
  const auto directory = cache->second.find("cache_dir");
  const auto* text = directory == cache->second.end() ? nullptr : std::get_if<std::string>(&directory->second);
  return !text || (!text->starts_with("/") && !text->starts_with("~"));
}

std::shared_ptr<const Remembered> recall(py::handle params) {
  std::array<std::string, 2> now;  // without and with the directory; computed when needed
  auto& all = memory();
  for (auto entry = all.begin(); entry != all.end(); ++entry) {
    if (!(*entry)->given.is(params.ptr())) continue;
    const bool with_directory = (*entry)->depends_on_directory;
    std::string& text = now[with_directory];
    if (text.empty()) text = surroundings(with_directory);
    if (text != (*entry)->surroundings) continue;
    std::rotate(all.begin(), entry, entry + 1);  // move the entry to the front: most recently used first
    return all.front();
  }
  return nullptr;
}

struct Resolved {
  ParamsPointer params;
  py::dict cache;
  py::dict build;
};

Resolved resolve_anew(py::handle params) {
  std::optional<Frozen> given = Frozen::of(params);
  const ParamsDict dict = params_dict(params);
  const bool with_directory = depends_on_directory(dict);
  std::string inputs = surroundings(with_directory);
  auto result = std::make_shared<Params>();
  ParamsDict complete;
  {
    const GilReleased gil_released;  // a warning may need the GIL on another thread
    *result = validate_params(dict);
    complete = params::as_dict(*result);
  }
  Resolved resolved{std::move(result), to_python(complete.at("cache")), to_python(complete.at("build"))};
  if (given) {
    memory().push_front(std::make_shared<Remembered>(Remembered{std::move(*given), with_directory, std::move(inputs),
                                                                resolved.params, resolved.cache, resolved.build}));
    if (memory().size() > remembered_at_most) memory().pop_back();
  }
  return resolved;
}

ParamDict configured_generator() {
  const GilReleased gil_released;
  const ParamsDict config = params::read_config_file();
  const auto found = config.find("generator");
  return found == config.end() ? ParamDict() : found->second;
}

}  // namespace

ParamsPointer resolve(py::handle params) {
  if (const auto known = recall(params)) return known->params;
  return resolve_anew(params).params;
}

py::dict resolve_as_dict(py::handle params) {
  py::dict result;
  if (const auto known = recall(params)) {
    result["cache"] = known->cache.attr("copy")();
    result["build"] = known->build.attr("copy")();
  } else {
    const Resolved resolved = resolve_anew(params);
    result["cache"] = resolved.cache.attr("copy")();
    result["build"] = resolved.build.attr("copy")();
  }
  const py::object generator = generator_of(params);
  result["generator"] = generator.attr("copy")();
  return result;
}

py::object generator_of(py::handle params) {
  py::object given = py::none();
  if (!params.is_none()) given = as_dict(params, "parameters").attr("get")("generator");
  if (given.is_none()) given = py::dict();
  // Not a static variable with an initialiser: threads would wait for its lock while they hold the GIL.
  static const ParamDict* configured = nullptr;
  if (!configured) configured = new ParamDict(configured_generator());
  if (configured->empty()) return given;
  py::dict merged = to_python(*configured);
  for (const auto& [name, value] : as_dict(given, "the parameters 'generator'"))
    if (!value.is_none() || !merged.contains(name)) merged[name] = value;
  return merged;
}

CacheParams resolve_cache(py::handle cache_params) {
  py::dict params;
  params["cache"] = cache_params;
  return resolve(params)->cache;
}

BuildParams resolve_build(py::handle build_params) {
  py::dict params;
  params["build"] = build_params;
  return resolve(params)->build;
}

}  // namespace dijitso::python

// dijitso.cache. Tested in tests/python/parity_test.py.

#include "bind.h"
#include "collective.h"
#include "gil.h"
#include "library.h"
#include "resolve.h"

#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <dijitso/cache.h>

#include <stdexcept>

namespace dijitso::python {
namespace {

using Released = py::call_guard<GilReleased>;
using Bytes = py::array_t<std::uint8_t, py::array::c_style>;

void bind_names(py::module_& m) {
  m.def("create_inc_basename", &cache::create_inc_basename, Released());
  m.def("create_src_basename", &cache::create_src_basename, Released());
  m.def("create_lib_basename", &cache::create_lib_basename, Released());
  m.def("create_libname", &cache::create_libname, Released());
  m.def("create_inc_filename", &cache::create_inc_filename, Released());
  m.def("create_src_filename", &cache::create_src_filename, Released());
  m.def("create_lib_filename", &cache::create_lib_filename, Released());
  m.def("create_log_filename", &cache::create_log_filename, Released());
  m.def("create_fail_dir_path", &cache::create_fail_dir_path, Released());
}

void bind_files(py::module_& m) {
  m.def("make_inc_dir", &cache::make_inc_dir, Released());
  m.def("make_src_dir", &cache::make_src_dir, Released());
  m.def("make_lib_dir", &cache::make_lib_dir, Released());
  m.def("make_log_dir", &cache::make_log_dir, Released());
  m.def("ensure_dirs", &cache::ensure_dirs, Released());
  m.def("read_inc", &cache::read_inc, Released());
  m.def("read_src", &cache::read_src, Released());
  m.def("read_log", &cache::read_log, Released());
  m.def("store_inc", &cache::store_inc, Released());
  m.def("store_src", &cache::store_src, Released());
  m.def("store_log", &cache::store_log, Released());
  m.def("compress_source_code", &cache::compress_source_code, Released());
}

Bytes read_library_binary(const std::string& lib_filename) {
  std::vector<std::uint8_t> bytes;
  {
    const GilReleased gil_released;
    bytes = cache::read_library_binary(lib_filename);
  }
  return Bytes(static_cast<py::ssize_t>(bytes.size()), bytes.data());
}

std::string write_library_binary(const Bytes& lib_data, const std::string& signature, const CacheParams& cache_params) {
  const std::vector<std::uint8_t> bytes(lib_data.data(), lib_data.data() + lib_data.size());
  const GilReleased gil_released;
  return cache::write_library_binary(bytes, signature, cache_params);
}

// Returns path -> [(line number, text)], or path -> count.
py::dict grep_cache(const std::string& regex, const CacheParams& cache_params, bool linenumbers, bool countonly,
                    const std::optional<std::string>& signature, const cache::Categories& categories) {
  std::map<std::string, cache::FileMatches> found;
  {
    const GilReleased gil_released;
    found = cache::grep_cache(regex, cache_params, linenumbers, countonly, signature, categories);
  }
  py::dict result;
  for (const auto& [path, matches] : found) {
    py::list lines;
    for (const cache::MatchedLine& line : matches.lines) {
      py::object text = to_python(Value(line.text));
      lines.append(linenumbers ? py::object(py::make_tuple(line.number, text)) : text);
    }
    result[py::str(path)] = countonly ? py::object(py::int_(matches.count)) : py::object(lines);
  }
  return result;
}

void bind_queries(py::module_& m) {
  m.def("glob_cache", &cache::glob_cache, Released());
  m.def("clean_cache", &cache::clean_cache, Released());
  m.def("grep_cache", &grep_cache);
  m.def("extract_function", &cache::extract_function);
  m.def("extract_files", &cache::extract_files, Released());
  m.def("extract_lib_signatures", &cache::extract_lib_signatures, Released());
  m.def("check_cache_integrity", &cache::check_cache_integrity, Released());
  // Calls `out` with each line on this thread.
  m.def("report_cache_integrity", [](const cache::IntegrityReport& missing, const py::function& out) {
    cache::report_cache_integrity(missing, [&](const std::string& line) { out(to_python(Value(line))); });
  });
}

py::object lookup_lib(const std::string& signature, const CacheParams& cache_params) {
  std::optional<Library> found;
  {
    const GilReleasedToWait gil_released;
    found = cache::lookup_lib(signature, cache_params);
  }
  return library_object(found, cache_params.lib_loader);
}

py::object load_library(const std::string& signature, const CacheParams& cache_params) {
  std::optional<Library> found;
  {
    const GilReleasedToWait gil_released;
    found = cache::load_library(signature, cache_params);
  }
  return library_object(found, cache_params.lib_loader);
}

std::pair<std::size_t, std::size_t> import_modules_on_ranks(const py::object& capsule, const std::string& file,
                                                            const CacheParams& cache_params) {
  const Collective& ranks = Collective::of(capsule);
  const GilReleased gil_released;
  const cache::ImportResult result = ranks.import_modules(file, cache_params);
  return {result.imported, result.present};
}

void bind_libraries(py::module_& m) {
  m.def("read_library_binary", &read_library_binary);
  m.def("write_library_binary", &write_library_binary);
  m.def("get_dijitso_dependencies", &cache::get_dijitso_dependencies, Released());
  m.def(
      "analyse_load_error",
      [](const std::string& message, const std::string& lib_filename, const CacheParams& cache_params) {
        return cache::analyse_load_error(std::runtime_error(message), lib_filename, cache_params);
      },
      Released());
  m.def("lookup_lib", &lookup_lib);
  m.def("load_library", &load_library);
  m.def("import_modules_on_ranks", &import_modules_on_ranks);
}

}  // namespace

void bind_cache(py::module_& m) {
  bind_names(m);
  bind_files(m);
  bind_queries(m);
  bind_libraries(m);
}

}  // namespace dijitso::python

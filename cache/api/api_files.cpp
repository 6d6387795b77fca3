// Names, directories and single files of the documented interface. Layout gives the paths, Directory checks the rights,
// and publish_file writes. Tested in unittests/cache/api_files_test.cpp.
#include "cache/api/api.h"
#include "cache/store/directory.h"
#include "support/file_name.h"
#include "support/gzip.h"

#include <dijitso/system.h>

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr unsigned stored_mode = 0444;

std::string make_dir(const CacheParams& params, fs::path (Layout::*which)() const) {
  Directory directory(params, Directory::Role::own);
  const fs::path path = (directory.layout().*which)();
  if (const auto failed = directory.create(path)) throw CacheError(*failed + "; set cache.cache_dir to another one");
  return path;
}

std::string store(const fs::path& file, ByteView content, const CacheParams& params,
                  fs::path (Layout::*which)() const) {
  make_dir(params, which);
  const Directory directory(params, Directory::Role::own);
  as_cache_error([&] {
    publish_file(file, directory.temp_dir_for(file.parent_path()), content, stored_mode, Publish::replace,
                 Durability::relaxed);
  });
  return file;
}

std::optional<std::string> read_stored(const fs::path& file) {
  try {
    return system::read_textfile(file);
  } catch (const Error& error) {
    throw CacheError(error.what());
  }
}

}  // namespace

std::string create_inc_basename(const std::string& signature, const CacheParams& params) {
  return Layout(params).inc_file(signature).filename();
}
std::string create_src_basename(const std::string& signature, const CacheParams& params) {
  return Layout(params).src_file(signature).filename();
}
std::string create_lib_basename(const std::string& signature, const CacheParams& params) {
  return Layout(params).lib_file(signature).filename();
}
std::string create_libname(const std::string& signature, const CacheParams& params) {
  check_signature(signature);
  return params.lib_basename + signature;
}
std::string create_inc_filename(const std::string& signature, const CacheParams& params) {
  return Layout(params).inc_file(signature);
}
std::string create_src_filename(const std::string& signature, const CacheParams& params) {
  return Layout(params).src_file(signature);
}
std::string create_lib_filename(const std::string& signature, const CacheParams& params) {
  return Layout(params).lib_file(signature);
}
std::string create_log_filename(const std::string& signature, const CacheParams& params) {
  return Layout(params).log_file(signature);
}

std::string create_fail_dir_path(const std::string& signature, const CacheParams& params) {
  check_signature(signature);
  std::error_code ignored;  // when the current directory is gone, writing fails later
  const fs::path root = params.fail_dir_root ? fs::path(*params.fail_dir_root) : fs::current_path(ignored);
  return root / ("jitfailure-" + signature);
}

std::string make_inc_dir(const CacheParams& params) { return make_dir(params, &Layout::inc_dir); }
std::string make_src_dir(const CacheParams& params) { return make_dir(params, &Layout::src_dir); }
std::string make_lib_dir(const CacheParams& params) { return make_dir(params, &Layout::lib_dir); }
std::string make_log_dir(const CacheParams& params) { return make_dir(params, &Layout::log_dir); }

void ensure_dirs(const CacheParams& params) {
  if (const auto failed = Directory(params, Directory::Role::own).create())
    throw CacheError(*failed + "; set cache.cache_dir to another one");
  make_lib_dir(params);
}

std::optional<std::string> read_inc(const std::string& signature, const CacheParams& params) {
  return read_stored(Layout(params).inc_file(signature));
}
std::optional<std::string> read_src(const std::string& signature, const CacheParams& params) {
  return read_stored(Layout(params).src_file(signature));
}
std::optional<std::string> read_log(const std::string& signature, const CacheParams& params) {
  return read_stored(Layout(params).log_file(signature));
}

std::string store_inc(const std::string& signature, std::string_view content, const CacheParams& params) {
  return store(Layout(params).inc_file(signature), as_bytes(content), params, &Layout::inc_dir);
}
std::string store_src(const std::string& signature, std::string_view content, const CacheParams& params) {
  return store(Layout(params).src_file(signature), as_bytes(content), params, &Layout::src_dir);
}
std::string store_log(const std::string& signature, std::string_view content, const CacheParams& params) {
  return store(Layout(params).log_file(signature), as_bytes(content), params, &Layout::log_dir);
}

std::optional<std::string> compress_source_code(const std::string& src_filename, const CacheParams& params) {
  const std::string& how = params.src_storage;
  if (how != "keep" && how != "delete" && how != "compress")
    throw InvalidArgument("cache.src_storage is '" + how + "'; use 'keep', 'delete' or 'compress'");
  without_nul(src_filename);
  return as_cache_error([&]() -> std::optional<std::string> {
    if (how == "keep") return src_filename;
    const std::string compressed = src_filename + ".gz";
    if (how == "delete") {
      remove_file(src_filename);
      return std::nullopt;
    }
    const std::optional<Bytes> content = read_file(src_filename);
    if (!content) throw FileError("compress", src_filename, ENOENT);
    // Replaces an older compressed file, which would otherwise be taken for the new source.
    publish_beside(compressed, gzip(*content), stored_mode, Publish::replace, Durability::relaxed);
    remove_file(src_filename);
    return compressed;
  });
}

std::vector<std::uint8_t> read_library_binary(const std::string& lib_filename) {
  return as_cache_error([&] {
    std::optional<Bytes> content = read_file(without_nul(lib_filename));
    if (!content) throw FileError("read the library", lib_filename, ENOENT);
    return std::move(*content);
  });
}

std::string write_library_binary(const std::vector<std::uint8_t>& lib_data, const std::string& signature,
                                 const CacheParams& params) {
  return store(Layout(params).lib_file(signature), lib_data, params, &Layout::lib_dir);
}

}  // namespace dijitso::cache

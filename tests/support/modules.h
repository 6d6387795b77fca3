// What the tests of the whole system share: a cache of their own, modules made of text, and the errors they expect.
// Directories, small files, captured warnings and child processes are in unittests/support/.
#pragma once

#include "unittests/support/scratch.h"

#include <dijitso/jit.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::testing {

// The default parameters with the cache in `cache`, and failures beside it.
inline Params params_in(const fs::path& cache) {
  Params params = validate_params({{"cache", {{"cache_dir", Value(cache.string())}}}});
  params.cache.fail_dir_root = (cache.parent_path() / "failures").string();
  return params;
}

// A directory with the name of a cache in it, which does not exist yet.
struct Place {
  Scratch scratch;
  fs::path cache = scratch / "cache";
  Params params = params_in(cache);
};

// Goes into a directory, which is made if it is not there, for the length of a test.
class InDirectory {
 public:
  explicit InDirectory(const fs::path& directory) : before_(fs::current_path()) {
    fs::create_directories(directory);
    fs::current_path(directory);
  }
  InDirectory(const InDirectory&) = delete;
  InDirectory& operator=(const InDirectory&) = delete;
  ~InDirectory() { fs::current_path(before_); }

 private:
  fs::path before_;
};

inline Generate gives(std::string source, std::string header = "", std::vector<std::string> dependencies = {}) {
  return [=](const std::string&, const std::string&, const GeneratorParams&) {
    return Generated{header, source, dependencies};
  };
}

inline std::string value_source(int number) {
  return "extern \"C\" int value() { return " + std::to_string(number) + "; }\n";
}

inline Generate gives_value(int number) { return gives(value_source(number)); }

// For requests that the cache must answer.
inline Generated never(const std::string& name, const std::string&, const GeneratorParams&) {
  throw std::logic_error("generate was called for " + name);
}

inline int value(const Library& library) { return library.function<int()>("value")(); }
inline int value(const std::pair<Library, std::string>& answer) { return value(answer.first); }

// The exception of this class that `action` must throw. Another one passes through and fails the test with its own
// text.
template <class Exception, class Action>
Exception thrown(Action action) {
  try {
    action();
  } catch (const Exception& exception) {
    return exception;
  }
  throw std::runtime_error("the expected exception was not thrown");
}

// The files in `directory` and below it, relative to it; none when it does not exist.
inline std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> files;
  if (!fs::exists(directory)) return files;
  for (const auto& file : fs::recursive_directory_iterator(directory))
    if (!file.is_directory() && file.path().filename() != "CACHEDIR.TAG")
      files.push_back(fs::relative(file.path(), directory).string());
  std::sort(files.begin(), files.end());
  return files;
}

// The one entry in a cache.
inline fs::path only_entry(const fs::path& cache) {
  const std::vector<std::string> names = names_in(cache / "obj");
  if (names.size() != 1) throw std::runtime_error("there are " + std::to_string(names.size()) + " entries");
  return cache / "obj" / names[0];
}

}  // namespace dijitso::testing

// Starting a program and waiting for it: what the tests and benchmarks do, and the library never does.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ffc {

struct Finished {
  int status = 0;      // exit status, or 128 + the signal that killed it
  std::string output;  // standard output and standard error
};

// Runs `command` (a path, or a name looked up in PATH) with the environment of this process and `environment`
// ("NAME=value") added. std::runtime_error when it cannot be started.
Finished run(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});

// A new directory under the temporary one that is removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ffc

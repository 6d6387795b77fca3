// Objects for the tests of the linker, made with an ordinary compiler.
#pragma once

#include "orc/session.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace orc_test {

// A directory of this process that is removed with the object.
class TempDir {
 public:
  TempDir() {
    auto pattern = (std::filesystem::temp_directory_path() / "dijitso-orc-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

// Runs a shell command; throws std::runtime_error when it fails.
inline void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

// `source` (C++) compiled to an object. Equal requests are compiled once a process.
inline dijitso::SharedBytes compile(const std::string& source, const std::string& flags = "-O1",
                                    const std::string& compiler = "g++") {
  static std::mutex mutex;
  static std::map<std::string, dijitso::SharedBytes> known;
  std::lock_guard lock(mutex);
  auto& object = known[compiler + '\0' + flags + '\0' + source];
  if (object) return object;
  const TempDir dir;
  write_file(dir / "source.cpp", source);
  run(compiler + " -std=c++17 -fPIC -w " + flags + " -c '" + (dir / "source.cpp").string() + "' -o '" +
      (dir / "source.o").string() + "'");
  std::ifstream in(dir / "source.o", std::ios::binary);
  object = std::make_shared<const dijitso::Bytes>(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  return object;
}

inline std::shared_ptr<dijitso::orc::Session> new_session(const dijitso::orc::SessionOptions& options = {}) {
  const std::unique_ptr<std::shared_ptr<dijitso::orc::Session>> session(dijitso_orc_new_session(options));
  return *session;
}

using ModulePtr = std::shared_ptr<const dijitso::orc::LinkedModule>;

struct Named {
  std::string name;
  ModulePtr module;
};

// Links `object` as module `name`.
inline ModulePtr link(const std::shared_ptr<dijitso::orc::Session>& session, const std::string& name,
                      const dijitso::SharedBytes& object, const std::vector<Named>& dependencies = {},
                      const std::vector<std::string>& libs = {}, const std::vector<std::string>& lib_dirs = {}) {
  dijitso::orc::LinkRequest request;
  request.name = name;
  request.object = object;
  for (const auto& dependency : dependencies) {
    request.dependencies.push_back(dependency.module);
    request.dependency_names.push_back(dependency.name);
  }
  request.libs = libs;
  request.lib_dirs = lib_dirs;
  return session->link(request);
}

// The same for a source compiled with the defaults.
inline ModulePtr link(const std::shared_ptr<dijitso::orc::Session>& session, const std::string& name,
                      const std::string& source, const std::vector<Named>& dependencies = {},
                      const std::vector<std::string>& libs = {}, const std::vector<std::string>& lib_dirs = {}) {
  return link(session, name, compile(source), dependencies, libs, lib_dirs);
}

template <class F>
F* function(const ModulePtr& module, const std::string& name) {
  return reinterpret_cast<F*>(module->find(name));
}

}  // namespace orc_test

// Modules as shared libraries: names, command line and order are those of the old package.
#include "shared_libraries.h"

#include "process.h"

#include <dlfcn.h>
#include <unistd.h>

#include <stdexcept>

namespace fs = std::filesystem;

namespace ffc {

SharedLibraries::SharedLibraries(const Corpus& corpus, std::string compiler, fs::path dir)
    : corpus_(corpus), compiler_(std::move(compiler)), dir_(std::move(dir)) {
  fs::create_directories(dir_);
  dir_ = fs::absolute(dir_);
}

fs::path SharedLibraries::library(const std::string& name) const { return dir_ / ("libdijitso-" + name + ".so"); }

void SharedLibraries::build(const Module& module) const { build_as(module, library(module.name)); }

void SharedLibraries::build_as(const Module& module, const fs::path& target) const {
  std::vector<std::string> command = {compiler_};
  command.insert(command.end(), corpus_.cxxflags.begin(), corpus_.cxxflags.end());
  command.insert(command.end(), corpus_.cxxflags_opt.begin(), corpus_.cxxflags_opt.end());
  for (const std::string& dir : corpus_.include_dirs) command.push_back("-I" + dir);
  command.insert(command.end(), {"-I" + corpus_.dir.string(), corpus_.source_file(module).string(),
                                 "-L" + dir_.string(), "-Wl,-rpath," + dir_.string()});
  for (const auto& dependency : module.dependencies) command.push_back("-ldijitso-" + dependency);
  command.push_back("-o" + target.string());
  const Finished compiler = run(command);
  if (compiler.status != 0)
    throw std::runtime_error(compiler_ + " cannot build " + module.name + ":\n" + compiler.output);
}

void SharedLibraries::build_missing(const std::vector<Module>& modules) const {
  for (const auto& module : modules) {
    const auto target = library(module.name);
    const auto source = corpus_.source_file(module);
    if (fs::exists(target) && fs::last_write_time(target) > fs::last_write_time(source)) continue;
    const auto mine = dir_ / (module.name + "." + std::to_string(getpid()));
    build_as(module, mine);
    fs::rename(mine, target);
  }
}

std::shared_ptr<void> SharedLibraries::open(const Module& module) const {
  void* handle = dlopen(library(module.name).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  return {handle, [](void* open) { dlclose(open); }};
}

Lookup lookup_in(const std::shared_ptr<void>& library) {
  return [library](const std::string& symbol) {
    void* address = dlsym(library.get(), symbol.c_str());
    if (!address) throw std::runtime_error("the library has no symbol '" + symbol + "'");
    return address;
  };
}

}  // namespace ffc

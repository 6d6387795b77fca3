// The ordinary way: a module as a shared library made by a compiler on the machine. What the in-process way is compared
// with.
#pragma once

#include "corpus.h"
#include "lookup.h"

#include <filesystem>
#include <memory>
#include <string>

namespace ffc {

// The shared libraries of one compiler, in one directory.
class SharedLibraries {
 public:
  SharedLibraries(const Corpus& corpus, std::string compiler, std::filesystem::path dir);

  // Compiles and links in one command, as the old package did, against the libraries of the dependencies, which must be
  // there already. std::runtime_error with what the compiler said.
  void build(const Module& module) const;

  // Builds those that are missing or older than the source. Any number of processes may do that at once.
  void build_missing(const std::vector<Module>& modules) const;

  // Opens the library of a module; it stays open as long as the handle.
  std::shared_ptr<void> open(const Module& module) const;

 private:
  std::filesystem::path library(const std::string& name) const;
  void build_as(const Module& module, const std::filesystem::path& target) const;

  const Corpus& corpus_;
  std::string compiler_;
  std::filesystem::path dir_;
};

// Symbols of an open library. std::runtime_error when one is missing.
Lookup lookup_in(const std::shared_ptr<void>& library);

}  // namespace ffc

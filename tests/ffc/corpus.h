// The modules that make_modules.py wrote, read back from its manifest. Values without state; errors are
// std::runtime_error.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ffc {

// One module: a form, an element (finite element and dof map) or a coordinate mapping.
struct Module {
  std::string name;
  std::string kind;                       // "form", "element" or "coordinate_mapping"
  std::string family;                     // the first family that needs it
  std::vector<std::string> dependencies;  // names
  std::vector<std::string> factories;     // the extern "C" functions that create the objects
};

// What a person solves with: the forms (or elements) that were asked for, by module name.
struct Family {
  std::string name;
  std::vector<std::string> roots;
};

struct Corpus {
  std::filesystem::path dir;  // of the manifest, headers and sources
  std::string ffc_version;
  std::string include_dir;  // of ufc.h
  std::vector<std::string> cxxflags;
  std::vector<std::string> cxxflags_opt;
  std::vector<Family> families;
  std::vector<Module> modules;  // dependencies first

  const Module& module(const std::string& name) const;
  const Family& family(const std::string& name) const;
  std::string header(const Module& module) const;
  std::string source(const Module& module) const;

  // The same with these families only and the modules that they need; no names: everything.
  Corpus restricted_to(const std::vector<std::string>& family_names) const;
};

Corpus read_corpus(const std::filesystem::path& manifest);

}  // namespace ffc

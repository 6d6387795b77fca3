// The modules that a make_modules.py wrote (the one here for FFC, that of tests/ffcx for FFCx), read back from its
// manifest. Values without state; errors are std::runtime_error.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ffc {

// One module. Of FFC: a form, an element (finite element and dof map) or a coordinate mapping. Of FFCx: what one call
// of its compiler makes.
struct Module {
  std::string name;
  std::string kind;                       // FFC: "form", "element" or "coordinate_mapping"; FFCx: "forms", ...
  std::string family;                     // the first family that needs it
  std::string scalar;                     // the C type of most numbers
  std::vector<std::string> dependencies;  // names
  std::vector<std::string> factories;     // the symbols to begin with: functions that create objects, or the objects
};

// What a person solves with: the forms (or elements) that were asked for, by module name.
struct Family {
  std::string name;
  std::vector<std::string> roots;
};

struct Corpus {
  std::filesystem::path dir;  // of the manifest, headers and sources
  std::string generator;      // "FFC" or "FFCx"
  std::string generator_version;
  std::string source_postfix;               // ".cpp" or ".c"
  std::vector<std::string> include_dirs;    // of ufc.h or ufcx.h, and others
  std::vector<std::string> lib_dirs, libs;  // mostly none
  std::vector<std::string> cxxflags;
  std::vector<std::string> cxxflags_opt;
  std::vector<Family> families;
  std::vector<Module> modules;  // dependencies first

  const Module& module(const std::string& name) const;
  const Family& family(const std::string& name) const;
  std::string header(const Module& module) const;
  std::string source(const Module& module) const;
  std::filesystem::path source_file(const Module& module) const;

  // The same with these families only and the modules that they need; no names: everything.
  Corpus restricted_to(const std::vector<std::string>& family_names) const;
};

Corpus read_corpus(const std::filesystem::path& manifest);

}  // namespace ffc

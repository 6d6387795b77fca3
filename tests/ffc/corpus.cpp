// Reads modules.json, which a make_modules.py wrote. Tested in ffc_modules_test.cpp.
#include "corpus.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

namespace ffc {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read '" + path.string() + "'; make_modules.py writes it");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

const Module& Corpus::module(const std::string& name) const {
  const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& m) { return m.name == name; });
  if (found == modules.end()) throw std::runtime_error("the manifest has no module '" + name + "'");
  return *found;
}

const Family& Corpus::family(const std::string& name) const {
  const auto found = std::find_if(families.begin(), families.end(), [&](const Family& f) { return f.name == name; });
  if (found != families.end()) return *found;
  std::string known;
  for (const auto& family : families) known += " " + family.name;
  throw std::runtime_error("there is no family '" + name + "'; there are:" + known);
}

std::string Corpus::header(const Module& module) const { return read_text(dir / (module.name + ".h")); }

std::string Corpus::source(const Module& module) const { return read_text(source_file(module)); }

std::filesystem::path Corpus::source_file(const Module& module) const { return dir / (module.name + source_postfix); }

Corpus Corpus::restricted_to(const std::vector<std::string>& family_names) const {
  if (family_names.empty()) return *this;
  Corpus part = *this;
  part.families.clear();
  part.modules.clear();
  std::set<std::string> taken;
  for (const auto& name : family_names) {
    const Family& family = this->family(name);
    part.families.push_back(family);
    std::set<std::string> needed(family.roots.begin(), family.roots.end());
    // Dependencies stand before their dependents, so one walk from the end finds all of them.
    for (auto module = modules.rbegin(); module != modules.rend(); ++module)
      if (needed.count(module->name)) needed.insert(module->dependencies.begin(), module->dependencies.end());
    for (const auto& module : modules)
      if (needed.count(module.name) && taken.insert(module.name).second) {
        part.modules.push_back(module);
        part.modules.back().family = name;
      }
  }
  return part;
}

Corpus read_corpus(const std::filesystem::path& manifest) try {
  const auto json = nlohmann::json::parse(read_text(manifest));
  Corpus corpus;
  corpus.dir = std::filesystem::absolute(manifest).parent_path();
  corpus.generator = json.at("generator");
  corpus.generator_version = json.at("generator_version");
  corpus.source_postfix = json.at("source_postfix");
  corpus.include_dirs = json.at("include_dirs").get<std::vector<std::string>>();
  corpus.lib_dirs = json.value("lib_dirs", std::vector<std::string>());
  corpus.libs = json.value("libs", std::vector<std::string>());
  corpus.cxxflags = json.at("cxxflags").get<std::vector<std::string>>();
  corpus.cxxflags_opt = json.at("cxxflags_opt").get<std::vector<std::string>>();
  for (const auto& family : json.at("families"))
    corpus.families.push_back({family.at("name"), family.at("roots").get<std::vector<std::string>>()});
  for (const auto& module : json.at("modules"))
    corpus.modules.push_back({module.at("name"), module.at("kind"), module.at("family"),
                              module.value("scalar", "double"),
                              module.at("dependencies").get<std::vector<std::string>>(),
                              module.at("factories").get<std::vector<std::string>>()});
  return corpus;
} catch (const nlohmann::json::exception& error) {
  throw std::runtime_error("'" + manifest.string() + "' is not a manifest of make_modules.py: " + error.what());
}

}  // namespace ffc

// A module and, inside its generate, its dependencies: the recursion of ffc.jitcompiler.jit.
#include "jit_modules.h"

namespace ffc {

dijitso::Params jit_params(const Corpus& corpus, const std::filesystem::path& cache_dir) {
  dijitso::ParamsDict given;
  if (!cache_dir.empty()) given["cache"]["cache_dir"] = cache_dir.string();
  given["cache"]["src_postfix"] = corpus.source_postfix;
  given["build"]["cxxflags"] = corpus.cxxflags;
  given["build"]["cxxflags_opt"] = corpus.cxxflags_opt;
  given["build"]["cxxflags_debug"] = std::vector<std::string>{"-O0"};
  given["build"]["include_dirs"] = corpus.include_dirs;
  given["build"]["lib_dirs"] = corpus.lib_dirs;
  given["build"]["libs"] = corpus.libs;
  given["build"]["debug"] = false;
  given["generator"][corpus.generator + "_version"] = corpus.generator_version;
  return dijitso::validate_params(given);
}

dijitso::Library jit_module(dijitso::Jit& jit, const Corpus& corpus, const Module& module,
                            const dijitso::Params& params) {
  const auto generate = [&](const std::string&, const std::string&, const dijitso::GeneratorParams&) {
    for (const auto& dependency : module.dependencies) jit_module(jit, corpus, corpus.module(dependency), params);
    return dijitso::Generated{corpus.header(module), corpus.source(module), module.dependencies};
  };
  return jit.jit(module.name, params, generate).first;
}

Lookup lookup_in(const dijitso::Library& library) {
  return [library](const std::string& symbol) { return library.symbol(symbol); };
}

}  // namespace ffc

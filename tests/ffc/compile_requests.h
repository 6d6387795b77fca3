// What is asked of the compiler for a module of a corpus.
#pragma once

#include "compile/compiler.h"
#include "corpus.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ffc {

inline dijitso::compilation::Compiler& compiler() {
  static const std::unique_ptr<std::unique_ptr<dijitso::compilation::Compiler>> made(dijitso_compile_new_compiler());
  return **made;
}

inline void add_headers(const Corpus& corpus, const Module& module, std::set<std::string>& seen,
                        std::vector<dijitso::compilation::MemoryHeader>& headers) {
  if (!seen.insert(module.name).second) return;
  headers.push_back({module.name + ".h", corpus.header(module)});
  for (const std::string& dependency : module.dependencies)
    add_headers(corpus, corpus.module(dependency), seen, headers);
}

inline dijitso::compilation::CompileRequest request_for(const Corpus& corpus, const Module& module) {
  dijitso::compilation::CompileRequest request;
  request.signature = module.name;
  request.is_c = corpus.source_postfix == ".c";
  request.source = corpus.source(module);
  std::set<std::string> seen;
  add_headers(corpus, module, seen, request.headers);
  request.arguments = corpus.cxxflags;
  request.arguments.insert(request.arguments.end(), corpus.cxxflags_opt.begin(), corpus.cxxflags_opt.end());
  request.include_dirs = corpus.include_dirs;
  return request;
}

}  // namespace ffc

// Modules in two tiers for the tests of the linker.
#pragma once

#include "compile/compiler.h"
#include "object_maker.h"

#include <stdexcept>

namespace orc_test {

// A module that runs quick code, and what is needed to replace it.
struct Tiered {
  std::shared_ptr<dijitso::orc::Session> session;
  ModulePtr module;
  std::vector<std::string> shared_symbols;
  dijitso::SharedBytes optimised;

  void replace() const { session->replace(module, optimised, shared_symbols); }
};

inline dijitso::compilation::Compiler& compiler() {
  static const std::unique_ptr<std::unique_ptr<dijitso::compilation::Compiler>> made(dijitso_compile_new_compiler());
  return **made;
}

inline dijitso::SharedBytes shared(dijitso::Bytes bytes) {
  return std::make_shared<const dijitso::Bytes>(std::move(bytes));
}

// std::runtime_error when the source is not compiled in two tiers.
inline Tiered link_quickly(const std::shared_ptr<dijitso::orc::Session>& session, const std::string& name,
                           const std::string& source, const std::vector<Named>& dependencies = {},
                           const std::vector<std::string>& flags = {"-O2", "-std=c++17"}) {
  dijitso::compilation::CompileRequest request;
  request.signature = name;
  request.source = source;
  request.arguments = flags;
  auto quick = compiler().compile_quickly(request);
  if (!quick.optimizer) throw std::runtime_error(quick.untiered_reason + quick.result.diagnostics_text);
  const auto module = link(session, name, shared(std::move(quick.result.object)), dependencies);
  return {session, module, std::move(quick.shared_symbols), shared(quick.optimizer->optimize().object)};
}

}  // namespace orc_test

// A linked module: its code, and references to what must outlive it.
//
// Chains of dependencies can have thousands of modules, so references are released in a loop, not recursively. Tested
// in unittests/orc/lifetime_test.cpp.
#pragma once

#include "orc/code.h"
#include "orc/imports.h"
#include "orc/session.h"
#include "support/fork.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dijitso::orc {

class Module final : public LinkedModule, public std::enable_shared_from_this<Module> {
 public:
  // `initialisation` is locked while constructors or destructors run.
  Module(std::shared_ptr<Session> session, forking::LongMutex& initialisation, std::shared_ptr<CodeSpace> code_space,
         const LinkRequest& request);
  ~Module() override;

  void* find(const std::string& symbol) const override;

  // Throws LinkFailed when a static constructor throws.
  void start();

  // The modules and libraries in which its undefined symbols are searched.
  void set_search_order(SearchOrder order) { search_order_ = std::move(order); }
  const SearchOrder& search_order() const { return search_order_; }

  // The imports of quick code. The optimised code is bound to the same addresses.
  void set_imports(Imports imports) { imports_ = std::move(imports); }
  const Imports& imports() const { return imports_; }

  // Locked by a thread that replaces the code.
  forking::Mutex& replacing() const DIJITSO_RETURNS_MUTEX(replacing_) { return replacing_; }

  const std::string& name() const { return request_.name; }
  const LinkRequest& request() const { return request_; }
  const Session& session() const { return *session_; }
  Code& code() { return *code_; }
  const Code& code() const { return *code_; }

 private:
  friend class Registry;

  void remove_from_debugger();

  const std::shared_ptr<Session> session_;
  forking::LongMutex& initialisation_;
  LinkRequest request_;  // without its object; keeps the dependencies alive
  SearchOrder search_order_;
  Imports imports_;
  mutable forking::Mutex replacing_;
  std::unique_ptr<Code> code_;
  std::uint64_t age_ = 0;  // its number in the registry
};

}  // namespace dijitso::orc

// A linked module: its code, and what must outlive it.
//
// Chains of modules can be thousands deep; their references are dropped one after the other, not recursively.
// Tested in unittests/orc/lifetime_test.cpp.
#pragma once

#include "orc/code.h"
#include "orc/imports.h"
#include "orc/session.h"
#include "support/fork.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dijitso::orc {

class Module final : public LinkedModule, public std::enable_shared_from_this<Module> {
 public:
  // `initialisation` is held while constructors or destructors run.
  Module(std::shared_ptr<Session> session, forking::LongMutex& initialisation, const LinkRequest& request);
  ~Module() override;

  void* find(const std::string& symbol) const override;

  // Called when code is mapped: `unload` unmaps it. Code for which this is never called is not unloaded.
  void add_unload(std::function<void()> unload) { unload_.push_back(std::move(unload)); }

  // LinkFailed when a static constructor throws.
  void start();

  // Where its symbols are sought.
  void set_search_order(SearchOrder order) { search_order_ = std::move(order); }
  const SearchOrder& search_order() const { return search_order_; }

  // What quick code was bound to, for the optimised code.
  void set_imports(Imports imports) { imports_ = std::move(imports); }
  const Imports& imports() const { return imports_; }

  // Held by whoever replaces the code.
  forking::Mutex& replacing() const { return replacing_; }

  const std::string& name() const { return request_.name; }
  const LinkRequest& request() const { return request_; }
  const Session& session() const { return *session_; }
  Code& code() { return *code_; }
  const Code& code() const { return *code_; }

 private:
  friend class Registry;

  void leave_debugger();

  const std::shared_ptr<Session> session_;
  forking::LongMutex& initialisation_;
  LinkRequest request_;  // keeps the object and the dependencies
  SearchOrder search_order_;
  Imports imports_;
  mutable forking::Mutex replacing_;
  std::unique_ptr<Code> code_ = std::make_unique<Code>();
  std::vector<std::function<void()>> unload_;
  std::uint64_t age_ = 0;  // in the registry
};

}  // namespace dijitso::orc

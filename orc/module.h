// A linked module: its code, and what must outlive it.
//
// Chains of modules can be thousands deep; their references are dropped one after the other, not recursively.
// Tested in unittests/orc/lifetime_test.cpp.
#pragma once

#include "orc/code.h"
#include "orc/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace dijitso::orc {

class Module final : public LinkedModule, public std::enable_shared_from_this<Module> {
 public:
  // `initialisation` is held while constructors or destructors run.
  Module(std::shared_ptr<Session> session, std::recursive_mutex& initialisation, const LinkRequest& request);
  ~Module() override;

  void* find(const std::string& symbol) const override;

  // Called once when the code is mapped: `unload` unmaps it. The code is not unloaded if this is never called.
  void set_unload(std::function<void()> unload) { unload_ = std::move(unload); }

  // LinkFailed when a static constructor throws.
  void start();

  const std::string& name() const { return name_; }
  const Session& session() const { return *session_; }
  Code& code() { return *code_; }
  const Code& code() const { return *code_; }

 private:
  friend class Registry;

  void leave_debugger();

  const std::shared_ptr<Session> session_;
  std::recursive_mutex& initialisation_;
  const std::string name_;
  const SharedBytes object_;
  std::vector<std::shared_ptr<const LinkedModule>> dependencies_;
  std::unique_ptr<Code> code_ = std::make_unique<Code>();
  std::function<void()> unload_;
  std::uint64_t age_ = 0;  // in the registry
};

}  // namespace dijitso::orc

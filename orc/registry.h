// The modules and sessions that are alive in this process: to say who defines a symbol, to find the module of an
// address, and to end well.
//
// At exit() the order of static destructors among the host, libdijitso and LLVM is not ours. So a handler that is
// registered with the first session holds on to everything for good and runs the static destructors of the modules,
// youngest first; later destructors of handles then find that they are not the last. Nothing of LLVM is called or
// destroyed any more. Tested in unittests/orc/lifetime_test.cpp.
#pragma once

#include "orc/session.h"
#include "support/fork.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::orc {

class Module;

class Registry {
 public:
  static Registry& instance();

  // True when nothing may be linked any more.
  bool exiting() const;

  // False when the process is exiting: nothing was added.
  [[nodiscard]] bool add_session(const std::shared_ptr<Session>& session);
  [[nodiscard]] bool add(Module& module);
  void remove(const Module& module);

  // The name of the youngest module of `session` that exports `symbol`.
  std::optional<std::string> provider(const Session& session, const std::string& symbol) const;

  // The module in whose code the address lies, unless it is being destroyed.
  std::shared_ptr<Module> module_at(std::uintptr_t address) const;

  // Holds on to something for good.
  void keep(std::shared_ptr<const void> object);

  // Registers `function` with the module that it lies in; false when there is none.
  bool at_exit(void (*function)());

 private:
  Registry();
  void finish();

  mutable forking::Mutex mutex_;
  bool exiting_ = false;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Module*> modules_;  // by age; a module that is being destroyed is still in it
  std::vector<std::weak_ptr<Session>> sessions_;
  std::vector<std::shared_ptr<const void>> kept_;
};

}  // namespace dijitso::orc

// The live modules of this process. Used to name the module that defines a symbol, to find the module of
// an address, and to end the process cleanly.
//
// At exit() the order of static destructors of the host, libdijitso and LLVM is unknown. So a handler, which the first
// session registers, keeps all modules forever and runs their static destructors, youngest first. Handles that are
// destroyed later do not hold the last reference. Nothing of LLVM is called or destroyed after that. Tested in
// unittests/orc/lifetime_test.cpp.
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

  // Returns false, and adds nothing, when the process is exiting.
  [[nodiscard]] bool add(Module& module);
  void remove(const Module& module);

  // The name of the youngest module of `session` that exports `symbol`.
  std::optional<std::string> provider(const Session& session, const std::string& symbol) const;

  // The module whose code contains the address, unless it is being destroyed.
  std::shared_ptr<Module> module_at(std::uintptr_t address) const;

  // Keeps an object alive forever.
  void keep(std::shared_ptr<const void> object);

  // Registers `function` with the module that contains it; returns false when there is none.
  bool at_exit(void (*function)());

 private:
  Registry();
  void finish();

  mutable forking::Mutex mutex_;
  bool exiting_ DIJITSO_GUARDED_BY(mutex_) = false;
  std::uint64_t next_ DIJITSO_GUARDED_BY(mutex_) = 0;
  // By age. A module that is being destroyed is still in it.
  std::map<std::uint64_t, Module*> modules_ DIJITSO_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<const void>> kept_ DIJITSO_GUARDED_BY(mutex_);
};

}  // namespace dijitso::orc

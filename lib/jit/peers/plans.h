// The modules that a process and its peers build at the same time: those announced to the others, and those announced
// by them that have not arrived yet. Used by one thread, which is the one that receives.
#pragma once

#include "jit/context.h"
#include "jit/loaded/module.h"
#include "jit/peers/exchange.h"

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {

class Plans {
 public:
  explicit Plans(std::shared_ptr<Context> context) : context_(std::move(context)) {}
  ~Plans();
  Plans(const Plans&) = delete;
  Plans& operator=(const Plans&) = delete;

  // The plans of this module and its dependencies, dependencies first, so that others can compile against it. Each
  // module is announced once.
  std::vector<SentPlan> tell(const ModulePointer& module);

  // Remembers announced modules as variants used last, unless they are known. CommunicationError when one depends on an
  // unknown module.
  void expect(const std::vector<SentPlan>& plans, const std::string& name_space, cache::Usage& usage);

  // All modules announced by this process or others, including those that have failed since.
  std::vector<ModulePointer> known() const;

  // The announced module that has this entry; nullptr when none was announced.
  ModulePointer expected(const cache::Entry& entry, const std::string& name_space) const;

  // An announced module has arrived and is linked, or has failed.
  void come(const ModulePointer& module, const Digest& identity, const SharedBytes& entry);
  void fail(const ModulePointer& module, std::exception_ptr failure);

  // Fails all modules that have not arrived.
  void give_up(std::exception_ptr failure);

  std::vector<ModulePointer> asked;                // what the last generate requested
  std::vector<ModulePointer> requested_meanwhile;  // modules of `asked` that were not waited for
  std::vector<ModulePointer> present;              // what this process has; others need not send it
  std::vector<ModulePointer> begun;                // built here; the destructor waits for them

 private:
  ModulePointer find(const std::string& signature, const Digest& build, const std::string& name_space) const;

  std::shared_ptr<Context> context_;
  std::map<const Module*, ModulePointer> known_;
  std::vector<ModulePointer> pending_;
};

}  // namespace dijitso

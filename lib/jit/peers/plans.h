// What a process and its peers build at the same time: which modules have been announced to the others, and which were
// announced by them and have not arrived yet. For one thread, which is the one that receives.
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

  // This module, and all that others need to know in order to compile against it, dependencies first. Each is announced
  // once.
  std::vector<SentPlan> tell(const ModulePointer& module);

  // Remembers announced modules as variants used last, unless they are there already. CommunicationError when one
  // depends on a module that is not known here.
  void expect(const std::vector<SentPlan>& plans, const std::string& name_space, cache::Usage& usage);

  // All that was announced, by this process or others, including modules that have failed since.
  std::vector<ModulePointer> known() const;

  // The announced module that this entry is; nullptr when none was announced.
  ModulePointer expected(const cache::Entry& entry, const std::string& name_space) const;

  // An announced module has arrived and is linked, or has failed.
  void come(const ModulePointer& module, const Digest& identity, const SharedBytes& entry);
  void fail(const ModulePointer& module, std::exception_ptr failure);

  // Fails all modules that have not arrived.
  void give_up(std::exception_ptr failure);

  std::vector<ModulePointer> asked;                // what the last generate requested
  std::vector<ModulePointer> requested_meanwhile;  // those of them that were not waited for
  std::vector<ModulePointer> present;              // what this process has, so that others need not send it
  std::vector<ModulePointer> begun;                // what is built here; the destructor waits for it

 private:
  ModulePointer find(const std::string& signature, const Digest& build, const std::string& name_space) const;

  std::shared_ptr<Context> context_;
  std::map<const Module*, ModulePointer> known_;
  std::vector<ModulePointer> pending_;
};

}  // namespace dijitso

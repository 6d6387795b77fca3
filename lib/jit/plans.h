// What a process and its peers build at the same time: who has been told of which module, and which are still to come.
// For one thread, which is the one that brings what comes.
#pragma once

#include "jit/context.h"
#include "jit/exchange.h"
#include "jit/module.h"

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

  // The modules that the others need to know in order to compile against this one, and itself, dependencies first;
  // each is told once.
  std::vector<SentPlan> tell(const ModulePointer& module);

  // Remembers modules that will come, unless they are there already, as variants used last. CommunicationError when one
  // depends on a module that is not known here.
  void expect(const std::vector<SentPlan>& plans, const std::string& name_space, cache::Usage& usage);

  // What was told or expected; one that has failed meanwhile is no longer in memory, but among these.
  std::vector<ModulePointer> known() const;

  // The module that this entry was expected to be; nullptr when there is none.
  ModulePointer expected(const cache::Entry& entry, const std::string& name_space) const;

  // It has come, and is linked, or could not be.
  void come(const ModulePointer& module, const Digest& identity, const SharedBytes& entry);
  void fail(const ModulePointer& module, std::exception_ptr failure);

  // What still has not come never will.
  void give_up(std::exception_ptr failure);

  std::vector<ModulePointer> asked;                // what was asked for by the generate that ran last
  std::vector<ModulePointer> requested_meanwhile;  // of these, what was left unfinished
  std::vector<ModulePointer> present;              // what others were last told not to send
  std::vector<ModulePointer> begun;                // what is built here; at the end of this it is built, or has failed

 private:
  ModulePointer find(const std::string& signature, const Digest& build, const std::string& name_space) const;

  std::shared_ptr<Context> context_;
  std::map<const Module*, ModulePointer> known_;
  std::vector<ModulePointer> pending_;
};

}  // namespace dijitso

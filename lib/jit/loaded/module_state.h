// How far a module has come on its way from generated text to optimised code:
//
//     generated -> compiled -> optimised
//
// At the first two it may also end: because it failed, or because quick code is all that was asked for. A module from a
// cache begins as optimised. Whoever builds or receives a module advances it (builder, loader, peers); everybody else
// waits. Whether it has been linked is another matter, and the Module's.
//
// Nothing here refers to a module: whoever waits for a step may drop the last handle of the module right after it, and
// its static destructors must run then and there, not on the thread that advanced it. Thread-safe.
#pragma once

#include "cache/format/entry.h"
#include "orc/session.h"
#include "support/bytes.h"
#include "support/fork.h"
#include "support/hash.h"
#include "support/held_messages.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace dijitso {

struct BuildTask;
using CodePointer = std::shared_ptr<const orc::LinkedModule>;

enum class Stage : std::uint8_t { generated, compiled, optimised };

// What is linked: the bytes of an entry file, or quick code.
struct CompiledObject {
  cache::Entry entry;
  SharedBytes bytes;
  bool is_quick = false;
  std::vector<std::string> shared_symbols = {};  // of quick code, as orc::Session::replace() wants them
};

class ModuleState {
 public:
  // Of a module that is built in this process, by the task; optimised code is made unless `quick_only`.
  ModuleState(std::string signature, std::shared_ptr<const BuildTask> task, bool quick_only);
  // Of one whose entry this thread will bring from another process: that thread must not wait for it, others may.
  explicit ModuleState(std::string signature);
  // Of one from a cache.
  ModuleState(std::string signature, const Digest& identity, SharedBytes entry);
  ModuleState(const ModuleState&) = delete;
  ModuleState& operator=(const ModuleState&) = delete;
  ~ModuleState();

  Stage stage() const { return stage_.load(std::memory_order_acquire); }

  // Returns when the module has come so far; throws why it never will, or Interrupted. What the work had to say is
  // delivered. InvalidArgument when this thread is the one that must bring it, or when optimised code was not asked
  // for; CacheError in a child of fork() when the optimised code was to come in the parent.
  void wait_for(Stage wanted);

  // Whether wait_for() would not refuse at once.
  bool may_wait() const;

  // Known when it has been compiled: the digest of all that determines the code.
  const Digest& identity() const { return identity_; }
  // Known when it has been optimised: the entry file's bytes.
  const SharedBytes& entry() const { return entry_; }
  // Known when it has been compiled, if it was compiled here: what it was compiled to, and the entry that has come
  // since when that is quick code.
  std::shared_ptr<const CompiledObject> object() const;
  SharedBytes optimised_bytes() const;

  // Whether quick code is all that was asked for. It may still have been found in a cache, optimised.
  bool is_quick_only() const { return quick_only_; }

  // Whether it has quick code in this child of fork(), and the parent was about to optimise it.
  bool is_left_behind() const;

  // Whether this is a child of fork(), and the module was begun in an ancestor.
  bool was_begun_in_parent() const { return begun_in_ != forking::generation(); }

  // In a child of fork(): the task, once, to begin anew with it here, when the parent had not finished the compile.
  // nullptr otherwise.
  std::shared_ptr<const BuildTask> take_over();

  // --- Steps forward. One that was made before, in the parent of this process, is not made again.

  // Compiled. An object that is not quick code is the optimised one; after quick code that follows unless `is_final`.
  void compiled(const Digest& identity, std::shared_ptr<const CompiledObject> object,
                std::vector<log::Message> messages, bool is_final);

  // It is here, from a cache or another process, and is linked by whoever brought it.
  void come(const Digest& identity, SharedBytes entry);

  // There is an entry instead of the quick code; from now on that is linked. Returns the quick code that has been
  // linked until now, if it is still there: it is to be replaced before replaced() is called.
  CodePointer set_optimised_bytes(SharedBytes entry);
  void replaced();

  // Nothing more comes.
  void failed(std::exception_ptr failure, std::vector<log::Message> messages);

  // Tells that quick code has been linked. Returns the entry when that has come meanwhile; then the code is to be
  // replaced.
  SharedBytes linked_quick_code(const CodePointer& code);

 private:
  void advance(Stage stage, bool is_final);  // with mutex_ held
  void refuse_to_wait() const;
  void deliver_messages();
  [[noreturn]] void throw_failure() const;

  const std::string signature_;
  const forking::ThreadNumber brought_by_ = 0;  // 0: it is built here, or is there
  const bool quick_only_ = false;
  const std::uint64_t begun_in_ = forking::generation();
  std::atomic<Stage> stage_ = Stage::generated;
  Digest identity_;
  SharedBytes entry_;

  mutable forking::Mutex mutex_;
  std::uint64_t generation_ = begun_in_;   // of the process that works on it
  std::shared_ptr<const BuildTask> task_;  // until it has been compiled
  std::shared_ptr<const CompiledObject> object_;
  std::weak_ptr<const orc::LinkedModule> quick_code_;  // linked, and not replaced yet
  SharedBytes optimised_;                              // what takes its place
  std::exception_ptr failure_;
  std::vector<log::Message> messages_;  // until somebody waits

  std::promise<void> compiled_promise_, final_promise_;
  const std::shared_future<void> compiled_ = compiled_promise_.get_future().share();
  const std::shared_future<void> final_ = final_promise_.get_future().share();
};

}  // namespace dijitso

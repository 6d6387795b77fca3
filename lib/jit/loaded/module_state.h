// The progress of a module from generated text to optimised code:
//
//     generated -> compiled -> optimised
//
// A module may stay in either of the first two stages: because it failed, or because only quick code was requested. A
// module from a cache begins as optimised. The code that builds or receives a module advances its state (builder,
// loader, peers); all other code waits for it. Whether the module is linked is recorded in Module, not here.
//
// The state does not refer to its module. A thread that waits for a stage may drop the last handle of the module right
// after it, and its static destructors must run on that thread, not on the one that advanced the state. Thread-safe.
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

// The object to link: the bytes of an entry file, or quick code.
struct CompiledObject {
  cache::Entry entry;
  SharedBytes bytes;
  bool is_quick = false;
  std::vector<std::string> shared_symbols = {};  // of quick code, for orc::Session::replace()
};

class ModuleState {
 public:
  // For a module that this process builds from the task. Optimised code is made unless `quick_only`.
  ModuleState(std::string signature, std::shared_ptr<const BuildTask> task, bool quick_only);
  // For a module whose entry this thread will receive from another process. This thread must not wait for it; others
  // may.
  explicit ModuleState(std::string signature);
  // For a module from a cache.
  ModuleState(std::string signature, const Digest& identity, SharedBytes entry);
  ModuleState(const ModuleState&) = delete;
  ModuleState& operator=(const ModuleState&) = delete;
  ~ModuleState();

  Stage stage() const { return stage_.load(std::memory_order_acquire); }

  // Waits until the module has reached the stage, then delivers the messages of the build. Throws the error of a failed
  // build, or Interrupted. InvalidArgument when this thread is the one that must receive the module, or when optimised
  // code was not requested; CacheError in a child of fork() when only the parent was going to make the optimised code.
  void wait_for(Stage wanted);

  // False when wait_for() would be refused, because this thread must receive the module.
  bool may_wait() const;

  // The digest of everything that determines the code. Known when the module has been compiled.
  const Digest& identity() const { return identity_; }
  // The bytes of the entry file. Known when the module has been optimised.
  const SharedBytes& entry() const { return entry_; }
  // The compiled object, and the optimised entry that followed quick code. Known when the module has been compiled
  // here.
  std::shared_ptr<const CompiledObject> object() const;
  SharedBytes optimised_bytes() const;

  // Whether only quick code was requested. The module may still be optimised, if it was found in a cache.
  bool is_quick_only() const { return quick_only_; }

  // Whether this is a child of fork() in which the module has quick code that only the parent was going to optimise.
  bool is_left_behind() const;

  // Whether this is a child of fork() and the build began in an ancestor.
  bool was_begun_in_parent() const { return begun_in_ != forking::generation(); }

  // In a child of fork(), returns the task of a compile that the parent had not finished, so that it can be restarted
  // here. Returns it once, nullptr afterwards and in all other cases.
  std::shared_ptr<const BuildTask> take_over();

  // --- Functions that advance the state. A step that the parent of this process has made already is ignored.

  // The build runs from now on. Before that, a task of the pool that waits for it gives its place away.
  void begun() { has_begun_ = true; }

  // The module has been compiled. An object that is not quick code is the optimised one. Quick code will be optimised
  // unless `is_final`.
  void compiled(const Digest& identity, std::shared_ptr<const CompiledObject> object,
                std::vector<log::Message> messages, bool is_final);

  // The entry has come from a cache or another process. The caller links it.
  void come(const Digest& identity, SharedBytes entry);

  // Sets the optimised entry, which is linked from now on instead of quick code. Returns the quick code that is already
  // linked and in use; the caller must replace it before it calls replaced().
  CodePointer set_optimised_bytes(SharedBytes entry);
  void replaced();

  // The build or the optimisation has failed.
  void failed(std::exception_ptr failure, std::vector<log::Message> messages);

  // Records linked quick code. Returns the optimised entry if it has come meanwhile; the caller must then replace the
  // code.
  SharedBytes linked_quick_code(const CodePointer& code);

 private:
  void advance(Stage stage, bool is_final) DIJITSO_REQUIRES(mutex_);
  void refuse_to_wait() const;
  void deliver_messages();
  [[noreturn]] void throw_failure() const;

  const std::string signature_;
  const forking::ThreadNumber brought_by_ = 0;  // 0: built here, or complete
  const bool quick_only_ = false;
  const std::uint64_t begun_in_ = forking::generation();
  std::atomic<Stage> stage_ = Stage::generated;
  std::atomic<bool> has_begun_ = false;
  Digest identity_;    // does not change once stage_ is compiled
  SharedBytes entry_;  // does not change once stage_ is optimised

  mutable forking::Mutex mutex_;
  std::uint64_t generation_ DIJITSO_GUARDED_BY(mutex_) = begun_in_;   // of the process that builds it
  std::shared_ptr<const BuildTask> task_ DIJITSO_GUARDED_BY(mutex_);  // until the module has been compiled
  std::shared_ptr<const CompiledObject> object_ DIJITSO_GUARDED_BY(mutex_);
  std::weak_ptr<const orc::LinkedModule> quick_code_ DIJITSO_GUARDED_BY(mutex_);  // linked and not yet replaced
  SharedBytes optimised_ DIJITSO_GUARDED_BY(mutex_);                              // entry that replaces it
  std::exception_ptr failure_ DIJITSO_GUARDED_BY(mutex_);
  std::vector<log::Message> messages_ DIJITSO_GUARDED_BY(mutex_);  // until a thread waits

  std::promise<void> compiled_promise_ DIJITSO_GUARDED_BY(mutex_), final_promise_ DIJITSO_GUARDED_BY(mutex_);
  const std::shared_future<void> compiled_ = compiled_promise_.get_future().share();
  const std::shared_future<void> final_ = final_promise_.get_future().share();
};

}  // namespace dijitso

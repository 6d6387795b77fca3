// Precompiled headers are looked up like modules: the flags and the text of the prelude are the request, the headers in
// it are recorded with their digests, and a lookup compares both (cache/store/lookup.h).
//
// The mutex guards only lists. A file of 35 MB is read without holding it, by one thread for all that need it. Tested
// in tests/jit/preludes_test.cpp and tests/jit/preludes_cache_test.cpp.

#include "jit/build/preludes.h"

#include "cache/format/precompiled.h"
#include "cache/prune/prune.h"
#include "cache/store/absent_names.h"
#include "support/memory_room.h"
#include "support/trace.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace dijitso {
namespace {

constexpr std::size_t most_in_memory = 4;  // some take 30 MB and more
constexpr std::size_t most_wanted = 16;

// The least length of preprocessed text worth precompiling; unlike a time, it does not depend on the machine. The
// compiler needs about 0.1 s for so much. The headers of FFCx have a third of it, <vector> a little less; those of FFC
// have two and a half times as much.
constexpr std::uint64_t least_text = 1'000'000;

// Memory that must be free before precompiling begins, and that must stay free for compiles that somebody waits for.
constexpr std::size_t memory_to_begin = std::size_t{768} << 20;
constexpr std::size_t memory_to_leave = std::size_t{256} << 20;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<Digest> no_dependency(const cache::Dependency&) { return std::nullopt; }

// Makes `precompiled` refer to the data in this entry, and own a reference to it. False when the entry is of another
// kind.
bool take(compilation::Precompiled& precompiled, const SharedBytes& entry) {
  auto parts = cache::read_precompiled(*entry);
  if (!parts) return false;
  precompiled.pch = parts->pch;
  precompiled.owner = entry;
  precompiled.mentioned = std::move(parts->mentioned);
  precompiled.changed = std::move(parts->changed);
  precompiled.messages = std::move(parts->messages);
  return true;
}

}  // namespace

// One of the preludes of a module to look up or to make: its request, store and compiler.
struct Preludes::Job {
  Job(cache::Store& its_store, compilation::Compiler& its_compiler, compilation::CompileRequest module,
      const Digest& its_build)
      : store(&its_store), compiler(&its_compiler), compile(std::move(module)), build(its_build) {
    name();
  }

  const std::string& text() const { return compile.header_plan.preludes[place].text; }

  // Whether the module may use these headers.
  bool is_suited_by(const compilation::Precompiled& headers) const { return compile.header_plan.suited_by(headers); }

  // Continues with the next text of the module, if there is one.
  bool advance() {
    const std::string last = text();
    do {
      if (++place == compile.header_plan.preludes.size()) return false;
    } while (text() == last);
    name();
    return true;
  }

  bool is_same(const Digest& other, const cache::Store* other_store) const {
    return digest == other && store == other_store;
  }

  cache::Store* store;
  compilation::Compiler* compiler;
  compilation::CompileRequest compile;
  Digest build;
  std::size_t place = 0;  // of the prelude in the plan
  std::string request;
  Digest digest;

 private:
  void name() {
    request = "dijitso prelude\nbuild " + build.hex() + "\n" + text();
    digest = blake3(request);
  }
};

struct Preludes::Prelude {
  Digest digest;
  cache::Store* store;
  State state;
  compilation::Precompiled precompiled;
  std::vector<cache::ReadFile> files;
  std::vector<cache::AbsentNames> absent;
};

struct Preludes::Reading {
  Digest digest;
  const cache::Store* store;
  Result result;
};

Preludes::Preludes(cache::FileDigests& files) : files_(files), owner_(::getpid()) {
  finish_background_at_process_end();
}

Preludes::~Preludes() {
  Background running;
  {
    const Lock lock(mutex_);
    forget_if_forked();
    if (wanted_.size() > 1) wanted_.erase(std::next(wanted_.begin()), wanted_.end());
    running = running_;
  }
  running.finish();
}

std::shared_ptr<const compilation::Precompiled> Preludes::find(cache::Store& store, compilation::Compiler& compiler,
                                                               const compilation::CompileRequest& compile,
                                                               const Request& request, bool may_begin) {
  finish_background_at_process_end();
  if (compile.header_plan.preludes.empty()) return nullptr;
  Job job(store, compiler, compile, request.build);
  do {
    const Answer answer = look(job);
    if (answer.state == State::usable && job.is_suited_by(*answer.precompiled)) return answer.precompiled;
    if (answer.state == State::cheap) return nullptr;
    if (answer.state == State::unknown) {
      if (may_begin) start(std::move(job));
      return nullptr;
    }
  } while (job.advance());
  return nullptr;
}

Preludes::Answer Preludes::look(const Job& job) {
  std::shared_ptr<const Prelude> prelude = remembered(job);
  if (!prelude || !files_.are_current(prelude->files, prelude->absent)) prelude = read_once(job);
  if (!prelude) return {};
  return {prelude->state, {prelude, &prelude->precompiled}};
}

std::shared_ptr<const Preludes::Prelude> Preludes::remembered(const Job& job) {
  const Lock lock(mutex_);
  forget_if_forked();
  for (auto known = known_.begin(); known != known_.end(); ++known)
    if (job.is_same((*known)->digest, (*known)->store)) {
      known_.splice(known_.begin(), known_, known);
      return known_.front();
    }
  return nullptr;
}

// Refused preludes take hardly any memory and are not counted.
void Preludes::remember(std::shared_ptr<const Prelude> prelude) {
  known_.remove_if([&](const auto& old) { return old->digest == prelude->digest && old->store == prelude->store; });
  known_.push_front(std::move(prelude));
  std::size_t usable = 0;
  known_.remove_if([&](const auto& one) { return one->state == State::usable && ++usable > most_in_memory; });
}

// Returns the result of a thread that is reading it already, or none and notes the `result` of this thread.
Preludes::Result Preludes::begin_reading(const Job& job, const Result& result) {
  const Lock lock(mutex_);
  for (const Reading& other : reading_)
    if (job.is_same(other.digest, other.store)) return other.result;
  reading_.push_back({job.digest, job.store, result});
  return {};
}

std::shared_ptr<const Preludes::Prelude> Preludes::read_once(const Job& job) {
  std::promise<std::shared_ptr<const Prelude>> promise;
  const auto result = promise.get_future().share();
  if (const auto result_of_other = begin_reading(job, result); result_of_other.valid()) return result_of_other.get();
  std::shared_ptr<const Prelude> prelude;
  try {
    prelude = read(job);
    promise.set_value(prelude);
  } catch (...) {
    promise.set_exception(std::current_exception());
  }
  const Lock lock(mutex_);
  reading_.remove_if([&](const Reading& one) { return job.is_same(one.digest, one.store); });
  if (prelude) remember(prelude);
  return result.get();
}

std::shared_ptr<const Preludes::Prelude> Preludes::read(const Job& job) {
  const cache::Lookup lookup =
      cache::lookup(*job.store, cache::prelude_signature, job.digest, job.request, files_, no_dependency);
  if (!lookup.hit) return nullptr;
  const cache::Entry& entry = lookup.hit->entry;
  auto prelude =
      std::make_shared<Prelude>(Prelude{job.digest, job.store, State::usable, {}, entry.files, entry.absent});
  compilation::Precompiled& precompiled = prelude->precompiled;
  if (!take(precompiled, lookup.hit->bytes)) return nullptr;
  precompiled.prelude = job.text();
  for (const cache::ReadFile& file : prelude->files) precompiled.files.push_back({file.path, file.digest});
  precompiled.missing = cache::paths_of(prelude->absent);
  job.store->note_use(cache::prelude_signature, lookup.slot);
  return prelude;
}

// Precompiles one at a time, because compiles that somebody waits for need the processors more. Does nothing when
// memory is scarce.
void Preludes::start(Job job) {
  if (!has_memory_for(memory_to_begin)) return;
  const Lock lock(mutex_);
  const auto is_this = [&](const Job& other) { return other.is_same(job.digest, job.store); };
  if (wanted_.size() == most_wanted || std::any_of(wanted_.begin(), wanted_.end(), is_this)) return;
  wanted_.push_back(std::move(job));
  if (is_making_) return;
  try {
    running_ = run_in_background([this](const std::atomic<bool>& stop) { make_all(stop); });
    is_making_ = true;
  } catch (const std::exception&) {
    wanted_.clear();  // no thread could be started: compile without precompiled headers
  }
}

void Preludes::make_all(const std::atomic<bool>& stop) {
  trace::name_thread("precompiled headers");
  const Lock lock(mutex_);
  while (!wanted_.empty()) {
    Job& job = wanted_.front();
    std::shared_ptr<const Prelude> made;
    bool is_useful = true;
    try {
      const Unlocked unlocked(mutex_);
      made = make(job, stop);
      is_useful =
          !made || made->state == State::cheap || (made->state == State::usable && job.is_suited_by(made->precompiled));
    } catch (const std::exception&) {
      // Compiles continue without precompiled headers.
    }
    if (made) remember(made);
    Job next = std::move(job);
    wanted_.pop_front();
    if (stop) wanted_.clear();
    // The prelude does not even suit the module that it was made for: try the module's next text.
    if (!stop && !is_useful && next.advance()) wanted_.push_back(std::move(next));
  }
  is_making_ = false;
}

// Returns nullptr when there is nothing to remember: the cache has the headers, another process is making them, or
// `stop` was set.
std::shared_ptr<const Preludes::Prelude> Preludes::make(const Job& job, const std::atomic<bool>& stop) {
  const cache::Lookup lookup =
      cache::lookup(*job.store, cache::prelude_signature, job.digest, job.request, files_, no_dependency);
  if (lookup.hit) return nullptr;
  const Claim claim = job.store->claim(cache::prelude_signature, lookup.slot);
  if (claim.state() == Claim::State::taken) return nullptr;

  const std::int64_t began = now_ns();
  auto made = std::make_shared<Prelude>(Prelude{job.digest, job.store, State::refused, {}, {}, {}});
  compilation::Precompiled& precompiled = made->precompiled;
  {
    const trace::Span span("precompile", job.compile.signature);
    precompiled = job.compiler->precompile(job.compile, job.text(), {least_text, &stop, memory_to_leave});
  }
  if (stop) return nullptr;
  for (const compilation::HeaderRead& header : precompiled.files)
    made->files.push_back(cache::FileDigests::describe(header.path, header.content, began));
  made->absent = cache::describe_absent(precompiled.missing, began);
  if (precompiled.is_cheap) made->state = State::cheap;
  if (precompiled.pch.empty()) return made;

  cache::Entry entry;
  entry.signature = cache::prelude_signature;
  entry.request = job.request;
  entry.build = job.build;
  entry.files = made->files;
  entry.absent = made->absent;
  entry.build_info = "{}";
  Bytes object =
      cache::write_precompiled({precompiled.pch, precompiled.mentioned, precompiled.changed, precompiled.messages});
  precompiled.owner = nullptr;  // free this copy; the entry has one
  const auto bytes = std::make_shared<const Bytes>(cache::encode(entry, object));
  object = Bytes();
  if (!take(precompiled, bytes)) return nullptr;
  made->state = State::usable;
  if (job.store->publish(cache::prelude_signature, lookup.slot, *bytes, "", "", "", lookup.slot_taken))
    cache::prune_precompiled(job.store->layout().params(), lookup.slot);
  return made;
}

void Preludes::wait() {
  Background running;
  {
    const Lock lock(mutex_);
    forget_if_forked();
    running = running_;
  }
  running.wait();
}

// In a child of fork(), forgets the threads that were reading and precompiling: they exist only in the parent.
void Preludes::forget_if_forked() {
  if (owner_ == ::getpid()) return;
  owner_ = ::getpid();
  wanted_.clear();
  reading_.clear();
  is_making_ = false;
  running_ = {};
}

}  // namespace dijitso

// Precompiled headers are looked up like modules: the flags and the text of the prelude are the request, the headers in
// it are recorded with their digests, and a lookup compares both (cache/store/lookup.h).
//
// The mutex guards only lists. A file of 35 MB is read without holding it, by one thread for all that need it. Tested
// in tests/jit/preludes_test.cpp and tests/jit/preludes_cache_test.cpp.

#include "jit/build/preludes.h"

#include "cache/store/absent_names.h"
#include "jit/build/prelude_parts.h"

#include <unistd.h>

#include <utility>

namespace dijitso {

using cache::HeaderState;

namespace {

constexpr std::size_t most_in_memory = 4;  // some take 30 MB and more

}  // namespace

Preludes::Preludes(cache::FileDigests& files) : files_(files), owner_(::getpid()) {}
Preludes::~Preludes() = default;

Preludes::Found Preludes::find(const User& user, const std::function<void()>& resume) {
  if (user.compile.header_plan.preludes.empty()) return {};
  Job job(user);
  do {
    PreludePointer prelude = look(job);
    while (needs_making(job, prelude)) {
      const Made made = make_once(job, resume, prelude);
      if (made == Made::later) return {.is_being_made = true};
      if (made == Made::by_other) prelude = look(job);
      if (made == Made::here && !prelude) return {};
    }
    if (!prelude) continue;
    if (prelude->state == HeaderState::cheap) return {};
    if (prelude->state == HeaderState::usable && job.is_suited_by(prelude->precompiled))
      return {.headers = {prelude, &prelude->precompiled}};
  } while (job.advance());
  return {};
}

Preludes::PreludePointer Preludes::look(const Job& job) {
  PreludePointer prelude = remembered(job);
  if (!prelude || !files_.are_current(prelude->files, prelude->absent)) prelude = read_once(job);
  return prelude;
}

Preludes::PreludePointer Preludes::remembered(const Job& job) {
  const Lock lock(mutex_);
  forget_if_forked();
  for (auto known = known_.begin(); known != known_.end(); ++known)
    if (job.is_same((*known)->digest, (*known)->store)) {
      known_.splice(known_.begin(), known_, known);
      return known_.front();
    }
  return nullptr;
}

// Preludes that are not usable take hardly any memory and are not counted.
void Preludes::remember(PreludePointer prelude) {
  known_.remove_if([&](const auto& old) { return old->digest == prelude->digest && old->store == prelude->store; });
  known_.push_front(std::move(prelude));
  std::size_t usable = 0;
  known_.remove_if([&](const auto& one) { return one->state == HeaderState::usable && ++usable > most_in_memory; });
}

// Returns the result of a thread that is reading it already, or none and notes the `result` of this thread.
Preludes::Result Preludes::begin_reading(const Job& job, const Result& result) {
  const Lock lock(mutex_);
  for (const Reading& other : reading_)
    if (job.is_same(other.digest, other.store)) return other.result;
  reading_.push_back({job.digest, job.store, result});
  return {};
}

Preludes::PreludePointer Preludes::read_once(const Job& job) {
  std::promise<PreludePointer> promise;
  const auto result = promise.get_future().share();
  if (const auto result_of_other = begin_reading(job, result); result_of_other.valid()) return result_of_other.get();
  PreludePointer prelude;
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

// Headers that have changed since they were precompiled count as seen.
Preludes::PreludePointer Preludes::read(const Job& job) {
  const cache::Lookup lookup = look_up(job);
  if (!lookup.hit && lookup.slot != job.digest) return job.in_state(HeaderState::seen);
  return from_lookup(job, lookup);
}

cache::Lookup Preludes::look_up(const Job& job) {
  const auto no_dependency = [](const cache::Dependency&) -> std::optional<Digest> { return std::nullopt; };
  return cache::lookup(*job.store, cache::prelude_signature, job.digest, job.request, files_, no_dependency);
}

// Makes `prelude` refer to the data in this entry, and own a reference to it. False when the entry is of another kind.
bool Preludes::take_from_entry(Prelude& prelude, const SharedBytes& entry) {
  auto parts = cache::read_precompiled(*entry);
  if (!parts) return false;
  prelude.state = parts->state;
  compilation::Precompiled& precompiled = prelude.precompiled;
  precompiled.pch = parts->pch;
  precompiled.owner = entry;
  precompiled.mentioned = std::move(parts->mentioned);
  precompiled.changed = std::move(parts->changed);
  (prelude.state == HeaderState::refused ? precompiled.refusal : precompiled.messages) = std::move(parts->messages);
  return true;
}

Preludes::PreludePointer Preludes::from_lookup(const Job& job, const cache::Lookup& lookup) {
  if (!lookup.hit) return nullptr;
  const auto prelude = job.in_state(HeaderState::seen);
  if (!take_from_entry(*prelude, lookup.hit->bytes)) return nullptr;
  prelude->files = lookup.hit->entry.files;
  prelude->absent = lookup.hit->entry.absent;
  compilation::Precompiled& precompiled = prelude->precompiled;
  precompiled.prelude = job.text();
  for (const cache::ReadFile& file : prelude->files) precompiled.files.push_back({file.path, file.digest});
  precompiled.missing = cache::paths_of(prelude->absent);
  job.store->note_use(cache::prelude_signature, lookup.slot);
  return prelude;
}

// In a child of fork(), forgets the threads that were reading and making: they exist only in the parent. What they
// would have called is not destroyed, because it may hold the last handle of a module.
void Preludes::forget_if_forked() {
  if (owner_ == ::getpid()) return;
  owner_ = ::getpid();
  reading_.clear();
  new std::list<Making>(std::move(making_));
  making_.clear();
}

}  // namespace dijitso

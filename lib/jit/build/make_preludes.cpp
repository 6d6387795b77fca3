// Who makes precompiled headers, and when: parsing the headers and writing them down takes a third longer than parsing
// them, so it pays as soon as a second module needs them, and that module makes them as the first step of its compile.
// Modules that come meanwhile go on when they are made, and no thread waits. Nothing is made in the background: where
// programs share the processors, that would only take time from others. Tested in tests/jit/preludes_test.cpp and
// tests/jit/shared_preludes_test.cpp.

#include "cache/prune/prune.h"
#include "cache/store/absent_names.h"
#include "jit/build/build.h"
#include "jit/build/prelude_parts.h"
#include "jit/build/preludes.h"
#include "jit/request/interruptible.h"
#include "support/memory_room.h"
#include "support/trace.h"

#include <algorithm>
#include <new>
#include <string_view>

namespace dijitso {

using cache::HeaderState;

namespace {

// The least length of the headers' text worth precompiling; unlike a time, it does not depend on the machine. The
// compiler needs about 20 ms to parse so much and 10 ms to write the result, so the third module with the headers has
// paid for it. <stdio.h> has half of it, the headers of FFCx have a third more, <vector> three times, and those of FFC
// ten times as much.
constexpr std::uint64_t least_text = 250'000;

// Memory that must be free before precompiling begins, and that must stay free for compiles that somebody waits for.
constexpr std::size_t memory_to_begin = std::size_t{768} << 20;
constexpr std::size_t memory_to_leave = std::size_t{256} << 20;

// Programs that include one of these compile several modules with the same headers: FFC's, FFCx's and DOLFIN's.
bool is_of_known_family(std::string_view prelude) {
  constexpr std::string_view names[] = {"<ufc.h>",      "\"ufc.h\"", "<ufcx.h>", "<dolfin.h>",
                                        "\"dolfin.h\"", "<dolfin/",  "\"dolfin/"};
  return std::ranges::any_of(names, [&](std::string_view name) { return prelude.find(name) != prelude.npos; });
}

}  // namespace

bool Preludes::needs_making(const Job& job, const PreludePointer& prelude) {
  if (!prelude) return is_of_known_family(job.text());
  return prelude->state == HeaderState::seen ||
         (prelude->state == HeaderState::tried && job.would_be_suited_by(prelude->precompiled));
}

// Makes the headers on this thread, unless another thread does. `made` is the result; nullptr when there is none.
Preludes::Made Preludes::make_once(const Job& job, const std::function<void()>& resume, PreludePointer& made) {
  made = nullptr;
  if (!has_memory_for(memory_to_begin)) return Made::here;
  PreludePointer refused = job.in_state(HeaderState::refused);
  std::shared_future<void> done;
  {
    const Lock lock(mutex_);
    if (Making* other = begin_making(job)) {
      if (resume) other->resumed.push_back(resume);
      if (resume) return Made::later;
      done = other->done;
    }
  }
  if (done.valid()) {
    wait_interruptibly(done);
    return Made::by_other;
  }
  try {
    made = make(job);
  } catch (const std::exception&) {
    made = std::move(refused);  // is not tried again
  }
  finish_making(job, made);
  return Made::here;
}

// Returns the thread that is making the headers already, or nullptr and notes that this thread does.
Preludes::Making* Preludes::begin_making(const Job& job) {
  forget_if_forked();
  for (Making& other : making_)
    if (job.is_same(other.digest, other.store)) return &other;
  making_.push_back({job.digest, job.store});
  return nullptr;
}

// Others wait for this, so it always gets to the end.
void Preludes::finish_making(const Job& job, const PreludePointer& made) noexcept {
  std::list<Making> finished;
  {
    const Lock lock(mutex_);
    try {
      if (made) remember(made);
    } catch (const std::bad_alloc&) {
      // The others read it from the cache.
    }
    const auto is_this = [&](const Making& one) { return job.is_same(one.digest, one.store); };
    const auto found = std::ranges::find_if(making_, is_this);
    if (found == making_.end()) return;  // a child of fork()
    finished.splice(finished.begin(), making_, found);
  }
  finished.front().promise.set_value();
  for (const auto& resume : finished.front().resumed) resume();
}

void Preludes::note_parsed(const User& user, const compilation::CompileResult& result) try {
  if (user.compile.header_plan.preludes.empty() || result.header_bytes < least_text) return;
  std::vector<std::uint64_t> mentioned = result.mentioned;
  std::ranges::sort(mentioned);
  Job job(user);
  do {
    if (!job.would_be_suited_by({.prelude = job.text(), .mentioned = mentioned})) continue;
    const PreludePointer prelude = look(job);
    if (!prelude) return mark_as_seen(job);
    if (prelude->state == HeaderState::seen || prelude->state == HeaderState::cheap) return;
    if (job.is_suited_by(prelude->precompiled)) return;
  } while (job.advance());
} catch (const std::exception&) {
  // Compiles continue without precompiled headers.
}

// Marks them in this process too: the cache may not be writable.
void Preludes::mark_as_seen(const Job& job) {
  publish(job, job.digest, *job.in_state(HeaderState::seen), /*replaces=*/false);
  const Lock lock(mutex_);
  remember(job.in_state(HeaderState::seen));
}

// Returns nullptr when there is nothing to remember: another process is making them. Of headers that do not suit the
// module itself, only the conditions are stored. What may be different the next time, such as errors or limits, is
// remembered in this process only.
Preludes::PreludePointer Preludes::make(const Job& job) {
  const cache::Lookup lookup = look_up(job);
  if (PreludePointer found = from_lookup(job, lookup); found && !needs_making(job, found)) return found;
  const Claim claim = job.store->claim(cache::prelude_signature, lookup.slot);
  if (claim.state() == Claim::State::taken) return nullptr;

  const std::int64_t began = now_ns();
  const auto made = job.in_state(HeaderState::refused);
  compilation::Precompiled& precompiled = made->precompiled;
  {
    const trace::Span span("precompile", job.compile.signature);
    precompiled = job.compiler->precompile(job.compile, job.text(), {least_text, memory_to_leave});
  }
  for (const compilation::HeaderRead& header : precompiled.files)
    made->files.push_back(cache::FileDigests::describe(header.path, header.content, began));
  made->absent = cache::describe_absent(precompiled.missing, began);
  if (precompiled.is_cheap) made->state = HeaderState::cheap;
  if (!precompiled.pch.empty()) made->state = job.is_suited_by(precompiled) ? HeaderState::usable : HeaderState::tried;
  if (made->state == HeaderState::refused || made->state == HeaderState::cheap)
    precompiled = {.refusal = std::move(precompiled.refusal), .is_refused = precompiled.is_refused};
  if (made->state == HeaderState::tried) precompiled.pch = {};
  if (made->state != HeaderState::refused || precompiled.is_refused)
    publish(job, lookup.slot, *made, lookup.slot_taken || lookup.hit);
  return made;
}

// From then on the bytes of the entry are used, and those that the compiler made are freed.
void Preludes::publish(const Job& job, const cache::Slot& slot, Prelude& prelude, bool replaces) {
  cache::Entry entry;
  entry.signature = cache::prelude_signature;
  entry.request = job.request;
  entry.build = job.build;
  entry.files = prelude.files;
  entry.absent = prelude.absent;
  entry.build_info = "{}";
  compilation::Precompiled& parts = prelude.precompiled;
  const std::string& messages = prelude.state == HeaderState::refused ? parts.refusal : parts.messages;
  Bytes object = cache::write_precompiled({prelude.state, parts.pch, parts.mentioned, parts.changed, messages});
  parts.owner = nullptr;
  const auto bytes = std::make_shared<const Bytes>(cache::encode(entry, object));
  object = Bytes();
  if (!take_from_entry(prelude, bytes)) throw CacheError("precompiled headers cannot be read back");
  if (job.store->publish(cache::prelude_signature, slot, *bytes, "", "", "", replaces))
    cache::prune_precompiled(job.store->layout().params(), slot);
}

}  // namespace dijitso

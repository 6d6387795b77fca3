// Who makes precompiled headers, and when: parsing the headers and writing them down takes a third longer than parsing
// them, so it pays as soon as a second module needs them. A module that needs them makes them at once, as the first
// step of its compile; modules that come meanwhile go on when they are made, and no thread waits. Until it is known
// that a second module needs them, they are made in the background, with lower priority, because they may be of no use.
// Tested in tests/jit/preludes_test.cpp and tests/jit/shared_preludes_test.cpp.

#include "cache/format/precompiled.h"
#include "cache/prune/prune.h"
#include "cache/store/absent_names.h"
#include "jit/build/build.h"
#include "jit/build/prelude_parts.h"
#include "jit/build/preludes.h"
#include "support/memory_room.h"
#include "support/trace.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <string_view>

namespace dijitso {
namespace {

constexpr std::size_t most_wanted = 16;

// The least length of preprocessed text worth precompiling; unlike a time, it does not depend on the machine. The
// compiler needs about 0.1 s for so much. The headers of FFCx have a third of it, <vector> a little less; those of FFC
// have two and a half times as much.
constexpr std::uint64_t least_text = 1'000'000;

// Memory that must be free before precompiling begins, and that must stay free for compiles that somebody waits for.
constexpr std::size_t memory_to_begin = std::size_t{768} << 20;
constexpr std::size_t memory_to_leave = std::size_t{256} << 20;

// Programs that include one of these compile several modules with the same headers: FFC's and DOLFIN's. That of FFCx is
// not among them because it is not worth it.
bool is_of_known_family(std::string_view prelude) {
  constexpr std::string_view names[] = {"<ufc.h>", "\"ufc.h\"", "<dolfin.h>", "\"dolfin.h\"", "<dolfin/", "\"dolfin/"};
  return std::ranges::any_of(names, [&](std::string_view name) { return prelude.find(name) != prelude.npos; });
}

// For this thread and those that it starts. A thread of the idle class would be better still, but while it holds a lock
// of the library for a moment, others could wait for it too long.
void lower_priority() {
  constexpr int lowest = 19;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest);
}

}  // namespace

bool Preludes::is_shared(const Job& job) {
  if (is_of_known_family(job.text())) return true;
  const Lock lock(mutex_);
  return parsed_.contains(job.digest);
}

// Makes the headers on this thread, unless another thread does. `made` is the result; nullptr when there is none.
Preludes::Made Preludes::make_once(const Job& job, const std::function<void()>& resume, PreludePointer& made) {
  if (!has_memory_for(memory_to_begin)) return Made::here;
  PreludePointer refused = std::make_shared<Prelude>(Prelude{job.digest, job.store, State::refused});
  bool stops_background = false;
  std::shared_future<void> done;
  {
    const Lock lock(mutex_);
    if (Making* other = begin_making(job, stops_background)) {
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
    const std::atomic<bool> never = false;
    made = make(job, never, /*needs_claim=*/!stops_background);
  } catch (const std::exception&) {
    made = std::move(refused);  // is not tried again
  }
  finish_making(job, made);
  return Made::here;
}

// Returns the thread that is making the headers already, or nullptr and notes that this thread does. When the
// background has begun with them, it is stopped: its priority cannot be raised again.
Preludes::Making* Preludes::begin_making(const Job& job, bool& stops_background) {
  forget_if_forked();
  for (Making& other : making_)
    if (job.is_same(other.digest, other.store)) return &other;
  making_.push_back({job.digest, job.store});
  stops_background = !wanted_.empty() && wanted_.front().is_same(job);
  if (stops_background)
    running_.stop();
  else
    wanted_.remove_if([&](const Job& wanted) { return wanted.is_same(job); });
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

void Preludes::note_parsed(const User& user) {
  if (user.compile.header_plan.preludes.empty()) return;
  Job job(user);
  do {
    const PreludePointer prelude = look(job);
    if (prelude && (prelude->state == State::cheap || job.is_suited_by(prelude->precompiled))) return;
    if (!prelude) return start(std::move(job));
  } while (job.advance());
}

// Precompiles one at a time, because compiles that somebody waits for need the processors more. Does nothing when
// memory is scarce.
void Preludes::start(Job job) {
  if (!has_memory_for(memory_to_begin)) return;
  const Lock lock(mutex_);
  forget_if_forked();
  parsed_.insert(job.digest);
  const auto is_made = [&](const Making& other) { return job.is_same(other.digest, other.store); };
  const auto is_wanted = [&](const Job& other) { return job.is_same(other); };
  if (std::ranges::any_of(making_, is_made) || std::ranges::any_of(wanted_, is_wanted)) return;
  if (wanted_.size() == most_wanted) return;
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
  lower_priority();
  const Lock lock(mutex_);
  while (!wanted_.empty()) {
    Job& job = wanted_.front();
    PreludePointer made;
    try {
      const Unlocked unlocked(mutex_);
      made = make(job, stop, /*needs_claim=*/true);
    } catch (const std::exception&) {
      // Compiles continue without precompiled headers.
    }
    if (made) remember(made);
    Job next = std::move(job);
    wanted_.pop_front();
    if (stop) wanted_.clear();
    // The prelude does not suit the module that it was made for: try the module's next text.
    if (!stop && state_of(made) == State::refused && next.advance()) wanted_.push_back(std::move(next));
  }
  is_making_ = false;
}

// Returns nullptr when there is nothing to remember: the cache has the headers, another process is making them, or the
// result is not wanted any more. What does not suit the module itself is refused, and not stored.
Preludes::PreludePointer Preludes::make(const Job& job, const std::atomic<bool>& stop, bool needs_claim) {
  const cache::Lookup lookup =
      cache::lookup(*job.store, cache::prelude_signature, job.digest, job.request, files_, no_dependency);
  if (lookup.hit) return nullptr;
  const Claim claim = job.store->claim(cache::prelude_signature, lookup.slot);
  if (needs_claim && claim.state() == Claim::State::taken) return nullptr;

  const std::int64_t began = now_ns();
  auto made = std::make_shared<Prelude>(Prelude{job.digest, job.store, State::refused});
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
  if (!job.is_suited_by(precompiled)) {
    precompiled = {.refusal = std::move(precompiled.refusal)};
    return made;
  }

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
  if (!take_from_entry(precompiled, bytes)) return nullptr;
  made->state = State::usable;
  if (job.store->publish(cache::prelude_signature, lookup.slot, *bytes, "", "", "", lookup.slot_taken))
    cache::prune_precompiled(job.store->layout().params(), lookup.slot);
  return made;
}

}  // namespace dijitso

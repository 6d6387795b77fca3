// What decides whether precompiled headers fit is the same as for modules: the flags and the text of the prelude are
// the request, the headers in it are recorded with their digests, and a lookup compares both (cache/lookup.h). Tested
// in tests/jit/preludes_test.cpp.

#include "jit/preludes.h"

#include "cache/precompiled.h"
#include "jit/background.h"

#include <unistd.h>

#include <chrono>

namespace dijitso {
namespace {

constexpr std::size_t most_in_memory = 4;  // some have 30 MB and more

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<Digest> no_dependency(const cache::Dependency&) { return std::nullopt; }

}  // namespace

struct Preludes::Job {
  cache::Store& store;
  compile::Compiler& compiler;
  compile::CompileRequest compile;
  std::string prelude;
  std::string request;
  Digest digest;
  Digest build;
};

std::shared_ptr<const compile::Precompiled> Preludes::find(cache::Store& store, compile::Compiler& compiler,
                                                           const compile::CompileRequest& compile,
                                                           const Request& request) {
  std::string prelude = compiler.prelude_of(compile);
  if (prelude.empty()) return nullptr;
  Job job{store, compiler, compile, std::move(prelude), "dijitso prelude\nbuild " + request.build.hex() + "\n", {}, {}};
  job.request += job.prelude;
  job.digest = blake3(job.request);
  job.build = request.build;

  const std::lock_guard lock(mutex_);
  if (const Prelude* prelude = remembered(job.digest, store))
    if (!prelude->precompiled || files_.are_current(prelude->files)) return prelude->precompiled;
  const cache::Lookup place =
      cache::lookup(store, cache::prelude_signature, job.digest, job.request, files_, no_dependency);
  if (place.hit) return read(place, job);
  start(std::move(job));
  return nullptr;
}

Preludes::Prelude* Preludes::remembered(const Digest& digest, const cache::Store& store) {
  for (auto known = known_.begin(); known != known_.end(); ++known)
    if (known->digest == digest && known->store == &store) {
      known_.splice(known_.begin(), known_, known);
      return &known_.front();
    }
  return nullptr;
}

void Preludes::remember(Prelude prelude) {
  std::erase_if(known_, [&](const Prelude& old) { return old.digest == prelude.digest && old.store == prelude.store; });
  known_.push_front(std::move(prelude));
  if (known_.size() > most_in_memory) known_.pop_back();
}

std::shared_ptr<const compile::Precompiled> Preludes::read(const cache::Lookup& place, const Job& job) {
  const auto parts = cache::read_precompiled(*place.hit->bytes);
  if (!parts) return nullptr;
  auto precompiled = std::make_shared<compile::Precompiled>();
  precompiled->prelude = job.prelude;
  precompiled->pch.assign(parts->pch.begin(), parts->pch.end());
  for (const cache::ReadFile& file : place.hit->entry.files) precompiled->files.push_back({file.path, file.digest});
  precompiled->mentioned = parts->mentioned;
  precompiled->changed = parts->changed;
  remember({job.digest, &job.store, precompiled, place.hit->entry.files});
  return precompiled;
}

// One at a time: whoever finds another one being made does without, and the next to come tries again.
void Preludes::start(Job job) {
  if (running_.valid() && running_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  owner_ = ::getpid();
  running_ = run_in_background([this, job = std::move(job)] { make(job); });
}

void Preludes::make(const Job& job) {
  cache::Lookup place =
      cache::lookup(job.store, cache::prelude_signature, job.digest, job.request, files_, no_dependency);
  const Claim claim = job.store.claim(cache::prelude_signature, place.slot);
  if (claim.state() == Claim::State::taken) return;

  const std::int64_t began = now_ns();
  auto made = std::make_shared<compile::Precompiled>(job.compiler.precompile(job.compile, job.prelude));
  std::vector<cache::ReadFile> files;
  for (const compile::HeaderRead& header : made->files)
    files.push_back(cache::FileDigests::describe(header.path, header.content, began));
  if (!made->pch.empty()) {
    cache::Entry entry;
    entry.signature = cache::prelude_signature;
    entry.request = job.request;
    entry.build = job.build;
    entry.files = files;
    entry.build_info = "{}";
    const Bytes object = cache::write_precompiled({made->pch, made->mentioned, made->changed});
    job.store.publish(cache::prelude_signature, place.slot, cache::encode(entry, object), "", "", "", place.slot_taken);
  }
  const std::lock_guard lock(mutex_);
  remember({job.digest, &job.store, made->pch.empty() ? nullptr : std::move(made), std::move(files)});
}

void Preludes::wait() {
  std::shared_future<void> running;
  {
    const std::lock_guard lock(mutex_);
    if (owner_ == ::getpid()) running = running_;
  }
  if (running.valid()) running.wait();
}

}  // namespace dijitso

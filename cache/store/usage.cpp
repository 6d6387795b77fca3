// Counts that are not saved at a fork() are left to the parent: at its first use of the directory, the child treats the
// counts that it finds as saved. Memory hits of the child before that cannot be distinguished from those of the parent,
// and are lost.
#include "cache/store/usage.h"

#include <unistd.h>

#include <cmath>

namespace dijitso::cache {
namespace {

constexpr std::chrono::seconds longest_unsaved(10);

std::uint64_t microseconds(double seconds) {
  return seconds > 0 && seconds < 1e9 ? static_cast<std::uint64_t>(std::lround(seconds * 1e6)) : 0;
}

}  // namespace

static_assert(static_cast<std::size_t>(Use::memory_hits) == 0);

Usage::Usage(Directory& directory)
    : directory_(directory), owner_(::getpid()), last_saved_(std::chrono::steady_clock::now()) {}

void Usage::add(Use use, std::uint64_t amount) noexcept {
  begin_anew_after_fork();
  count(use).fetch_add(amount, std::memory_order_relaxed);
}

void Usage::disk_hit(double seconds_saved) noexcept {
  begin_anew_after_fork();
  count(Use::saved_us).fetch_add(microseconds(seconds_saved), std::memory_order_relaxed);
  count(Use::disk_hits).fetch_add(1, std::memory_order_relaxed);
  if (std::chrono::steady_clock::now() - last_saved_.load() > longest_unsaved) save();
}

void Usage::compiled(double seconds) noexcept {
  add(Use::compiling_us, microseconds(seconds));
  add(Use::compiles);
}

void Usage::optimized(double seconds) noexcept { add(Use::compiling_us, microseconds(seconds)); }

UseCounts Usage::now() const {
  UseCounts counts{};
  for (std::size_t i = 0; i < use_count; ++i) counts.at(i) = counts_[i].load(std::memory_order_relaxed);
  return counts;
}

void Usage::begin_anew_after_fork() noexcept {
  if (owner_ == ::getpid()) return;
  if (!mutex_.try_lock()) return;
  const Lock lock(mutex_, std::adopt_lock);
  if (owner_ == ::getpid()) return;
  saved_ = now();
  uses_disk_ = false;
  owner_ = ::getpid();
}

void Usage::save() noexcept {
  begin_anew_after_fork();
  if (!mutex_.try_lock()) return;
  const Lock lock(mutex_, std::adopt_lock);
  if (owner_ != ::getpid()) return;
  last_saved_ = std::chrono::steady_clock::now();
  const UseCounts all = now();
  UseCounts fresh{};
  for (std::size_t i = 0; i < use_count; ++i) {
    fresh.at(i) = all.at(i) - saved_.at(i);
    if (i > 0 && fresh.at(i) > 0) uses_disk_ = true;
  }
  if (uses_disk_ && !fresh.empty() && append_record(directory_, fresh)) saved_ = all;
}

}  // namespace dijitso::cache

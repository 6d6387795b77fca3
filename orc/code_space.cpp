// Each slab is as large as those before it together, up to a limit, so their number grows slowly, and a process with
// one module has a small one. A slab that no module uses is unmapped. Tested in unittests/orc/code_space_test.cpp.
#include "orc/code_space.h"

#include "support/code_pages.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

namespace dijitso::orc {

namespace {

constexpr std::size_t smallest_slab = std::size_t{1} << 20;
constexpr std::size_t largest_slab = std::size_t{16} << 20;
// Most modules have more code than data.
constexpr std::array<std::size_t, count_of_protections> parts_of_slab = {4, 2, 4};

std::size_t whole_pages(std::size_t size) { return (size + page_size() - 1) / page_size() * page_size(); }

}  // namespace

CodeSpace::~CodeSpace() {
  for (const Slab& slab : slabs_) unmap_pages(slab.begin, slab.size);
}

bool CodeSpace::Region::has(std::size_t wanted) const {
  return wanted == 0 || std::ranges::any_of(free, [&](const auto& range) { return range.second >= wanted; });
}

// Allocates nothing, so a module gets all its pages or none of them.
std::byte* CodeSpace::Region::take(std::size_t wanted) noexcept {
  if (wanted == 0) return nullptr;
  auto range = free.extract(std::ranges::find_if(free, [&](const auto& one) { return one.second >= wanted; }));
  std::byte* const taken = begin + range.key();
  range.key() += wanted;
  range.mapped() -= wanted;
  if (range.mapped() > 0) free.insert(std::move(range));
  return taken;
}

void CodeSpace::Region::give_back(const Pages& pages) {
  auto offset = static_cast<std::size_t>(pages.begin - begin);
  auto length = pages.size;
  const auto next = free.lower_bound(offset);
  if (next != free.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == offset) {
      offset = before->first;
      length += before->second;
      free.erase(before);
    }
  }
  if (next != free.end() && offset + length == next->first) {
    length += next->second;
    free.erase(next);
  }
  free[offset] = length;
}

std::string CodeSpace::add_slab(const std::array<std::size_t, count_of_protections>& sizes) {
  std::size_t all = 0;
  for (const Slab& slab : slabs_) all += slab.size;
  const std::size_t usual = std::clamp(all, smallest_slab, largest_slab);
  Slab slab;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    slab.regions[i].size = std::max(whole_pages(usual / parts_of_slab[i]), sizes[i]);
    slab.regions[i].free = {{0, slab.regions[i].size}};
    slab.size += slab.regions[i].size;
  }
  if (std::string reason = map_pages(slab.size, slab.begin); !reason.empty()) return reason;
  std::byte* begin = slab.begin;
  for (Region& region : slab.regions) begin = (region.begin = begin) + region.size;
  slabs_.push_back(std::move(slab));
  return {};
}

std::string CodeSpace::take(const std::array<std::size_t, count_of_protections>& sizes, PagesOfModule& pages) {
  std::array<std::size_t, count_of_protections> wanted;
  std::ranges::transform(sizes, wanted.begin(), whole_pages);
  const auto has_room = [&](const Slab& slab) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (!slab.regions[i].has(wanted[i])) return false;
    return true;
  };
  const Lock lock(mutex_);
  auto slab = std::ranges::find_if(slabs_, has_room);
  if (slab == slabs_.end()) {
    if (std::string reason = add_slab(wanted); !reason.empty()) return reason;
    slab = std::prev(slabs_.end());
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) pages[i] = {slab->regions[i].take(wanted[i]), wanted[i]};
  ++slab->users;
  return {};
}

void CodeSpace::give_back(const PagesOfModule& pages) noexcept {
  const auto used = std::ranges::find_if(pages, [](const Pages& one) { return one.size > 0; });
  if (used == pages.end()) return;
  const Lock lock(mutex_);
  const auto slab = std::ranges::find_if(
      slabs_, [&](const Slab& one) { return used->begin >= one.begin && used->begin < one.begin + one.size; });
  if (--slab->users == 0) {
    unmap_pages(slab->begin, slab->size);
    slabs_.erase(slab);
    return;
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    // When the system has no room for another mapping, the pages stay as they are, and are not used again.
    if (pages[i].size == 0 || !renew_pages(pages[i].begin, pages[i].size)) continue;
    try {
      slab->regions[i].give_back(pages[i]);
    } catch (const std::bad_alloc&) {  // nor are these pages
    }
  }
}

}  // namespace dijitso::orc

// On one machine, two directories are the same if their device and inode are equal. Missing directories are the same if
// they are missing at the same place in the same directory; they are not created here, but by the rank that uses them.
// Only the first rank of each directory on a machine compares it with those of other machines, by creating files
// (discover_path_access_ranks). A directory in which no files can be created counts as local; at worst each machine
// reads it once. Ranks without a directory count as sharing one. Tested in tests/mpi/mixes_test.cpp, machines_test.py
// and disk_test.py.
#include "comm/topology.h"

#include "comm/mpi_errors.h"
#include "comm/vote.h"
#include "support/process.h"

#include <dijitso/cache.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace dijitso::mpi {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t no_directory = 0;

std::string machine() { return read_small_file("/proc/sys/kernel/random/boot_id"); }

// The nearest existing parent of a path, or the path itself, and the missing rest.
struct Place {
  fs::path there, missing;
  struct stat status = {};
};

std::optional<Place> place_of(const std::string& path) {
  std::error_code unknown;
  Place place{fs::absolute(path, unknown), {}};
  if (!place.there.has_filename()) place.there = place.there.parent_path();  // removes the slash at the end
  while (::stat(place.there.c_str(), &place.status) != 0) {
    if (place.there == place.there.root_path()) return std::nullopt;
    place.missing = place.there.filename() / place.missing;
    place.there = place.there.parent_path();
  }
  return place;
}

// Equal for ranks that see the same directory on the same machine. A missing directory that cannot be created is
// no_directory.
std::uint64_t local_directory(const CacheParams& cache) {
  const std::optional<Place> place = cache.use_disk ? place_of(cache.cache_dir) : std::nullopt;
  if (!place) return no_directory;
  const bool can_be_made = S_ISDIR(place->status.st_mode) && ::access(place->there.c_str(), W_OK | X_OK) == 0;
  if (!place->missing.empty() && !can_be_made) return no_directory;
  return std::max<std::uint64_t>(number_of(machine() + "\n" + std::to_string(place->status.st_dev) + "\n" +
                                           std::to_string(place->status.st_ino) + "\n" + place->missing.string()),
                                 1);
}

// For each rank, the first rank with the same value.
template <class Value>
std::vector<int> firsts_of(const std::vector<Value>& values) {
  std::map<Value, int> first;
  std::vector<int> firsts;
  for (const Value& value : values)
    firsts.push_back(first.try_emplace(value, static_cast<int>(firsts.size())).first->second);
  return firsts;
}

// The ranks whose `is` is true.
std::vector<int> ranks_where(const Group& all, bool is) {
  const std::vector<int> flags = all.gather(int{is});
  std::vector<int> ranks;
  for (int rank = 0; rank < all.size(); ++rank)
    if (flags[static_cast<std::size_t>(rank)] != 0) ranks.push_back(rank);
  return ranks;
}

// The first asking rank that sees the same directory as this one; this rank itself when it does not ask. Only one rank
// per machine and directory asks. If several ask, they create their directories.
int first_with_same_directory(const Group& all, bool asks, const CacheParams& cache) {
  int first = all.rank();
  if (ranks_where(all, asks).size() < 2) return first;
  asks = asks && !failure_of([&] { cache::ensure_dirs(cache); }) && ::access(cache.cache_dir.c_str(), W_OK) == 0;
  const std::vector<int> asking = ranks_where(all, asks);
  if (asking.size() < 2) return first;
  const Group part = all.split(asks ? 0 : 1);
  const std::string comm_dir = (fs::path(cache.cache_dir) / cache.comm_dir).string();
  all.together([&] {
    if (asks) first = asking[static_cast<std::size_t>(discover_path_access_ranks(part.comm(), comm_dir).front())];
  });
  return first;
}

// The ranks on the same machine.
Group machine_of(const Group& all) {
  MPI_Comm made = MPI_COMM_NULL;
  check(MPI_Comm_split_type(all.comm(), MPI_COMM_TYPE_SHARED, all.rank(), MPI_INFO_NULL, &made), "find its machine");
  return Group(Communicator(made));
}

}  // namespace

Topology::Topology(const Group& all, const CacheParams& cache, const std::string& target)
    : rank_(static_cast<std::size_t>(all.rank())), targets_(firsts_of(all.gather(number_of(target)))) {
  const Group neighbours = machine_of(all);
  spans_machines_ = neighbours.size() != all.size();
  has_core_ = neighbours.rank() < std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L);
  const std::vector<std::uint64_t> directories = all.gather(local_directory(cache));
  for (const std::uint64_t directory : directories) have_directory_.push_back(directory != no_directory);
  places_ = firsts_of(directories);
  const bool is_first = places_[rank_] == all.rank() && have_directory_[rank_];
  const bool asks = is_first && (::access(cache.cache_dir.c_str(), W_OK) == 0 || errno == ENOENT);
  const std::vector<int> firsts = all.gather(first_with_same_directory(all, asks, cache));
  for (int& place : places_) place = firsts[static_cast<std::size_t>(place)];

  std::vector<std::pair<int, int>> both;
  for (std::size_t rank = 0; rank < places_.size(); ++rank) both.emplace_back(places_[rank], targets_[rank]);
  leaders_ = firsts_of(both);
}

int Topology::most_sharing() const {
  std::map<int, int> sharing;
  for (std::size_t rank = 0; rank < places_.size(); ++rank)
    if (have_directory_[rank]) ++sharing[places_[rank]];
  int most = 0;
  for (const auto& [place, count] : sharing) most = std::max(most, count);
  return most;
}

const Group& Topology::with_target(const Group& all) {
  const bool is_all = std::ranges::count(targets_, targets_.front()) == std::ssize(targets_);
  if (is_all) return all;
  if (!with_target_) with_target_ = all.split(targets_[rank_]);
  return *with_target_;
}

const Group& Topology::with_target_and_directory(const Group& all) {
  if (std::ranges::count(leaders_, leaders_.front()) == std::ssize(leaders_)) return all;
  if (!with_both_) with_both_ = all.split(leaders_[rank_]);
  return *with_both_;
}

}  // namespace dijitso::mpi

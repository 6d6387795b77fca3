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
#include <span>
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

// On how many ranks `is` is true.
std::uint64_t count(const Group& all, bool is) {
  std::uint64_t sum{is};
  all.combine(&sum, 1, MPI_UINT64_T, MPI_SUM);
  return sum;
}

// The first asking rank that sees the same directory as this one; this rank itself when it does not ask. Only one rank
// per machine and directory asks. If several ask, they create their directories.
int first_with_same_directory(const Group& all, bool asks, const CacheParams& cache, const std::string& comm_dir) {
  if (count(all, asks) < 2) return all.rank();
  asks = asks && !failure_of([&] { cache::ensure_dirs(cache); }) && ::access(cache.cache_dir.c_str(), W_OK) == 0;
  if (count(all, asks) < 2) return all.rank();
  const Group part = all.split(asks ? 0 : 1);
  int first = all.rank();
  all.together([&] {
    const std::span<const std::uint64_t> ranks = part.gather(static_cast<std::uint64_t>(all.rank()));
    if (!asks) return;
    const int place = discover_path_access_ranks(part.comm(), comm_dir).front();
    first = static_cast<int>(ranks[static_cast<std::size_t>(place)]);
  });
  return first;
}

}  // namespace

Topology::Topology(const Group& all, const CacheParams& cache, const std::string& target)
    : rank_(static_cast<std::size_t>(all.rank())) {
  std::uint64_t directory = no_directory;
  std::string comm_dir;
  std::vector<std::uint64_t> targets, directories, firsts;
  all.together([&] {
    directory = local_directory(cache);
    comm_dir = (fs::path(cache.cache_dir) / cache.comm_dir).string();
    for (auto* const numbers : {&targets, &directories, &firsts}) numbers->resize(static_cast<std::size_t>(all.size()));
  });
  std::ranges::copy(all.gather(number_of(target)), targets.begin());
  std::ranges::copy(all.gather(directory), directories.begin());
  look_at_machine(all);
  const bool is_first =
      directory != no_directory && std::ranges::find(directories, directory) - directories.begin() == all.rank();
  const bool asks = is_first && (::access(cache.cache_dir.c_str(), W_OK) == 0 || errno == ENOENT);
  const int first = first_with_same_directory(all, asks, cache, comm_dir);
  std::ranges::copy(all.gather(static_cast<std::uint64_t>(first)), firsts.begin());
  all.together([&] {
    targets_ = firsts_of(targets);
    set_places(directories, firsts);
  });
}

void Topology::look_at_machine(const Group& all) {
  MPI_Comm made = MPI_COMM_NULL;
  check(MPI_Comm_split_type(all.comm(), MPI_COMM_TYPE_SHARED, all.rank(), MPI_INFO_NULL, &made), "find its machine");
  const Communicator neighbours(made);
  int rank = 0, size = 0;
  MPI_Comm_rank(made, &rank);
  MPI_Comm_size(made, &size);
  spans_machines_ = size != all.size();
  has_core_ = rank < std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L);
}

// `firsts` has, for the first rank of each directory on a machine, the first rank of that directory on any machine.
void Topology::set_places(const std::vector<std::uint64_t>& directories, const std::vector<std::uint64_t>& firsts) {
  for (const std::uint64_t directory : directories) have_directory_.push_back(directory != no_directory);
  places_ = firsts_of(directories);
  for (int& place : places_) place = static_cast<int>(firsts[static_cast<std::size_t>(place)]);

  std::vector<std::pair<int, int>> both;
  for (std::size_t rank = 0; rank < places_.size(); ++rank) both.emplace_back(places_[rank], targets_[rank]);
  leaders_ = firsts_of(both);

  std::map<int, int> sharing;
  for (std::size_t rank = 0; rank < places_.size(); ++rank)
    if (have_directory_[rank]) most_sharing_ = std::max(most_sharing_, ++sharing[places_[rank]]);
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

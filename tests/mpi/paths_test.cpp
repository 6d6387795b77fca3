#include "ranks.h"

#include <dijitso/error.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <set>

using namespace dijitso;
using namespace dijitso::testing;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::vector<int> ranks_between(int begin, int end) {
  std::vector<int> ranks;
  for (int rank = begin; rank < end; ++rank) ranks.push_back(rank);
  return ranks;
}

// The ranks of this rank's node when every `ranks_per_node` ranks are one.
std::vector<int> node_ranks(int ranks_per_node) {
  const int begin = rank() / ranks_per_node * ranks_per_node;
  return ranks_between(begin, std::min(begin + ranks_per_node, size()));
}

std::vector<int> discovered(const fs::path& path) {
  return mpi::discover_path_access_ranks(MPI_COMM_WORLD, path.string());
}

// Names as the functions give them to their files, of another program.
std::string leftover(int number, const std::string& id = std::string(32, 'a')) {
  return "rank." + id + "." + std::to_string(number);
}

void make_older(const fs::path& file, std::chrono::seconds age) {
  struct stat now{};
  REQUIRE(::lstat(file.c_str(), &now) == 0);
  const timespec times[2] = {{now.st_mtime - age.count(), 0}, {now.st_mtime - age.count(), 0}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

}  // namespace

TEST_CASE("an id is the same on all ranks and another one each time") {
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const std::string id = mpi::bcast_uuid(MPI_COMM_WORLD);
    CHECK(id == broadcast(id));
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == id.npos);
    ids.insert(id);
  }
  CHECK(ids.size() == 20);
}

TEST_CASE("ranks that see one directory find each other, whatever it is called") {
  const SharedScratch shared;
  for (const int ranks_per_node : {1, 2, 3, 16}) {
    INFO(ranks_per_node);
    const fs::path node = shared.node_dir(ranks_per_node) / "not there yet";
    for (int i = 0; i < 5; ++i) CHECK(discovered(node) == node_ranks(ranks_per_node));
    barrier();
    CHECK(fs::is_empty(node));
    barrier();
    if (rank() == 0) fs::remove_all(shared.node_dir(ranks_per_node).parent_path() / "node0");
    barrier();
  }
  // One directory under a name for each rank.
  fs::create_directories(shared / "one");
  const fs::path name = shared / ("name" + std::to_string(rank()));
  fs::create_symlink(shared / "one", name);
  CHECK(discovered(name) == ranks_between(0, size()));
}

TEST_CASE("two communicators look at one directory at the same time") {
  const SharedScratch shared;
  MPI_Comm half = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, rank() % 2, rank(), &half);
  const mpi::Communicator owner(half);
  for (int i = 0; i < 20; ++i)
    CHECK(mpi::discover_path_access_ranks(half, shared.path().string()) ==
          ranks_between(0, (size() + 1 - rank() % 2) / 2));
}

TEST_CASE("an empty path is the current directory") {
  const SharedScratch shared;
  const fs::path before = fs::current_path();
  fs::current_path(shared.path());
  CHECK(discovered("") == ranks_between(0, size()));
  fs::current_path(before);
}

TEST_CASE("a path that one rank cannot use is an error on all of them, and leaves nothing") {
  const SharedScratch shared;
  for (int victim = 0; victim < size(); ++victim) {
    INFO("victim " << victim);
    const fs::path place = shared / "place";
    const fs::path file = shared / "file";
    if (rank() == victim) write_text(file, "");
    const auto call = [&] { return discovered(rank() == victim ? file : place); };
    const std::string where = "rank " + std::to_string(victim) + " of " + std::to_string(size());
    CHECK_THROWS_WITH(
        call(), Contains(where + ": cannot make files in '" + file.string() + "'") && Contains("Not a directory"));
    barrier();
    CHECK((!fs::exists(place) || fs::is_empty(place)));
    CHECK(discovered(place) == ranks_between(0, size()));
  }
}

TEST_CASE("a directory that one rank may not list, or where it may not write, is an error on all of them") {
  // Root may do anything, so this rank is somebody else meanwhile.
  const SharedScratch shared;
  const bool is_last = rank() == size() - 1;
  const uid_t user = ::geteuid();
  if (rank() == 0) fs::permissions(shared.path(), fs::perms(0711));
  barrier();
  for (const auto& [mode, text] : {std::pair(0300, "cannot list"), std::pair(0500, "cannot make files in")}) {
    const fs::path place = shared / (is_last ? std::to_string(mode) : "place");
    if (is_last) {
      fs::create_directory(place);
      fs::permissions(place, fs::perms(mode));
      if (user == 0) REQUIRE((::chown(place.c_str(), 65534, 65534) == 0 && ::seteuid(65534) == 0));
    }
    const std::string error = failure([&] { discovered(place); });
    if (is_last) REQUIRE(::seteuid(user) == 0);
    CHECK_THAT(error,
               Contains("rank " + std::to_string(size() - 1)) && Contains(text) && Contains("Permission denied"));
    barrier();
    if (is_last) fs::permissions(place, fs::perms(0700));
    CHECK(fs::is_empty(place));
  }
}

TEST_CASE("what crashed programs left is removed when it is more than an hour older, and nothing else") {
  const SharedScratch shared;
  const std::vector<std::string> kept = {leftover(2),   // too young
                                         leftover(3),   // not a file
                                         leftover(4),   // a link to one
                                         leftover(-1),  // and names that only look alike
                                         leftover(0, std::string(32, 'G')),
                                         leftover(0, std::string(31, 'a')),
                                         leftover(0, std::string(33, 'a')),
                                         "rank." + std::string(32, 'a') + "x7",
                                         leftover(0) + "x",
                                         "rank." + std::string(32, 'a') + ".",
                                         "x" + leftover(0),
                                         "target"};
  if (rank() == 0) {
    fs::create_directory(shared / leftover(3));
    for (const std::string& name : kept)
      if (name == leftover(4))
        fs::create_symlink(shared / "target", shared / name);
      else if (name != leftover(3))
        write_text(shared / name, "");
    for (const std::string& name : kept) make_older(shared / name, name == leftover(2) ? 3500s : 24h);
    for (const int number : {0, 1, 1000000}) {
      write_text(shared / leftover(number), "");
      make_older(shared / leftover(number), 3700s);
    }
  }
  barrier();
  CHECK(discovered(shared.path()) == ranks_between(0, size()));
  barrier();
  std::vector<std::string> expected = kept;
  std::ranges::sort(expected);
  CHECK(names_in(shared.path()) == expected);
}

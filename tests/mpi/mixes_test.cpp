// Ranks of which some have a module in memory, some in their cache and some not at all, in every mix: everybody gets
// the right one, and it is compiled only where nobody has it. Some have one from before a header was edited.
#include "collective.h"

#include <dijitso/cache.h>
#include <dijitso/peers.h>

#include <algorithm>
#include <map>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

enum class Has { nothing, on_disk, in_memory };

// What the ranks have, one mix after the other: the digits of `number`.
template <class State>
std::vector<State> mix(int number, const std::vector<State>& states) {
  const int base = static_cast<int>(states.size());
  std::vector<State> result;
  for (int i = 0; i < size(); ++i, number /= base) result.push_back(states[static_cast<std::size_t>(number % base)]);
  return result;
}

int count_mixes(std::size_t states) {
  int count = 1;
  for (int i = 0; i < size(); ++i) count *= static_cast<int>(states);
  return count;
}

// A job to whose ranks modules are given that were built in folders of the same scratch directory.
struct Mixed : Job {
  using Job::Job;

  bool leads() const { return rank() % per_node == 0; }
  std::size_t first_of_node() const { return static_cast<std::size_t>(rank() - rank() % per_node); }

  void prepare(const std::string& folder, const Generate& generate) {
    const Params there = params_in(shared / folder);
    if (rank() == 0) Jit().jit("m", there, generate);
    barrier();
    prepared[folder] = Jit().jit("m", there, never).first;
    barrier();
  }

  void begin() {
    restart();
    if (leads()) {
      fs::remove_all(node);
      cache::ensure_dirs(params.cache);
    }
    barrier();
  }

  void put_on_disk(const std::string& folder) {
    fs::copy(shared / folder / "obj", node / "cache" / "obj",
             fs::copy_options::recursive | fs::copy_options::skip_existing);
  }

  // And not on disk.
  void put_in_memory(const std::string& folder) {
    Params diskless = params;
    diskless.cache.use_disk = false;
    Peers(*local).unpack("m", diskless, Peers::pack(prepared.at(folder), {true}));
  }

  bool is_on_disk() const { return !names_in(node / "cache" / "obj").empty(); }

  // The groups of ranks in which one gives it to all.
  int compiles_for(const std::vector<bool>& have) const {
    const int group = strategy.build_on == "node" ? per_node : size();
    int groups_without = 0;
    for (auto first = have.begin(); first != have.end();) {
      const auto end = first + std::min<std::ptrdiff_t>(group, have.end() - first);
      groups_without += std::none_of(first, end, [](bool has) { return has; });
      first = end;
    }
    return groups_without;
  }

  std::map<std::string, Library> prepared;
};

void every_mix(const std::string& build_on, int per_node) {
  Mixed job(build_on, per_node);
  job.prepare("ready", gives_value(7));
  const std::vector<Has> states{Has::nothing, Has::on_disk, Has::in_memory};
  for (int number = 0; number < count_mixes(states.size()); ++number) {
    CAPTURE(build_on, per_node, number);
    job.begin();
    const std::vector<Has> has = mix(number, states);
    const Has own = has[static_cast<std::size_t>(rank())];
    if (own == Has::on_disk) job.put_on_disk("ready");
    if (own == Has::in_memory) job.put_in_memory("ready");
    barrier();
    // What a leader has in memory it need not have written.
    const bool will_be_on_disk = job.is_on_disk() || has[job.first_of_node()] != Has::in_memory;
    barrier();

    CHECK(value(job.jit("m", gives_value(7))) == 7);
    std::vector<bool> have;
    for (const Has one : has) have.push_back(one != Has::nothing);
    CHECK(total(job.compiles()) == job.compiles_for(have));
    CHECK(job.is_on_disk() == will_be_on_disk);

    const auto before = job.counters();
    CHECK(value(job.jit("m", never)) == 7);
    CHECK(job.counters().memory_hits == before.memory_hits + 1);
    CHECK(job.counters().disk_hits == before.disk_hits);
  }
}

// Of all that decides which of them is the same code.
std::vector<std::uint8_t> identities(const Library& library) {
  const Peers::Digest own = Peers::identity(library);
  std::vector<std::uint8_t> all(own.size() * static_cast<std::size_t>(size()));
  const int length = static_cast<int>(own.size());
  MPI_Allgather(own.data(), length, MPI_BYTE, all.data(), length, MPI_BYTE, MPI_COMM_WORLD);
  return all;
}

bool all_the_same(const std::vector<std::uint8_t>& digests) {
  constexpr std::size_t length = sizeof(Peers::Digest);
  return std::equal(digests.begin() + length, digests.end(), digests.begin());
}

}  // namespace

TEST_CASE("every mix of memory, disk and nothing, in directories of their own") {
  every_mix("root", 1);
  every_mix("node", 1);
}

TEST_CASE("every mix of memory, disk and nothing, two ranks in each directory") {
  every_mix("root", 2);
  every_mix("node", 2);
}

TEST_CASE("every mix of modules from before and after a header was edited: all end with the same one") {
  Mixed job("root", 1);
  const fs::path header = job.shared / "number.h";
  const Generate generate = gives("#include \"" + header.string() + "\"\nextern \"C\" int value() { return NUMBER; }");
  for (const int number : {1, 2}) {
    if (rank() == 0) write_text(header, "#define NUMBER " + std::to_string(number) + "\n");
    job.prepare(number == 1 ? "old" : "new", generate);
  }
  struct State {
    Has has;
    std::string folder;
  };
  const std::vector<State> states{{Has::nothing, ""},
                                  {Has::on_disk, "old"},
                                  {Has::on_disk, "new"},
                                  {Has::in_memory, "old"},
                                  {Has::in_memory, "new"}};
  const auto is_found = [](const State& s) { return s.has == Has::in_memory || s.folder == "new"; };
  // A step that meets all of them within two ranks, and many of those of four.
  for (int number = 0; number < count_mixes(states.size()); number += size() > 2 ? 7 : 1) {
    CAPTURE(number);
    job.begin();
    const std::vector<State> has = mix(number, states);
    const State& own = has[static_cast<std::size_t>(rank())];
    if (own.has == Has::on_disk) job.put_on_disk(own.folder);
    if (own.has == Has::in_memory) job.put_in_memory(own.folder);
    barrier();

    const Library library = job.jit("m", generate).first;
    const auto owner = std::find_if(has.begin(), has.end(), is_found);
    CHECK(value(library) == (owner != has.end() && owner->folder == "old" ? 1 : 2));
    CHECK(all_the_same(identities(library)));
    CHECK(total(job.compiles()) == (owner == has.end() ? 1 : 0));
    CHECK(all_the_same(identities(job.jit("m", never).first)));
  }
}

TEST_CASE("a damaged entry on one disk is put aside, and comes again from another rank") {
  for (int victim = 0; victim < size(); ++victim) {
    CAPTURE(victim);
    Mixed job("root", 1);
    job.prepare("ready", gives_value(7));
    job.begin();
    job.put_on_disk("ready");
    const fs::path entry = only_entry(job.node / "cache");
    const std::string good = read_text(entry);
    if (rank() == victim) write_text(entry, good.substr(0, good.size() / 2));
    const Warnings warnings;
    CHECK(value(job.jit("m", never)) == 7);
    CHECK(static_cast<int>(job.counters().quarantined) == (rank() == victim ? 1 : 0));
    CHECK(static_cast<int>(warnings.all().size()) == (rank() == victim ? 1 : 0));
    CHECK(read_text(entry) == good);
  }
}

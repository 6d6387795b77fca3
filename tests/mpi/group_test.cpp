// What the collective functions are made of: bytes of all lengths from every rank, and failures on which all agree.
#include "comm/group.h"
#include "ranks.h"

#include <dijitso/error.h>

#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <fstream>
#include <random>
#include <stdexcept>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;
using mpi::Compression;
using mpi::Group;

namespace {

Group world() {
  MPI_Comm own = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &own);
  return Group(mpi::Communicator(own));
}

std::string name_of(int rank) { return "rank " + std::to_string(rank) + " of " + std::to_string(size()) + ": "; }

Bytes noise(std::size_t length) {
  std::minstd_rand random(static_cast<unsigned>(length) + 1);
  Bytes bytes(length);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 8);
  return bytes;
}

Bytes text(std::size_t length) {
  Bytes bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(i / 100 % 7);
  return bytes;
}

std::uint64_t traffic_of(const std::function<void()>& action) {
  const auto all = [] { return mpi::traffic().bytes_sent + mpi::traffic().bytes_received; };
  const std::uint64_t before = all();
  action();
  return all() - before;
}

// While it lives this process can have little more memory than it has.
class LittleMemory {
 public:
  LittleMemory() {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    ::getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (std::size_t{8} << 20);
    ::setrlimit(RLIMIT_AS, &limit);
  }
  LittleMemory(const LittleMemory&) = delete;
  LittleMemory& operator=(const LittleMemory&) = delete;
  ~LittleMemory() { ::setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

// What all throw when `origin` throws `failure`.
template <class Exception, class Failure>
Exception agreed(const Group& group, int origin, const Failure& failure) {
  try {
    group.together([&] {
      if (rank() == origin) throw failure;
    });
  } catch (const Exception& error) {
    return error;
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("bytes of all lengths, from every rank, plain and compressed") {
  const Group group = world();
  constexpr std::size_t mebi = std::size_t{1} << 20;
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{944}, std::size_t{945},
                                   std::size_t{16 << 10}, mebi - 1, mebi, mebi + 1, 5 * mebi})
    for (const Bytes& bytes : {noise(length), text(length), Bytes(length, 0)})
      for (const Compression compression : {Compression::never, Compression::if_smaller})
        for (int root = 0; root < size(); ++root) {
          CAPTURE(length, static_cast<int>(compression), root);
          const Bytes own = rank() == root ? bytes : Bytes(7, static_cast<std::uint8_t>(rank()));
          CHECK((group.broadcast(own, root, compression) == bytes));
        }
}

TEST_CASE("bytes of a known length, from every rank, and from one that has none") {
  const Group group = world();
  for (const std::size_t length : {std::size_t{1}, std::size_t{100'000}, Group::most_at_once})
    for (int root = 0; root < size(); ++root) {
      const auto own = [&](const Bytes& bytes) { return rank() == root ? bytes : Bytes(); };
      CHECK((group.send(own(noise(length)), length, root) == noise(length)));
      for (const std::size_t other : {std::size_t{0}, length - 1, length + 1}) {
        CHECK(group.send(own(noise(other)), length, root).empty());
      }
    }
}

TEST_CASE("what is counted is what travels") {
  if (size() == 1) return;
  const Group group = world();
  const std::size_t length = 1'000'000;
  const auto counted = [&](const Bytes& bytes, Compression compression) {
    return traffic_of([&] { group.broadcast(bytes, 0, compression); });
  };
  CHECK(counted(text(length), Compression::never) == length);
  CHECK(counted(text(length), Compression::if_smaller) < length / 10);
  CHECK(counted(text(length), Compression::if_smaller) > 0);
  CHECK(counted(noise(length), Compression::if_smaller) == length);
}

TEST_CASE("each class of failure arrives as what it is, from every rank") {
  const Group group = world();
  for (int origin = 0; origin < size(); ++origin) {
    const std::string where = name_of(origin);
    CHECK(agreed<InvalidArgument>(group, origin, InvalidArgument("a")).what() == where + "a");
    CHECK(agreed<GenerateFailed>(group, origin, GenerateFailed("b")).what() == where + "b");
    CHECK(agreed<CacheError>(group, origin, CacheError("c")).what() == where + "c");
    CHECK(agreed<CommunicationError>(group, origin, CommunicationError("d")).what() == where + "d");
    const auto link = agreed<LinkFailed>(group, origin, LinkFailed("e", {"f(int)", "g"}));
    CHECK(link.what() == where + "e");
    CHECK(link.missing_symbols() == std::vector<std::string>{"f(int)", "g"});
    const CompileFailed sent("h", {{"m.cpp", 3, 4, Severity::error, "no such thing"}}, {"/fails", "s", "c", "r", "l"});
    const auto compile = agreed<CompileFailed>(group, origin, sent);
    CHECK(compile.what() == where + "h");
    REQUIRE(compile.diagnostics().size() == 1);
    CHECK(compile.diagnostics()[0].message == "no such thing");
    CHECK(compile.diagnostics()[0].line == 3);
    CHECK(compile.files().fail_dir == "/fails");
  }
  group.together([] {});  // and nothing, when nothing fails
}

TEST_CASE("exceptions of users are GenerateFailed, and on their own rank nested in it") {
  const Group group = world();
  for (int origin = 0; origin < size(); ++origin) {
    const auto nested_of = [&](const auto& failure, const std::string& text, const auto& is_same) {
      try {
        group.together([&] {
          if (rank() == origin) throw failure;
        });
        FAIL("nothing was thrown");
      } catch (const GenerateFailed& error) {
        CHECK(error.what() == name_of(origin) + text);
        bool is_nested = false;
        try {
          std::rethrow_if_nested(error);
        } catch (const std::decay_t<decltype(failure)>& own) {
          is_nested = is_same(own);
        }
        CHECK(is_nested == (rank() == origin));
      }
    };
    nested_of(std::out_of_range("mine"), "mine", [](const auto& own) { return own.what() == std::string("mine"); });
    nested_of(42, "an exception that is not a std::exception", [](int own) { return own == 42; });
  }
}

TEST_CASE("of several failures all get that of the first rank") {
  const Group group = world();
  CHECK_THROWS_WITH(group.together([] { throw CacheError("I am " + std::to_string(rank())); }), name_of(0) + "I am 0");
}

TEST_CASE("failures longer than the message that tells them arrive with their beginning") {
  const Group group = world();
  const int origin = size() - 1;
  for (const char letter : {'x', '\n', '\xff'}) {
    const auto link = agreed<LinkFailed>(group, origin, LinkFailed("begins " + std::string(200'000, letter), {"f"}));
    CHECK_THAT(link.what(), Catch::StartsWith(name_of(origin) + "begins "));
    CHECK(std::string(link.what()).size() > 1000);
  }
  const std::vector<Diagnostic> diagnostics(3000, {"m.cpp", 1, 1, Severity::error, std::string(100, 'y')});
  CHECK(agreed<CompileFailed>(group, origin, CompileFailed("z", diagnostics, {})).what() == name_of(origin) + "z");
}

TEST_CASE("groups that were split name ranks as the whole does, and the whole agrees on what they say") {
  const Group group = world();
  const Group half = group.split(rank() % 2);
  const int last = size() - 1;
  CHECK(half.size() == (size() + (rank() % 2 == 0 ? 1 : 0)) / 2);
  const bool is_concerned = rank() % 2 == last % 2;
  const auto failure = failure_of([&] {
    half.together([&] {
      if (rank() == last) throw std::out_of_range("mine");
    });
  });
  CHECK((failure != nullptr) == is_concerned);
  try {
    group.agree_again(failure);
    FAIL("nothing was thrown");
  } catch (const GenerateFailed& error) {
    CHECK(error.what() == name_of(last) + "mine");
    CHECK((dynamic_cast<const std::nested_exception*>(&error) != nullptr) == (rank() == last));
  }
  group.agree_again(nullptr);

  const Group quarter = half.split(rank() / 2 % 2);
  CHECK_THROWS_WITH(quarter.together([&] { throw CacheError("no"); }), name_of(rank() % 4) + "no");
}

TEST_CASE("damage to any part of a message is an error on all ranks, and the next one arrives") {
  const Group group = world();
  const Bytes bytes = noise((2 << 20) + 10);  // an announcement and three chunks
  for (int victim = 1; victim < size(); ++victim)
    for (const auto& [call, offset] : std::vector<std::pair<int, long>>{
             {0, 0}, {0, 7}, {0, 8}, {0, 15}, {0, 16}, {0, 500}, {0, -1}, {1, 0}, {2, 1000}, {3, -1}}) {
      CAPTURE(victim, call, offset);
      {
        std::optional<Damage> damage;
        if (rank() == victim) damage.emplace(call, offset);
        CHECK_THROWS_WITH(group.broadcast(bytes, 0), Contains(name_of(victim)) && Contains("was damaged on the way"));
      }
      CHECK((group.broadcast(bytes, 0) == bytes));
    }
}

TEST_CASE("a call of MPI that fails for one rank is an error on all ranks, and the next message arrives") {
  const Group group = world();
  const Bytes bytes = noise((2 << 20) + 10);
  for (int victim = 1; victim < size(); ++victim)
    for (const int call : {0, 1, 3}) {
      CAPTURE(victim, call);
      {
        std::optional<Damage> damage;
        if (rank() == victim) damage.emplace(call);
        CHECK_THROWS_WITH(group.broadcast(bytes, 0), Contains(name_of(victim) + "MPI cannot send to all ranks"));
      }
      CHECK((group.broadcast(bytes, 0) == bytes));
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their memory is larger than any limit
TEST_CASE("a rank without memory for a message, the sender or another, is an error on all ranks") {
  const Group group = world();
  if (size() == 1) return;
  for (int victim = 0; victim < size(); ++victim) {
    Bytes bytes = rank() == 0 ? text(64 << 20) : Bytes();
    {
      std::optional<LittleMemory> little;
      if (rank() == victim) little.emplace();
      CHECK_THROWS_WITH(group.broadcast(std::move(bytes), 0, Compression::if_smaller),
                        Contains(name_of(victim) + "there is no memory for a message of"));
    }
    CHECK((group.broadcast(text(1000), 0) == text(1000)));
  }
}
#endif

TEST_CASE("a damaged account of a failure is a CommunicationError that names the rank that failed") {
  const Group group = world();
  if (size() == 1) return;
  for (const long offset : {0L, 7L, 8L, 60L}) {
    std::optional<Damage> damage;
    if (rank() == 1) damage.emplace(0, offset);
    const auto failure =
        failure_of([&] { group.agree(rank() == 0 ? std::make_exception_ptr(LinkFailed("x")) : nullptr); });
    if (rank() == 1)
      CHECK_THROWS_WITH(std::rethrow_exception(failure), Contains(name_of(0) + "has failed, and its account of that"));
    else
      CHECK_THROWS_AS(std::rethrow_exception(failure), LinkFailed);
  }
  group.together([] {});
}

// What goes wrong on one rank, each rank in turn: all throw the same, with the name of that rank, nobody waits for
// ever, and the next jit on the same communicator works. A disk that cannot be used is a warning of its rank.
#include "collective.h"

#include <dlfcn.h>
#include <sys/mount.h>

#include <set>
#include <stdexcept>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// Every rank in turn, or of many the first, one in the middle and the last.
std::vector<int> victims() {
  std::set<int> ranks;
  for (int rank = 0; rank < size(); rank += size() > 4 ? size() / 2 : 1) ranks.insert(rank);
  ranks.insert(size() - 1);
  return {ranks.begin(), ranks.end()};
}

std::string name_of(int rank) { return "rank " + std::to_string(rank) + " of " + std::to_string(size()) + ": "; }

// Ranks have directories of their own, and whoever has a generate builds.
struct FaultyJob : Job {
  FaultyJob() : Job("auto", 1) {}

  // A name that no request had before.
  std::string next_name() { return "m" + std::to_string(++names); }

  void works() {
    const std::string name = next_name();
    const int before = compiles();
    CHECK(value(jit(name, gives_value(names))) == names);
    CHECK(total(compiles() - before) == 1);
    CHECK(value(jit(name, never)) == names);
  }

  // What all throw: of this class, with the same text. `look` sees the very exception.
  template <class Exception>
  Exception failure(const std::string& name, const Generate& generate,
                    const std::function<void(const Exception&)>& look = {}) {
    return thrown<Exception>([&] {
      try {
        jit(name, generate);
      } catch (const Exception& error) {
        CHECK(error.what() == broadcast(error.what()));
        if (look) look(error);
        throw;
      }
    });
  }

  int names = 0;
};

// For the rank that is to build.
Generate only_on(int builder, Generate generate) { return rank() == builder ? std::move(generate) : Generate(); }

// Of this process alone: the test is started by unshare --mount.
class SmallFileSystem {
 public:
  explicit SmallFileSystem(fs::path directory) : directory_(std::move(directory)) {
    fs::create_directories(directory_);
    expect(::mount("none", directory_.c_str(), "tmpfs", 0, "mode=0700,size=64k") == 0, "cannot mount a tmpfs");
  }
  SmallFileSystem(const SmallFileSystem&) = delete;
  SmallFileSystem& operator=(const SmallFileSystem&) = delete;
  ~SmallFileSystem() { ::umount2(directory_.c_str(), MNT_DETACH); }
  void fill() const {
    std::ofstream filler(directory_ / "filler", std::ios::binary);
    while (filler) filler << std::string(1000, 'x') << std::flush;
  }

 private:
  fs::path directory_;
};

template <class Failure>
Generate throws(const Failure& failure) {
  return [failure](auto&&...) -> Generated { throw failure; };
}

}  // namespace

TEST_CASE("generate throws", "[many]") {
  FaultyJob job;
  job.works();
  for (const int victim : victims()) {
    CAPTURE(victim);
    const auto fails = [&]<class Exception>(const Exception& failure, const std::string& text) {
      const auto error = job.failure<GenerateFailed>(job.next_name(), only_on(victim, throws(failure)),
                                                     [&](const GenerateFailed& whole) {
                                                       // What the caller on that rank threw it can catch.
                                                       bool is_nested = false;
                                                       try {
                                                         std::rethrow_if_nested(whole);
                                                       } catch (const Exception&) {
                                                         is_nested = true;
                                                       }
                                                       CHECK(is_nested == (rank() == victim));
                                                     });
      CHECK(error.what() == name_of(victim) + text);
    };
    fails(std::out_of_range("no such element"), "no such element");
    fails(42, "an exception that is not a std::exception");
    CHECK(job.failure<CacheError>(job.next_name(), only_on(victim, throws(CacheError("mine")))).what() ==
          name_of(victim) + "mine");
    CHECK_THAT(job.failure<GenerateFailed>(job.next_name(), only_on(victim, throws(std::string(200'000, 'x')))).what(),
               Contains("not a std::exception"));
    job.works();
  }
}

TEST_CASE("the code does not compile") {
  FaultyJob job;
  for (const int victim : victims()) {
    CAPTURE(victim);
    const auto error =
        job.failure<CompileFailed>(job.next_name(), only_on(victim, gives("int f() { return nothing; }")));
    CHECK_THAT(error.what(), Catch::StartsWith(name_of(victim)) && Contains("nothing"));
    REQUIRE(error.diagnostics().size() == 1);
    CHECK_THAT(error.diagnostics()[0].message, Contains("undeclared identifier 'nothing'"));
    CHECK(error.diagnostics()[0].line == 1);
    CHECK(fs::path(error.files().fail_dir).parent_path() ==
          job.shared / ("node" + std::to_string(victim)) / "failures");
    CHECK_THAT(read_text(error.files().log_filename), Contains("nothing"));
    job.works();
  }
}

TEST_CASE("a symbol that nobody has is missing where it is built") {
  FaultyJob job;
  const std::string source = "extern \"C\" int missing(); extern \"C\" int value() { return missing(); }";
  for (const int victim : victims()) {
    CAPTURE(victim);
    const auto error = job.failure<LinkFailed>(job.next_name(), only_on(victim, gives(source)));
    CHECK_THAT(error.what(), Catch::StartsWith(name_of(victim)));
    CHECK(error.missing_symbols() == std::vector<std::string>{"missing"});
    job.works();
  }
}

TEST_CASE("a symbol is missing on one rank only; when it is there, that rank gets the module") {
  FaultyJob job;
  for (const int victim : victims()) {
    CAPTURE(victim);
    const std::string symbol = "provided" + std::to_string(victim);
    Params params = job.params;
    params.cache.lib_loader = "dlopen";
    const std::string library =
        job.local->build_shared_library(symbol, "", "extern \"C\" int " + symbol + "() { return 5; }", {}, params);
    const auto provide = [&] { REQUIRE(::dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr); };
    if (rank() != victim) provide();
    const std::string name = job.next_name();
    const Generate generate =
        only_on((victim + 1) % size(),
                gives("extern \"C\" int " + symbol + "(); extern \"C\" int value() { return " + symbol + "(); }"));
    const int before = job.compiles();
    const auto error = job.failure<LinkFailed>(name, generate);
    CHECK_THAT(error.what(), Catch::StartsWith(name_of(victim)));
    CHECK(error.missing_symbols() == std::vector<std::string>{symbol});
    job.works();
    if (rank() == victim) provide();
    CHECK(value(job.jit(name, never)) == 5);
    CHECK(total(job.compiles() - before) == 2);
  }
}

TEST_CASE("a static constructor throws on one rank only", "[many]") {
  FaultyJob job;
  const Generate generate = gives(
      "#include <cstdlib>\n"
      "static const int checked = [] { if (std::getenv(\"DIJITSO_TEST_THROW\")) throw 3; return 7; }();\n"
      "extern \"C\" int value() { return checked; }");
  for (const int victim : victims())
    for (const int builder : {victim, (victim + 1) % size()}) {
      CAPTURE(victim, builder);
      const std::string name = job.next_name();
      if (rank() == victim) ::setenv("DIJITSO_TEST_THROW", "1", 1);
      CHECK_THAT(job.failure<LinkFailed>(name, only_on(builder, generate)).what(), Catch::StartsWith(name_of(victim)));
      ::unsetenv("DIJITSO_TEST_THROW");
      job.works();
      CHECK(value(job.jit(name, only_on(builder, generate))) == 7);
    }
}

TEST_CASE("the builder of one directory fails, those of others do not") {
  for (const int victim : victims()) {
    CAPTURE(victim);
    Job job("node");
    const int builder = victim - victim % ranks_per_node;
    const Generate fails = rank() == builder ? throws(std::out_of_range("no such element")) : gives_value(7);
    try {
      job.jit("m", fails);
      FAIL("nothing was thrown");
    } catch (const GenerateFailed& error) {
      CHECK(error.what() == name_of(builder) + "no such element");
      CHECK((dynamic_cast<const std::nested_exception*>(&error) != nullptr) == (rank() == builder));
    }
    CHECK(total(job.published()) == job.nodes() - 1);
    CHECK(value(job.jit("m", rank() == builder ? gives_value(7) : Generate(never))) == 7);
    CHECK(total(job.published()) == job.nodes());
  }
}

TEST_CASE("messages that are damaged on their way") {
  FaultyJob job;
  job.works();
  // A short message comes at once; one that may be compressed has an announcement.
  const std::vector<std::pair<std::string, std::vector<std::pair<int, long>>>> places = {
      {"never", {{0, 1}, {0, 8}, {0, 500}, {0, 2000}, {0, -1}}},
      {"always", {{0, 0}, {0, 7}, {0, 16}, {0, 500}, {0, -1}, {1, 0}, {1, 2000}, {1, -1}}}};
  for (const auto& [compression, damages] : places)
    for (const int victim : victims()) {
      if (victim == 0) continue;  // it receives nothing
      job.strategy.compression = compression;
      for (const auto& [call, offset] : damages) {
        CAPTURE(compression, victim, call, offset);
        const std::string name = job.next_name();
        const int before = job.compiles();
        {
          std::optional<Damage> damage;
          if (rank() == victim) damage.emplace(call, offset);
          const auto error = job.failure<CommunicationError>(name, only_on(0, gives_value(7)));
          CHECK_THAT(error.what(), Catch::StartsWith(name_of(victim)) && Contains("damaged") &&
                                       Contains("its digest does not agree"));
        }
        CHECK(value(job.jit(name, never)) == 7);
        CHECK(total(job.compiles() - before) == 1);
      }
      job.works();
    }
}

TEST_CASE("a rank that is told by damage that nothing comes gets the module when it is sent again") {
  FaultyJob job;
  job.works();
  for (const int victim : victims()) {
    if (victim == 0) continue;
    CAPTURE(victim);
    const std::string name = job.next_name();
    {
      std::optional<Damage> damage;
      if (rank() == victim) damage.emplace(0, 0);
      CHECK(value(job.jit(name, only_on(0, gives_value(7)))) == 7);
    }
    const std::string next = job.next_name();
    std::string text;
    {
      std::optional<Damage> damage;
      if (rank() == victim) damage.emplace(-1, 0);  // each time
      text = testing::failure([&] { job.jit(next, only_on(0, gives_value(7))); });
    }
    CHECK(text == "module '" + next + "' was sent twice, and did not arrive");
    CHECK(value(job.jit(next, never)) == 7);
  }
}

TEST_CASE("calls of MPI that fail") {
  FaultyJob job;
  job.works();
  for (const auto& [compression, calls] : {std::pair{"never", 1}, {"always", 2}})
    for (const int victim : victims()) {
      if (victim == 0) continue;
      job.strategy.compression = compression;
      for (int call = 0; call < calls; ++call) {
        CAPTURE(compression, victim, call);
        const std::string name = job.next_name();
        {
          std::optional<Damage> damage;
          if (rank() == victim) damage.emplace(call);
          CHECK_THAT(job.failure<CommunicationError>(name, only_on(0, gives_value(7))).what(),
                     Catch::StartsWith(name_of(victim) + "MPI cannot send to all ranks"));
        }
        CHECK(value(job.jit(name, never)) == 7);
      }
      job.works();
    }
}

TEST_CASE("the file system of one rank's directory is full") {
  for (const std::string loader : {"orc", "dlopen"})
    for (const int victim : victims()) {
      CAPTURE(loader, victim);
      FaultyJob job;
      job.params.cache.lib_loader = loader;
      std::optional<SmallFileSystem> small;
      if (rank() == victim) small.emplace(job.params.cache.cache_dir);
      job.local->jit("makes_the_directories", job.params, gives_value(0));
      if (small) small->fill();
      const Warnings warnings;
      for (const int builder : {victim, (victim + 1) % size()}) {
        const auto before = job.counters();
        CHECK(value(job.jit(job.next_name(), only_on(builder, gives_value(7)))) == 7);
        CHECK(job.counters().fallbacks - before.fallbacks == (rank() == victim ? 1 : 0));
        CHECK(job.counters().published - before.published == (rank() == victim ? 0 : 1));
      }
      job.works();
      CHECK(warnings.all().size() == (rank() == victim ? 1 : 0));
      if (rank() == victim) CHECK_THAT(warnings.only(), Contains("No space left"));
    }
}

TEST_CASE("one rank may not write its directory") {
  expect(::geteuid() == 0, "run this test as root: it becomes another user for a while");
  FaultyJob opens_the_libraries;  // which another user may not reach in root's home
  opens_the_libraries.local->jit("m", opens_the_libraries.params, gives_value(0));
  for (const int victim : victims()) {
    CAPTURE(victim);
    FaultyJob job;
    const Warnings warnings;
    if (rank() == victim) CHECK(::seteuid(65534) == 0);
    for (const int builder : {victim, (victim + 1) % size()}) {
      CHECK(value(job.jit(job.next_name(), only_on(builder, gives_value(7)))) == 7);
    }
    job.works();
    CHECK(::seteuid(0) == 0);
    CHECK(job.counters().fallbacks == (rank() == victim ? 3 : 0));
    CHECK(warnings.all().size() == (rank() == victim ? 1 : 0));
    if (rank() == victim) CHECK_THAT(warnings.only(), Contains("Permission denied"));
  }
}

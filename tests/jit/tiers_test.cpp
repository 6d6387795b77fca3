// Two tiers: quick code at once, optimised code in its place later, and the same in the cache as without.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

struct Tiers : Place {
  explicit Tiers(const std::string& tier = "auto") {
    params.build.tier = tier;
    params.build.jobs = 2;
    params.build.cxxflags_opt = {"-O2"};
  }
};

// A module whose code tells which tier it is: the optimiser knows what the quick code has to ask at run time.
const std::string tells_tier = "extern \"C\" int is_optimized() { int x = 1; return __builtin_constant_p(x * 2); }\n";

int is_optimized(const Library& library) { return library.function<int()>("is_optimized")(); }

}  // namespace

TEST_CASE("quick code is replaced by optimised code, under the same addresses", "[mdwe]") {
  Tiers place;
  Jit jit;
  const Library library = jit.jit("m", place.params, gives(tells_tier + value_source(7))).first;
  auto* const function = library.function<int()>("is_optimized");
  CHECK(value(library) == 7);
  CHECK(wait_optimized(library));
  CHECK(function() == 1);
  CHECK(library.function<int()>("is_optimized") == function);
  CHECK(value(library) == 7);
  const Counters counters = jit.counters();
  CHECK(counters.compiles == 1);
  CHECK(counters.published == 1);
  CHECK(counters.quick == counters.optimized);
}

TEST_CASE("the cache gets the entry that it gets without tiers") {
  Tiers quick, full("full");
  const Generate generate = gives(tells_tier + value_source(7));
  {
    Jit jit;
    jit.jit("m", quick.params, generate);
    jit.jit("m", full.params, generate);
  }
  Jit later;
  const Library library = later.jit("m", quick.params, never).first;
  CHECK(is_optimized(library) == 1);
  CHECK(later.counters().quick == 0);
  CHECK(only_entry(quick.cache).filename() == only_entry(full.cache).filename());
}

TEST_CASE("nothing but optimised code gets into the cache") {
  Tiers place("quick");
  Jit jit;
  const Library library = jit.jit("m", place.params, gives(tells_tier + value_source(7))).first;
  CHECK(value(library) == 7);
  CHECK(is_optimized(library) == 0);
  CHECK_FALSE(wait_optimized(library));
  jit.wait_for_background();
  CHECK(files_below(place.cache / "obj").empty());
  CHECK(files_below(place.cache / "claims").empty());
  CHECK(jit.counters().quick == 1);
  CHECK(jit.counters().optimized == 0);
  CHECK(jit.jit("m", place.params, never).first == library);
}

TEST_CASE("who asks for full code is never answered with quick code") {
  Tiers place("quick");
  Jit jit;
  const Generate generate = gives(tells_tier);
  CHECK(is_optimized(jit.jit("m", place.params, generate).first) == 0);
  place.params.build.tier = "full";
  CHECK(is_optimized(jit.jit("m", place.params, generate).first) == 1);
  place.params.build.tier = "auto";
  CHECK(is_optimized(jit.jit("m", place.params, never).first) == 1);
  place.params.build.tier = "quick";
  CHECK(is_optimized(jit.jit("m", place.params, never).first) == 1);

  Tiers other;
  jit.jit("n", other.params, generate);
  other.params.build.tier = "full";
  CHECK(is_optimized(jit.jit("n", other.params, never).first) == 1);
}

TEST_CASE("modules that use each other, each in two tiers") {
  Tiers place;
  Jit jit;
  const auto top = jit.jit("top", place.params, [&](auto&&...) {
    jit.jit("base", place.params,
            gives("struct Shape { virtual ~Shape() {} virtual int sides() const { return 3; } };\n"
                  "Shape* make_shape() { return new Shape; }\n",
                  "struct Shape; Shape* make_shape();\n"));
    return Generated{"",
                     "#include <base.h>\nstruct Shape { virtual ~Shape(); virtual int sides() const; };\n"
                     "extern \"C\" int value() { Shape* s = make_shape(); int n = s->sides(); delete s; return n; }\n",
                     {"base"}};
  });
  CHECK(value(top) == 3);
  CHECK(wait_optimized(top.first));
  CHECK(value(top) == 3);
  CHECK(jit.counters().published == 2);

  Jit later;
  CHECK(value(later.jit("top", place.params, never)) == 3);
}

TEST_CASE("a module with state of its own is not compiled in two tiers") {
  Tiers place;
  Jit jit;
  const Library library =
      jit.jit("m", place.params, gives("static int calls;\nextern \"C\" int value() { return ++calls; }\n")).first;
  CHECK(value(library) == 1);
  CHECK(wait_optimized(library));
  CHECK(value(library) == 2);
  CHECK(jit.counters().quick == 0);
  CHECK(jit.counters().published == 1);
}

TEST_CASE("what a module shows to others exists once") {
  Tiers place;
  Jit jit;
  const Library library =
      jit.jit("m", place.params, gives("extern \"C\" { int calls; int value() { return ++calls; } }\n")).first;
  int& calls = *static_cast<int*>(library.symbol("calls"));
  CHECK(value(library) == 1);
  CHECK(wait_optimized(library));
  CHECK(value(library) == 2);
  calls = 10;
  CHECK(value(library) == 11);
  CHECK(&calls == library.symbol("calls"));
}

TEST_CASE("a handler is told of each module whose code has been optimised") {
  Tiers place;
  Jit jit;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> told;
  jit.on_optimized([&](const Library& library) {
    const std::lock_guard lock(mutex);
    told.push_back(library.signature());
    changed.notify_all();
  });
  const Library a = jit.jit("a", place.params, gives_value(1)).first;
  const Library b = jit.jit("b", place.params, gives_value(2)).first;
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return told.size() == 2; });
  CHECK(told == std::vector<std::string>{"a", "b"});
  lock.unlock();

  jit.on_optimized([](const Library&) { throw std::runtime_error("no interest"); });
  const Warnings warnings;
  const Library c = jit.jit("c", place.params, gives_value(3)).first;
  jit.wait_for_background();
  CHECK_THAT(warnings.only(), Contains("no interest"));
  jit.on_optimized({});
  CHECK(wait_optimized(jit.jit("d", place.params, gives_value(4)).first));
}

TEST_CASE("a module may be unloaded before it has been optimised: the cache gets it all the same") {
  Tiers place;
  const std::string flag_file = (place.scratch / "gone").string();
  {
    Jit jit;
    for (int i = 0; i < 10; ++i) {
      jit.jit("m" + std::to_string(i), place.params, gives_value(i));
      jit.forget();
    }
    jit.wait_for_background();
    CHECK(jit.counters().published == 10);
  }
  Jit later;
  for (int i = 0; i < 10; ++i) CHECK(value(later.jit("m" + std::to_string(i), place.params, never)) == i);
}

TEST_CASE("threads call the functions of a module while they are replaced") {
  Tiers place;
  Jit jit;
  std::atomic<bool> stop{false};
  std::atomic<long> wrong{0};
  const Library library = jit.jit("m", place.params, gives(value_source(5))).first;
  auto* const function = library.function<int()>("value");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      while (!stop) wrong += function() != 5;
    });
  CHECK(wait_optimized(library));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("without a cache that can be written, code is optimised all the same") {
  Tiers place;
  write_text(place.cache, "not a directory");
  const Warnings warnings;
  Jit jit;
  const Library library = jit.jit("m", place.params, gives(tells_tier)).first;
  CHECK(wait_optimized(library));
  CHECK(is_optimized(library) == 1);
  jit.wait_for_background();
  CHECK(warnings.all().size() == 1);
}

TEST_CASE("a wrong module is told at once, and leaves nothing") {
  Tiers place;
  Jit jit;
  CHECK_THROWS_AS(jit.jit("m", place.params, gives("this is no C++")), CompileFailed);
  CHECK_THAT(thrown<LinkFailed>([&] {
               jit.jit("n", place.params, gives("void absent();\nextern \"C\" int value() { absent(); return 1; }\n"));
             }).what(),
             Contains("absent()"));
  jit.wait_for_background();
  CHECK(files_below(place.cache / "claims").empty());
}

TEST_CASE("modules that are sent to others, or are to be shared libraries, are optimised at once") {
  Tiers place;
  Jit jit;
  Exchange exchange;
  std::size_t sent = 0;
  exchange.send = [&](const std::vector<std::uint8_t>& message) { sent = message.size(); };
  CHECK(is_optimized(jit.jit("m", place.params, gives(tells_tier), exchange).first) == 1);
  CHECK(sent > 0);
  place.params.cache.lib_loader = "dlopen";
  CHECK(is_optimized(jit.jit("n", place.params, gives(tells_tier)).first) == 1);
  CHECK(jit.counters().quick == 0);
}

TEST_CASE("a shared library of what is only quick code cannot be made, and the remedy is told") {
  Tiers place("quick");
  Jit jit;
  jit.jit("base", place.params, gives("int get_base() { return 1; }\n", "int get_base();\n"));
  CHECK_THAT(thrown<InvalidArgument>([&] {
               jit.build_shared_library("top", "",
                                        "#include <base.h>\nextern \"C\" int value() { return get_base(); }\n",
                                        {"base"}, place.params);
             }).what(),
             Contains("build.tier full or auto"));
}

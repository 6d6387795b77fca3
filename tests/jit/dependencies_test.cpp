// A module was compiled and linked against one variant of what it depends on. When that has changed, it is built again;
// when it changes back, the old one answers again. Both ways of naming dependencies: built before, and built inside
// generate.
#include "tests/support/modules.h"

#include <dijitso/cache.h>
#include <sys/inotify.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <barrier>
#include <map>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// A dependency whose code follows its generator parameter or a header on disk, and a module that uses it, by inlining a
// macro of its header and by a call: both must be the same.
struct Pair {
  Place place;
  fs::path header = place.scratch / "number.h";
  int generated = 0;

  Pair() { place.params.build.include_dirs = {place.scratch.path().string()}; }

  std::string base(Jit& jit, int degree) {
    Params params = place.params;
    params.generator["degree"] = degree;
    return jit
        .jit("base", params,
             [&](auto&&...) {
               const std::string number = std::to_string(degree);
               return Generated{
                   "#define DEGREE " + number + "\nint degree();\n", "int degree() { return " + number + "; }", {}};
             })
        .second;
  }

  std::string base_from_header(Jit& jit) {
    return jit
        .jit("base", place.params,
             gives("#include <base.h>\nint degree() { return DEGREE; }", "#include <number.h>\nint degree();\n"))
        .second;
  }

  Generated user(const std::string& dependency) {
    ++generated;
    return {
        "", "#include <base.h>\nextern \"C\" int value() { return degree() == DEGREE ? DEGREE : -1; }", {dependency}};
  }
};

// How often each file in a directory is opened.
class Openings {
 public:
  explicit Openings(const fs::path& directory) : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (::inotify_add_watch(events_, directory.c_str(), IN_OPEN) < 0) throw std::runtime_error("cannot watch");
  }
  Openings(const Openings&) = delete;
  Openings& operator=(const Openings&) = delete;
  ~Openings() { ::close(events_); }

  // Since the last look, by the part of the name before the first dot.
  std::map<std::string, int> look() {
    std::map<std::string, int> counts;
    alignas(inotify_event) char buffer[1 << 16];
    for (ssize_t got; (got = ::read(events_, buffer, sizeof buffer)) > 0;)
      for (char* at = buffer; at < buffer + got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);
        const std::string name = event->len > 0 ? event->name : "";
        if (!name.empty()) ++counts[name.substr(0, name.find('.'))];
        at += sizeof *event + event->len;
      }
    return counts;
  }

 private:
  int events_;
};

// Degree 2 and 3 by turns, in one process and in new ones: each time the answer must be that of the degree, and
// compiled only at first. `ask` gives the library of "user".
template <class Ask>
void back_and_forth(Ask ask) {
  const bool new_process = GENERATE(false, true);
  CAPTURE(new_process);
  Jit same;
  for (int round = 0; round < 3; ++round)
    for (int degree : {2, 3}) {
      Jit fresh;
      Jit& jit = new_process ? fresh : same;
      const std::uint64_t before = jit.counters().compiles;
      CHECK(value(ask(jit, degree)) == degree);
      CHECK(jit.counters().compiles - before == (round == 0 ? 2 : 0));
    }
}

}  // namespace

TEST_CASE("a dependency that was built before and has changed") {
  Pair pair;
  back_and_forth([&](Jit& jit, int degree) {
    const std::string dependency = pair.base(jit, degree);
    const auto user = jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(dependency); });
    CHECK(jit.jit("user", pair.place.params, never) == user);
    return user;
  });
  CHECK(pair.generated == 2);
}

TEST_CASE("going back to an earlier variant gives the very library that is loaded") {
  Pair pair;
  Jit jit;
  std::vector<Library> libraries;
  for (int degree : {2, 3, 2, 3}) {
    const std::string dependency = pair.base(jit, degree);
    libraries.push_back(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(dependency); }).first);
  }
  CHECK(libraries[0] == libraries[2]);
  CHECK(libraries[1] == libraries[3]);
  CHECK_FALSE(libraries[0] == libraries[1]);
}

TEST_CASE("a dependency that is built inside generate and has changed") {
  Pair pair;
  back_and_forth([&](Jit& jit, int degree) {
    write_text(pair.header, "#define DEGREE " + std::to_string(degree) + "\n");
    jit.forget();
    return jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(pair.base_from_header(jit)); });
  });
}

TEST_CASE("a dependency that was built before from an edited header") {
  Pair pair;
  for (int round = 0; round < 3; ++round)
    for (int degree : {2, 3}) {
      write_text(pair.header, "#define DEGREE " + std::to_string(degree) + "\n");
      Jit jit;
      const std::string dependency = pair.base_from_header(jit);
      CHECK(value(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(dependency); })) == degree);
      CHECK(jit.counters().compiles == (round == 0 ? 2 : 0));
    }
}

TEST_CASE("a change deep in a chain reaches the top") {
  Pair pair;
  const auto build = [&](Jit& jit, int degree) {
    pair.base(jit, degree);
    const auto step = [&](const std::string& name, const std::string& below, const std::string& call) {
      return jit.jit(name, pair.place.params,
                     gives("#include <" + below + ".h>\nint " + name + "() { return " + call + "(); }\n" +
                               "extern \"C\" int value() { return " + name + "(); }",
                           "int " + name + "();", {below}));
    };
    step("second", "base", "degree");
    step("third", "second", "second");
    return value(step("fourth", "third", "third"));
  };
  Jit same;
  for (int degree : {2, 3, 2, 3, 2}) CHECK(build(same, degree) == degree);
  CHECK(same.counters().compiles == 8);
  for (int degree : {2, 3, 2}) {
    Jit fresh;
    CHECK(build(fresh, degree) == degree);
    CHECK(fresh.counters().compiles == 0);
  }
}

TEST_CASE("a dependency whose entry was removed is built again, and the module with it") {
  Pair pair;
  const auto ask = [&](Jit& jit) {
    return value(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(pair.base(jit, 2)); }));
  };
  Jit first;
  CHECK(ask(first) == 2);
  for (const std::string& name : names_in(pair.place.cache / "obj"))
    if (name.starts_with("base.")) fs::remove(pair.place.cache / "obj" / name);
  Jit second;
  CHECK(ask(second) == 2);
  CHECK(second.counters().compiles == 1);  // the same base: the user's entry answers again
  CHECK(second.counters().disk_hits == 1);
}

TEST_CASE("a module with many dependencies is read twice, and each of them once, when none is in memory") {
  Place place;
  std::vector<std::string> leaves;
  std::string sum = "0";
  std::string includes;
  Jit first;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "leaf" + std::to_string(i);
    first.jit(name, place.params, gives("int " + name + "() { return 1; }", "int " + name + "();\n"));
    leaves.push_back(name);
    sum += " + " + name + "()";
    includes += "#include <" + name + ".h>\n";
  }
  // "left" and "right" share all leaves.
  for (const std::string name : {"left", "right"})
    first.jit(name, place.params,
              gives(includes + "int " + name + "() { return " + sum + "; }", "int " + name + "();\n", leaves));
  first.jit("top", place.params,
            gives("#include <left.h>\n#include <right.h>\nextern \"C\" int value() { return left() + right(); }", "",
                  {"left", "right", "leaf0"}));
  Openings openings(place.cache / "obj");
  Jit fresh;
  CHECK(value(fresh.jit("top", place.params, never)) == 16);
  const std::map<std::string, int> counts = openings.look();
  CHECK(counts.at("top") == 2);
  CHECK(counts.at("left") == 2);
  CHECK(counts.at("right") <= 2);
  for (const std::string& leaf : leaves) CHECK(counts.at(leaf) == 1);
  CHECK((fresh.counters().disk_hits == 11 && fresh.counters().memory_hits == 0));
}

TEST_CASE("threads with variants of their own of one dependency do not meet each other's") {
  Pair pair;
  Jit jit;
  std::atomic<int> wrong{0};
  std::barrier round(4);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, degree = 2 + thread % 2] {
      for (int i = 0; i < 5; ++i) {
        const std::string dependency = pair.base(jit, degree);
        round.arrive_and_wait();  // both variants have been used now
        const auto ask = [&](const std::string& name) {
          return value(jit.jit(name, pair.place.params, [&](auto&&...) {
            return Generated{"",
                             "#include <base.h>\nextern \"C\" int value() { return degree() == DEGREE ? DEGREE : -1; }",
                             {dependency}};
          }));
        };
        if (ask("user" + std::to_string(i)) != degree) ++wrong;
        if (ask("user0") != degree) ++wrong;
        round.arrive_and_wait();
      }
    });
  threads.clear();
  CHECK(wrong == 0);
  CHECK(jit.counters().compiles == 2 + 5 * 2);
}

TEST_CASE("a dependency that generate asked for is that one, whatever was used since") {
  Pair pair;
  Jit jit;
  for (int round = 0; round < 2; ++round) {
    pair.base(jit, 5);
    const auto user = jit.jit("user", pair.place.params, [&](auto&&...) {
      const std::string dependency = pair.base(jit, 2);
      std::jthread([&] { pair.base(jit, 3); }).join();
      return pair.user(dependency);
    });
    CHECK(value(user) == 2);
  }
  CHECK(pair.generated == 1);
  CHECK(jit.counters().compiles == 4);
}

TEST_CASE("a dependency that was built with the parameters of the caller is that one, whatever was used since") {
  Pair pair;
  Jit jit;
  for (const int degree : {2, 3}) pair.base(jit, degree);
  for (int round = 0; round < 2; ++round)
    for (const int degree : {2, 3}) {
      Params params = pair.place.params;
      params.generator["degree"] = degree;
      CHECK(value(jit.jit("user", params, [&](auto&&...) { return pair.user("base"); })) == degree);
    }
  CHECK(pair.generated == 2);
}

TEST_CASE("entries that depend on each other in a circle are no answer, and no endless search") {
  Place one, two, both;
  const auto build = [](const Place& place, const std::string& name, const std::vector<std::string>& needed) {
    Jit().jit(name, place.params, gives("int " + name + "() { return 1; }", "int " + name + "();\n", needed));
  };
  build(one, "a", {});
  build(one, "b", {"a"});
  build(two, "b", {});
  build(two, "a", {"b"});
  const fs::path entries = both.cache / "obj";
  cache::ensure_dirs(both.params.cache);
  for (const auto& [from, name] : {std::pair(one.cache, "b."), std::pair(two.cache, "a.")})
    for (const std::string& file : names_in(from / "obj"))
      if (file.starts_with(name)) fs::copy_file(from / "obj" / file, entries / file);
  CHECK(names_in(entries).size() == 2);
  for (const char* name : {"a", "b"}) {
    int generated = 0;
    Jit().jit(name, both.params, [&](auto&&...) {
      ++generated;
      return Generated{"", "int unused() { return 1; }", {}};
    });
    CHECK(generated == 1);
  }
}

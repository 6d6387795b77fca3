// Static constructors and destructors, unloading, deep chains, and the end of the process.
#include "object_maker.h"

#include <dijitso/error.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace orc_test;

// What linked code reports, in order.
static std::string events;
extern "C" __attribute__((visibility("default"))) void orc_test_event(const char* text) {
  events += (events.empty() ? "" : " ") + std::string(text);
}

// Called by the constructor of a linked module.
static std::function<void()> during_construction;
extern "C" __attribute__((visibility("default"))) void orc_test_construct() { during_construction(); }

namespace {

const std::string event = "extern \"C\" void orc_test_event(const char*);";

// A module whose object reports its life as +name and -name.
std::string living(const std::string& name) {
  return event + "static struct Life { Life() { orc_test_event(\"+" + name + "\"); } ~Life() { orc_test_event(\"-" +
         name + "\"); } } life;";
}

std::string taken_events() { return std::exchange(events, ""); }

// Runs `body` in a child process that then calls exit(); returns its wait status.
template <class Body>
int exit_status_of(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    std::exit(17);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Destroyed later than anything that is made while tests run.
std::vector<ModulePtr> kept_until_exit;
std::shared_ptr<dijitso::orc::Session> session_kept_until_exit;

// Links when even the linker has ended, and tells a file what happened.
struct LinksAtExit {
  std::filesystem::path log;
  dijitso::SharedBytes object;

  ~LinksAtExit() {
    for (const bool own_session : {false, true}) {
      if (log.empty()) return;
      try {
        link(own_session ? new_session() : session_kept_until_exit, "late", object);
      } catch (const dijitso::LinkFailed& error) {
        std::ofstream(log, std::ios::app) << error.what() << "\n";
      }
    }
  }
} links_at_exit;

}  // namespace

TEST_CASE("constructors run at the link, destructors when the last reference goes") {
  taken_events();
  auto module = link(new_session(), "A", living("A"));
  CHECK(taken_events() == "+A");
  auto second = module;
  module.reset();
  CHECK(taken_events() == "");
  second.reset();
  CHECK(taken_events() == "-A");
}

TEST_CASE("constructors and destructors of one module run in order") {
  taken_events();
  const std::string source = event + R"(
    struct Life {
      const char* down;
      Life(const char* up, const char* down) : down(down) { orc_test_event(up); }
      ~Life() { orc_test_event(down); }
    };
    Life one("+1", "-1"), two("+2", "-2");
    __attribute__((init_priority(300))) Life early("+0", "-0");
    __attribute__((constructor)) void constructor() { orc_test_event("constructor"); }
    __attribute__((constructor(200))) void first() { orc_test_event("first"); }
    __attribute__((destructor)) void destructor() { orc_test_event("destructor"); }
    __attribute__((destructor(200))) void last() { orc_test_event("last"); })";
  for (const std::string compiler : {"g++", "clang++-22"}) {
    CAPTURE(compiler);
    auto module = link(new_session(), "A", compile(source, "-O1", compiler));
    const auto up = taken_events();
    // Compilers place a plain constructor function before or after the objects of the unit.
    CHECK((up == "first +0 constructor +1 +2" || up == "first +0 +1 +2 constructor"));
    module.reset();
    CHECK(taken_events() == "destructor last -2 -1 -0");
  }
}

TEST_CASE("inline variables are constructed before what uses them") {
  taken_events();
  const std::string source = event + R"(
    struct Life { Life(const char* text) { orc_test_event(text); } };
    template <class T> struct Of { static inline Life life{"inline"}; };
    inline Life inline_one("one"); inline Life inline_two("two"); inline Life inline_three("three");
    static Life user("user");)";
  for (const std::string compiler : {"g++", "clang++-22"}) {
    const auto module = link(new_session(), "A", compile(source, "-O1", compiler));
    CHECK(taken_events() == "one two three user");
  }
}

TEST_CASE("atexit functions and function-local objects end with their module") {
  taken_events();
  auto module = link(new_session(), "A", event + R"(
    #include <cstdlib>
    struct Life { ~Life() { orc_test_event("local"); } };
    static void at_exit() { orc_test_event("atexit"); }
    extern "C" void use() { static Life life; std::atexit(at_exit); })");
  function<void()>(module, "use")();
  CHECK(taken_events() == "");
  module.reset();
  CHECK(taken_events() == "atexit local");
}

TEST_CASE("an object may consist of constructors or destructors alone") {
  taken_events();
  link(new_session(), "A", event + "__attribute__((destructor)) static void down() { orc_test_event(\"down\"); }");
  CHECK(taken_events() == "down");
  link(new_session(), "A", event + "__attribute__((constructor)) static void up() { orc_test_event(\"up\"); }");
  CHECK(taken_events() == "up");
}

TEST_CASE("dependencies live as long as what needs them") {
  taken_events();
  auto session = new_session();
  auto d = link(session, "D", living("D") + "int d() { return 1; }");
  auto b = link(session, "B", living("B") + "int d(); int b() { return d() + 1; }", {{"D", d}});
  auto c = link(session, "C", living("C") + "int d(); int c() { return d() + 2; }", {{"D", d}});
  auto a = link(session, "A", living("A") + "int b(); int c(); extern \"C\" int a() { return b() + c(); }",
                {{"B", b}, {"C", c}});
  CHECK(taken_events() == "+D +B +C +A");
  session.reset();
  d.reset();
  b.reset();
  CHECK(taken_events() == "");
  CHECK(function<int()>(a, "a")() == 5);
  a.reset();
  CHECK(taken_events() == "-A -B");
  CHECK(c->find("_Z1cv") != nullptr);
  c.reset();
  CHECK(taken_events() == "-C -D");
}

TEST_CASE("a constructor that throws fails the link, and the same module can be linked later") {
  taken_events();
  const auto session = new_session();
  const auto source = living("before") + R"(
    #include <stdexcept>
    extern "C" void orc_test_construct();
    static int number = (orc_test_construct(), 1);
    __attribute__((destructor)) static void down() { orc_test_event("down"); }
    extern "C" int get() { return number; })";
  during_construction = [] { throw std::runtime_error("not now"); };
  CHECK_THROWS_WITH(link(session, "A", source), "module 'A' cannot be loaded: a static constructor threw: not now");
  CHECK(taken_events() == "+before -before");
  during_construction = [] { throw 42; };
  CHECK_THROWS_WITH(link(session, "A", source),
                    "module 'A' cannot be loaded: a static constructor threw: an exception of type int");
  during_construction = [] {};
  CHECK(function<int()>(link(session, "A", source), "get")() == 1);

  CHECK_THROWS_WITH(link(session, "B", "struct Own { ~Own() {} }; static int x = (throw Own(), 1);"),
                    "module 'B' cannot be loaded: a static constructor threw: an exception of type Own");
}

TEST_CASE("a constructor may link another module") {
  const auto session = new_session();
  ModulePtr inner;
  during_construction = [&] { inner = link(session, "inner", "extern \"C\" int inner() { return 3; }"); };
  const auto outer =
      link(session, "outer", "extern \"C\" void orc_test_construct(); static int x = (orc_test_construct(), 1);");
  REQUIRE(inner);
  CHECK(function<int()>(inner, "inner")() == 3);
}

TEST_CASE("constructors of two threads do not overlap") {
  const auto session = new_session();
  const auto object = compile("extern \"C\" void orc_test_construct(); static int x = (orc_test_construct(), 1);");
  int inside = 0, most = 0;  // plain: a race is what is looked for
  during_construction = [&] {
    most = std::max(most, ++inside);
    std::this_thread::yield();
    --inside;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) link(session, "m", object);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(most == 1);
}

TEST_CASE("unloaded modules give their memory back and can be loaded again") {
  const auto session = new_session();
  const auto object = compile("char large[1 << 20] = {1}; extern \"C\" int get() { return large[0]; }");
  const auto mappings = [] {
    const auto text = content("/proc/self/maps");
    return std::count(text.begin(), text.end(), '\n');
  };
  link(session, "m", object);
  const auto before = mappings();
  int wrong = 0;
  for (int i = 0; i < 1000; ++i) wrong += function<int()>(link(session, "m", object), "get")() != 1;
  CHECK(wrong == 0);
  CHECK(mappings() < before + 50);
}

TEST_CASE("chains of dependencies can be deep") {
  const auto session = new_session();
  ModulePtr last;
  constexpr int depth = 500;
  // One object serves all: each module exports what it got from the one below, plus one.
  const auto first = compile("extern \"C\" int base() { return 0; } int level = 0;");
  const auto even = compile("extern int level; int other = level + 1;");
  const auto odd = compile("extern int other; int level = other + 1;");
  last = link(session, "0", first);
  for (int i = 1; i <= depth; ++i) last = link(session, std::to_string(i), i % 2 ? even : odd, {{"below", last}});
  CHECK(*static_cast<int*>(last->find("level")) == depth);
  // Destroyed on a thread with little stack.
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 * 1024);
  pthread_t thread;
  std::weak_ptr<const dijitso::orc::LinkedModule> alive = last;
  REQUIRE(pthread_create(
              &thread, &small,
              [](void* module) -> void* {
                static_cast<ModulePtr*>(module)->reset();
                return nullptr;
              },
              &last) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&small);
  CHECK(alive.expired());
}

TEST_CASE("a process may exit with modules loaded") {
  const TempDir dir;
  const auto log = (dir / "log").string();
  const auto source = [&](const std::string& name) {
    return "#include <fcntl.h>\n#include <unistd.h>\nstatic struct Life { ~Life() { int fd = open(\"" + log +
           "\", O_WRONLY | O_APPEND | O_CREAT, 0600); write(fd, \"-" + name +
           "\", 2); close(fd); } } life; extern \"C\" int value() { return 1; }";
  };
  const auto a = compile(source("A")), b = compile(source("B")), c = compile(source("C"));

  SECTION("in static storage that is destroyed later or earlier than the linker's own") {
    const int status = exit_status_of([&] {
      session_kept_until_exit = new_session();
      kept_until_exit.push_back(link(session_kept_until_exit, "A", a));
      kept_until_exit.push_back(link(session_kept_until_exit, "B", b, {{"A", kept_until_exit.front()}}));
      static ModulePtr destroyed_early = link(session_kept_until_exit, "C", c);
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 17);
    CHECK(content(log) == "-C-B-A");
  }
  SECTION("that are leaked, with a thread using them") {
    const int status = exit_status_of([&] {
      static auto* const leaked = new ModulePtr(link(new_session(), "A", a));
      std::thread([value = function<int()>(*leaked, "value")] {
        for (volatile int sum = 0;;) sum = sum + value();
      }).detach();
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 17);
    CHECK(content(log) == "-A");
  }
}

TEST_CASE("nothing can be linked any more while the process exits") {
  const TempDir dir;
  const auto object = compile("extern \"C\" int one() { return 1; }");
  const int status = exit_status_of([&] {
    session_kept_until_exit = new_session();
    links_at_exit.object = object;
    links_at_exit.log = dir / "log";
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 17);
  const std::string refused = "the process is exiting: nothing can be linked any more\n";
  CHECK(content(dir / "log") == refused + refused);
}

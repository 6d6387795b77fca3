// Quick code and the optimised code that takes its place: what callers see, and what must stay one.
#include "tier_maker.h"

#include <dijitso/error.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>

using namespace orc_test;
using dijitso::LinkFailed;

// What linked code reports, in order.
static std::string reports;
extern "C" __attribute__((visibility("default"))) void orc_test_report(const char* text) { reports += text; }

// Of external linkage: the host's compiler must not believe that it knows all derived classes.
struct OrcTestForm {
  virtual ~OrcTestForm() = default;
  virtual int tier() = 0;
};

namespace {

// In quick code `optimised()` is false: the optimiser knows more constants than the parser.
const std::string prelude =
    "extern \"C\" void orc_test_report(const char*);\n"
    "static inline bool optimised() { int one = 1; return __builtin_constant_p(one); }\n";

const std::string simple = prelude + "extern \"C\" int tier() { return optimised(); }";

std::string taken_reports() { return std::exchange(reports, ""); }

Tiered link_quickly(const std::string& source) { return orc_test::link_quickly(new_session(), "m", prelude + source); }

int call(const ModulePtr& module, const std::string& name) { return function<int()>(module, name)(); }

template <class Action>
std::string failure_of(Action action) {
  try {
    action();
  } catch (const LinkFailed& error) {
    return error.what();
  }
  return "no LinkFailed";
}

}  // namespace

TEST_CASE("functions are replaced from the next call on, and keep their addresses") {
  const Tiered tiered = link_quickly(R"(
    extern "C" int tier() { return optimised(); }
    extern "C" int outer() { return tier(); }
    extern "C" int (*pointer_to_tier())() { return tier; }
    extern "C" int is_tier(int (*f)()) { return f == tier; }
    extern "C" { int (*table[])() = {tier}; int (*from_table())() { return table[0]; } }
    __attribute__((weak)) int weak() { return optimised(); }
    extern "C" int calls_weak() { return weak(); }
    extern "C" int second_name() __attribute__((alias("tier")));)");
  auto* const tier = function<int()>(tiered.module, "tier");
  for (const int expected : {0, 1}) {
    if (expected == 1) tiered.replace();
    for (const char* name : {"tier", "outer", "_Z4weakv", "calls_weak", "second_name"}) {
      CAPTURE(name);
      CHECK(call(tiered.module, name) == expected);
    }
    CHECK(function<int()>(tiered.module, "tier") == tier);
    CHECK(function<int (*())()>(tiered.module, "pointer_to_tier")() == tier);
    CHECK(function<int (*())()>(tiered.module, "from_table")() == tier);
    CHECK(function<int(int (*)())>(tiered.module, "is_tier")(tier) == 1);
  }
  CHECK(tiered.module->find("__dijitso_to.tier") == nullptr);
  CHECK(tiered.module->find("tier.t0") == nullptr);
}

TEST_CASE("an object that quick code made runs optimised code") {
  const Tiered tiered = link_quickly(R"(
    struct OrcTestForm { virtual ~OrcTestForm(); virtual int tier() = 0; };
    OrcTestForm::~OrcTestForm() {}
    struct Form : OrcTestForm { int tier() override; virtual int in_class() { return optimised(); } };
    int Form::tier() { return optimised(); }
    struct Last final : Form {};
    extern "C" OrcTestForm* make() { return new Last; }
    extern "C" int in_class(OrcTestForm* b) { return dynamic_cast<Last*>(b)->in_class(); }
    extern "C" int tier_of(OrcTestForm* b) { return b->tier(); }
    extern "C" void destroy(OrcTestForm* b) { delete b; })");
  auto* const before = function<OrcTestForm*()>(tiered.module, "make")();
  CHECK(before->tier() == 0);
  tiered.replace();
  CHECK(before->tier() == 1);
  auto* const after = function<OrcTestForm*()>(tiered.module, "make")();
  for (OrcTestForm* object : {before, after}) {
    CHECK(function<int(OrcTestForm*)>(tiered.module, "tier_of")(object) == 1);
    CHECK(function<int(OrcTestForm*)>(tiered.module, "in_class")(object) == 1);
    function<void(OrcTestForm*)>(tiered.module, "destroy")(object);
  }
}

TEST_CASE("functions that run when they are replaced end in quick code, and call optimised code") {
  static const Tiered* current;
  static void (*const replace)() = [] { current->replace(); };
  const Tiered tiered = link_quickly(R"(
    extern "C" int tier() { return optimised(); }
    extern "C" int around(void (*replace)()) { int before = tier(); replace(); return before * 100 + optimised() * 10 + tier(); }
    extern "C" int deep(int n, void (*replace)()) { if (n == 5) replace(); return n == 0 ? 0 : deep(n - 1, replace) * 2 + optimised(); })");
  current = &tiered;
  SECTION("once") { CHECK(function<int(void (*)())>(tiered.module, "around")(replace) == 1); }
  SECTION("in a recursion") { CHECK(function<int(int, void (*)())>(tiered.module, "deep")(8, replace) == 0b11110000); }
}

TEST_CASE("exceptions pass between quick code, optimised code and the host") {
  const Tiered tiered = link_quickly(R"(
    struct Own { int value; };
    struct Guard { ~Guard() { orc_test_report(optimised() ? "~1" : "~0"); } };
    extern "C" void throws(int i) { Guard guard; if (i) throw Own{i}; throw 5; }
    extern "C" int catches(void (*f)(int), int i) { try { Guard guard; f(i); } catch (const Own& e) { return e.value; } return 0; })");
  const auto session = tiered.session;
  auto* const throws = function<void(int)>(tiered.module, "throws");
  auto* const catches = function<int(void (*)(int), int)>(tiered.module, "catches");
  static const Tiered* current;
  static void (*thrower)(int);
  current = &tiered;
  thrower = throws;
  CHECK(catches(throws, 7) == 7);
  CHECK_THROWS_AS(throws(0), int);
  taken_reports();
  // Quick code catches what optimised code throws.
  CHECK(catches(
            [](int i) {
              current->replace();
              thrower(i);
            },
            8) == 8);
  CHECK(taken_reports() != "");
  CHECK(catches(throws, 9) == 9);
  CHECK_THROWS_AS(throws(0), int);
}

TEST_CASE("variables stay one") {
  const Tiered tiered = link_quickly(R"(
    int counter = 1;
    template <class T> struct S { static int count; };
    template <class T> int S<T>::count = 10;
    extern "C" { extern const int table[2]; const int table[2] = {1, 2}; }
    static int hidden_counter = 0;
    extern "C" int next() { return ++counter; }
    extern "C" int next_count() { return ++S<int>::count; }
    extern "C" const int* address() { return table; }
    extern "C" int next_hidden() { return ++hidden_counter; }
    extern "C" int tier() { return optimised(); })");
  auto* const counter = static_cast<int*>(tiered.module->find("counter"));
  const void* const table = function<const int*()>(tiered.module, "address")();
  CHECK(call(tiered.module, "next") == 2);
  CHECK(call(tiered.module, "next_count") == 11);
  CHECK(call(tiered.module, "next_hidden") == 1);
  tiered.replace();
  CHECK(call(tiered.module, "tier") == 1);
  CHECK(call(tiered.module, "next") == 3);
  CHECK(call(tiered.module, "next_count") == 12);
  CHECK(call(tiered.module, "next_hidden") == 2);
  CHECK(tiered.module->find("counter") == counter);
  CHECK(*counter == 3);
  CHECK(function<const int*()>(tiered.module, "address")() == table);
  CHECK(tiered.module->find("table") == table);
}

TEST_CASE("a static object of a function is made once, and destroyed once when the module goes") {
  const bool made_before = GENERATE(true, false);
  CAPTURE(made_before);
  Tiered tiered = link_quickly(R"(
    struct Life { int uses = 0; Life() { orc_test_report(optimised() ? "+1" : "+0"); } ~Life() { orc_test_report("-"); } };
    inline Life& life() { static Life one; return one; }
    struct Late { Late() { orc_test_report("+late"); } ~Late() { orc_test_report("-late"); } };
    inline void late() { static Late one; }
    extern "C" int use() { return ++life().uses; }
    extern "C" int use_late() { late(); return 0; })");
  taken_reports();
  if (made_before) CHECK(call(tiered.module, "use") == 1);
  tiered.replace();
  CHECK(call(tiered.module, "use") == 1 + made_before);
  CHECK(call(tiered.module, "use_late") == 0);
  CHECK(call(tiered.module, "use_late") == 0);
  CHECK(taken_reports() == (made_before ? "+0+late" : "+1+late"));
  tiered.module.reset();
  CHECK(taken_reports() == "-late-");
}

TEST_CASE("what static constructors made stays") {
  const Tiered tiered = link_quickly(R"(
    #include <iostream>
    #include <sstream>
    extern "C" int print() { std::ostringstream out; out << "a" << std::endl; std::cout << std::flush; return out.str().size() + optimised(); })");
  CHECK(call(tiered.module, "print") == 2);
  tiered.replace();
  CHECK(call(tiered.module, "print") == 3);
}

TEST_CASE("modules that were linked to quick code run the optimised") {
  const Tiered base =
      link_quickly("int tier() { return optimised(); } int counter = 0; int next() { return ++counter; }");
  const auto user = link(base.session, "user",
                         "int tier(); int next(); extern int counter; extern \"C\" int call() { return tier(); }"
                         "extern \"C\" int up() { counter += 10; return next(); }",
                         {{"m", base.module}});
  const Tiered both = orc_test::link_quickly(
      base.session, "both", prelude + "int tier(); extern \"C\" int sum() { return tier() * 10 + optimised(); }",
      {{"m", base.module}});
  CHECK(call(user, "call") == 0);
  CHECK(call(user, "up") == 11);
  CHECK(call(both.module, "sum") == 0);
  both.replace();
  CHECK(call(both.module, "sum") == 1);
  base.replace();
  CHECK(call(both.module, "sum") == 11);
  CHECK(call(user, "call") == 1);
  CHECK(call(user, "up") == 22);
}

TEST_CASE("a failure leaves quick code as it is") {
  const Tiered tiered = link_quickly("extern \"C\" int tier() { return optimised(); }");
  const auto missing = compile("int nowhere(); extern \"C\" int tier() { return nowhere(); }");
  CHECK(failure_of([&] { tiered.session->replace(tiered.module, missing, {}); }).find("needs 'nowhere()'") !=
        std::string::npos);
  CHECK(failure_of([&] { tiered.session->replace(tiered.module, shared({1, 2, 3}), {}); }).find("'m'") !=
        std::string::npos);
  CHECK(failure_of([&] { tiered.session->replace(tiered.module, nullptr, {}); }).find("no object") !=
        std::string::npos);
  CHECK(call(tiered.module, "tier") == 0);
  tiered.replace();
  CHECK(call(tiered.module, "tier") == 1);
  CHECK(failure_of([&] { tiered.replace(); }).find("runs no quick code") != std::string::npos);
  SECTION("as does a module that is none of quick code, or of another session") {
    const auto plain = link(tiered.session, "plain", "int f() { return 1; }");
    CHECK(failure_of([&] { tiered.session->replace(plain, tiered.optimised, {}); }).find("runs no quick code") !=
          std::string::npos);
    CHECK(failure_of([&] { new_session()->replace(tiered.module, tiered.optimised, {}); }).find("of this session") !=
          std::string::npos);
  }
}

TEST_CASE("an unknown shared symbol is not looked for elsewhere") {
  const Tiered tiered = link_quickly("extern \"C\" int tier() { return optimised(); }");
  const auto object = compile("int extra = 3; extern \"C\" int tier() { return extra; }");
  CHECK(failure_of([&] { tiered.session->replace(tiered.module, object, {"extra"}); }).find("extra") !=
        std::string::npos);
  CHECK(call(tiered.module, "tier") == 0);
}

TEST_CASE("a module may go while its code is replaced, and before and after") {
  const auto session = new_session();
  for (int i = 0; i < 20; ++i) {
    Tiered tiered = orc_test::link_quickly(session, "m", simple);
    std::thread background([session, module = tiered.module, object = tiered.optimised, names = tiered.shared_symbols] {
      session->replace(module, object, names);
    });
    tiered.module.reset();
    background.join();
  }
  {
    const Tiered never_replaced = orc_test::link_quickly(session, "m", simple);
  }
  Tiered last = orc_test::link_quickly(session, "m", simple);
  last.replace();
  CHECK(call(last.module, "tier") == 1);
}

TEST_CASE("threads that call meanwhile get either code") {
  const Tiered tiered = link_quickly(R"(
    extern "C" int tier() { return optimised(); }
    extern "C" int both() { int first = tier(); return first * 10 + tier(); })");
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const int got = call(tiered.module, "both");
        if (got != 0 && got != 1 && got != 11) ++wrong;
      }
    });
  }
  tiered.replace();
  CHECK(call(tiered.module, "both") == 11);
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("functions for the end that either code registers run at the end") {
  Tiered tiered = link_quickly(R"(
    #include <cstdlib>
    void first() { orc_test_report(optimised() ? "first1 " : "first0 "); }
    void second() { orc_test_report("second "); }
    extern "C" int register_first() { return std::atexit(first); }
    extern "C" int register_second() { return std::atexit(second); })");
  taken_reports();
  CHECK(call(tiered.module, "register_first") == 0);
  tiered.replace();
  CHECK(call(tiered.module, "register_second") == 0);
  tiered.module.reset();
  CHECK(taken_reports() == "second first1 ");
}

TEST_CASE("profilers are told of both codes") {
  dijitso::orc::SessionOptions options;
  options.perf_map = true;
  const Tiered tiered = orc_test::link_quickly(new_session(options), "m",
                                               prelude + "extern \"C\" int profiled() { return optimised(); }");
  const auto map = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  const auto lines_with = [&](const std::string& name) {
    std::ifstream in(map);
    std::string line;
    int count = 0;
    while (std::getline(in, line)) count += line.ends_with(" " + name);
    return count;
  };
  CHECK(lines_with("profiled.t0") == 1);
  CHECK(lines_with("profiled") == 1);
  tiered.replace();
  CHECK(lines_with("profiled") == 2);
  std::filesystem::remove(map);
}

TEST_CASE("destructors of optimised code run at exit") {
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string write =
        "extern \"C\" long write(int, const void*, unsigned long); struct Life { ~Life() { write(" +
        std::to_string(pipe_ends[1]) +
        ", \"bye\", 3); } }; inline Life& life() { static Life one; return one; }"
        "extern \"C\" int use() { return &life() != nullptr; }";
    static const Tiered tiered = link_quickly(write);
    tiered.replace();
    std::exit(call(tiered.module, "use") == 1 ? 0 : 1);
  }
  int status = 1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  char text[8] = {};
  CHECK(read(pipe_ends[0], text, sizeof text) == 3);
  CHECK(std::string(text) == "bye");
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

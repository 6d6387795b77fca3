// thread_local variables of linked code: each thread its own, initialisers, destructors, all models that compilers use,
// other modules' and the host's variables, and unloading.
#include "object_maker.h"

#include <dijitso/error.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

using namespace orc_test;

extern "C" {
__attribute__((visibility("default"))) std::atomic<int> orc_test_thread_objects = 0;
__attribute__((visibility("default"))) thread_local int orc_test_host_variable = 5;
}

namespace {

// The results of `action` in four threads at the same time.
template <class Action>
std::vector<int> in_threads(Action action) {
  std::vector<int> results(4);
  std::vector<std::thread> threads;
  for (int& result : results) threads.emplace_back([&result, action] { result = action(); });
  for (auto& thread : threads) thread.join();
  return results;
}

const std::string counting_object =
    "extern \"C\" int orc_test_thread_objects;"
    "struct Counted { Counted() { __atomic_add_fetch(&orc_test_thread_objects, 1, 5); }"
    "                 ~Counted() { __atomic_sub_fetch(&orc_test_thread_objects, 1, 5); } int value = 3; };"
    "static thread_local Counted counted;"
    "extern \"C\" int touch() { return counted.value++; }";

}  // namespace

TEST_CASE("every thread has its own variables") {
  const std::string source = R"(
    thread_local int exported = 5;
    static thread_local int zero;
    static thread_local long one = 1, two = 2;
    inline thread_local int shared_between_units = 4;
    template <class T> struct Holder { static thread_local T value; };
    template <class T> thread_local T Holder<T>::value = 8;
    extern "C" int next() {
      return exported++ + zero++ + int(one++) + int(two++) + shared_between_units++ + Holder<int>::value++; })";
  for (const std::string compiler : {"g++", "clang++-22"}) {
    for (const std::string flags :
         {"-O0", "-O2", "-O2 -g", "-O2 -fdata-sections", "-O2 -mcmodel=large", "-O1 -femulated-tls"}) {
      // g++ does not have the option, and its large model calls in a way that JITLink does not know.
      if (compiler == "g++" && (flags == "-O1 -femulated-tls" || flags == "-O2 -mcmodel=large")) continue;
      CAPTURE(compiler, flags);
      const auto module = link(new_session(), "m", compile(source, flags, compiler));
      auto* next = function<int()>(module, "next");
      CHECK(next() == 20);
      CHECK(next() == 26);
      CHECK(in_threads([&] { return next() + next(); }) == std::vector<int>(4, 46));
      CHECK(next() == 32);
    }
  }
}

TEST_CASE("variables have initialisers and relocated content, and are aligned") {
  const auto module = link(new_session(), "m", R"(
    #include <cstdint>
    static int start() { return 40; }
    thread_local int dynamic = start() + 2;
    static int target = 1;
    static thread_local int* pointer = &target;
    alignas(128) static thread_local char aligned[3] = {1, 2, 3};
    extern "C" int get() { return dynamic; }
    extern "C" int points_right() { return pointer == &target; }
    extern "C" int misaligned() { return int(reinterpret_cast<std::uintptr_t>(aligned) % 128) + aligned[2] - 3; })");
  CHECK(in_threads([&] { return function<int()>(module, "get")(); }) == std::vector<int>(4, 42));
  CHECK(in_threads([&] { return function<int()>(module, "points_right")(); }) == std::vector<int>(4, 1));
  CHECK(in_threads([&] { return function<int()>(module, "misaligned")(); }) == std::vector<int>(4, 0));
}

TEST_CASE("the variables of another module and of the host can be used") {
  const auto session = new_session();
  const auto owner = link(session, "B", "thread_local int counter = 1; int* own() { return &counter; }");
  const auto user = link(session, "A", R"(
    extern thread_local int counter;
    int* own();
    extern "C" { extern __thread int orc_test_host_variable; }
    extern "C" int same() { return &counter == own(); }
    extern "C" int count() { return counter++; }
    extern "C" int host() { return orc_test_host_variable++; })",
                         {{"B", owner}});
  CHECK(in_threads([&] { return function<int()>(user, "same")(); }) == std::vector<int>(4, 1));
  CHECK(in_threads([&] { return function<int()>(user, "count")() + function<int()>(user, "count")(); }) ==
        std::vector<int>(4, 3));
  orc_test_host_variable = 10;
  CHECK(function<int()>(user, "host")() == 10);
  CHECK(orc_test_host_variable == 11);
  CHECK(in_threads([&] { return function<int()>(user, "host")(); }) == std::vector<int>(4, 5));
}

TEST_CASE("find gives the variable of the calling thread") {
  const auto module = link(new_session(), "m", "thread_local int value = 6;");
  *static_cast<int*>(module->find("value")) = 7;
  CHECK(*static_cast<int*>(module->find("value")) == 7);
  CHECK(in_threads([&] { return *static_cast<int*>(module->find("value")); }) == std::vector<int>(4, 6));
}

TEST_CASE("a variable that nobody defines is a missing symbol") {
  CHECK_THROWS_WITH(
      link(new_session(), "m", "extern __thread int nowhere; int* get() { return &nowhere; }"),
      "module 'm' needs 'nowhere', which the process does not define, and it names no dependencies and no libraries");
}

TEST_CASE("objects are destroyed when their thread ends") {
  const auto module = link(new_session(), "m", counting_object);
  auto* touch = function<int()>(module, "touch");
  int seen = 0;
  std::thread([&] {
    touch();
    touch();
    seen = orc_test_thread_objects;
  }).join();
  CHECK(seen == 1);
  CHECK(orc_test_thread_objects == 0);
}

TEST_CASE("a module stays loaded until the threads that use its objects have ended") {
  auto module = link(new_session(), "m", counting_object);
  std::weak_ptr<const dijitso::orc::LinkedModule> alive = module;
  std::atomic<int> step = 0;
  std::thread thread([&, touch = function<int()>(module, "touch")] {
    touch();
    step = 1;
    while (step != 2) std::this_thread::yield();
  });
  while (step != 1) std::this_thread::yield();
  module.reset();
  CHECK_FALSE(alive.expired());
  step = 2;
  thread.join();
  CHECK(alive.expired());
  CHECK(orc_test_thread_objects == 0);
}

TEST_CASE("a static destructor may be the first to use an object of its thread") {
  const auto object = compile(counting_object + "struct Last { ~Last() { touch(); } } last;");
  int during = 0;
  std::thread([&] {
    link(new_session(), "m", object);  // and unload it at once
    during = orc_test_thread_objects;
  }).join();
  CHECK(during == 1);
  CHECK(orc_test_thread_objects == 0);
}

TEST_CASE("modules with variables can be unloaded and loaded again and again") {
  const auto session = new_session();
  const auto object = compile("static thread_local int x = 7; extern \"C\" int next() { return x++; }");
  int wrong = 0;
  for (int i = 0; i < 3000; ++i) {  // more than a process has pthread keys
    const auto module = link(session, "m", object);
    auto* next = function<int()>(module, "next");
    if (next() != 7 || next() != 8) ++wrong;
    if (i % 500 == 0 && in_threads(next) != std::vector<int>(4, 7)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("many threads use, load and unload variables at once") {
  const auto session = new_session();
  const auto object = compile("static thread_local int x = 7; extern \"C\" int next() { return x++; }");
  const auto shared = link(session, "shared", object);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const auto own = link(session, "own", object);
        if (function<int()>(shared, "next")() != 7 + i || function<int()>(own, "next")() != 7) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a host symbol that is no thread-local variable does not serve as one") {
  CHECK_THROWS_AS(link(new_session(), "m", "extern \"C\" { extern __thread int puts; } int* get() { return &puts; }"),
                  dijitso::LinkFailed);
}

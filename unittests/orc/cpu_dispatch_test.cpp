// Code that asks what the processor can do, functions that are chosen when the code is loaded, and symbols that are
// numbers.
#include "object_maker.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace orc_test;

namespace {

const std::vector<std::string> compilers = {"g++", "clang++-22"};

int call(const ModulePtr& module) { return function<int()>(module, "f")(); }

}  // namespace

#if defined(__x86_64__)
TEST_CASE("code may ask what the processor can do") {
  const std::string source = R"(
    extern "C" int f() {
      __builtin_cpu_init();
      return __builtin_cpu_supports("sse2") + 2 * (__builtin_cpu_is("intel") || __builtin_cpu_is("amd")) +
             4 * __builtin_cpu_supports("avx512f");
    })";
  __builtin_cpu_init();
  const int here = (__builtin_cpu_supports("sse2") ? 1 : 0) +
                   2 * (__builtin_cpu_is("intel") || __builtin_cpu_is("amd")) +
                   4 * (__builtin_cpu_supports("avx512f") ? 1 : 0);
  // Compilers differ in what they return for "yes".
  const std::string as_bool = "#define __builtin_cpu_supports(name) (__builtin_cpu_supports(name) ? 1 : 0)\n";
  for (const auto& compiler : compilers)
    CHECK(call(link(new_session(), "m", compile(as_bool + source, "-O1", compiler))) == here);
}

TEST_CASE("a function is chosen for the processor") {
  __builtin_cpu_init();
  const int wanted = __builtin_cpu_supports("avx2") ? 2 : 1;
  const std::string versions = R"(
    __attribute__((target("default"))) int g() { return 1; }
    __attribute__((target("avx2"))) int g() { return 2; }
    extern "C" int f() { return g(); })";
  const std::string clones = R"(
    __attribute__((target_clones("avx2", "default"))) int g(int x) { return x + 1; }
    extern "C" int f() { return g(2); })";
  CHECK(call(link(new_session(), "m", compile(versions, "-O1", "clang++-22"))) == wanted);
  CHECK(call(link(new_session(), "m", compile(clones, "-O1", "clang++-22"))) == 3);
}
#endif

TEST_CASE("a function's resolver says what it is, for this module and for others") {
  const std::string source = R"(
    static int calls = 0;
    extern "C" {
      typedef int F();
      int six() { return 6; }
      F* resolver() { ++calls; return six; }
      int chosen() __attribute__((ifunc("resolver")));
      F* address = chosen;
      int resolved() { return calls; }
      int f() { return chosen() + address() + (address == chosen); }
    }
    static int at_start = chosen();
    extern "C" int start() { return at_start; })";
  for (const auto& compiler : compilers) {
    for (const std::string flags : {"-O0", "-O2", "-O2 -g"}) {
      const auto session = new_session();
      const auto module = link(session, "m", compile(source, flags, compiler));
      CHECK(call(module) == 13);
      CHECK(function<int()>(module, "chosen")() == 6);
      CHECK(function<int()>(module, "start")() == 6);
      CHECK(function<int()>(module, "resolved")() == 1);
      const auto user = link(session, "user",
                             "extern \"C\" int chosen(); extern \"C\" int (*address)();"
                             "extern \"C\" int f() { return chosen() + (address == chosen); }",
                             {{"m", module}});
      CHECK(call(user) == 7);
    }
  }
}

TEST_CASE("a chosen function that only the module knows") {
  const std::string source = R"(
    typedef int F();
    static int six() { return 6; }
    static F* resolver() { return six; }
    static int chosen() __attribute__((ifunc("resolver")));
    int f() { return chosen(); })";
  for (const auto& compiler : compilers)
    CHECK(call(link(new_session(), "m", compile(source, "-x c -std=gnu11 -O1", compiler))) == 6);
}

TEST_CASE("a resolver that throws makes the link fail") {
  CHECK_THROWS_WITH(link(new_session(), "m", R"(
    #include <stdexcept>
    extern "C" {
      typedef int F();
      F* resolver() { throw std::runtime_error("no such processor"); }
      int f() __attribute__((ifunc("resolver")));
    })"),
                    Catch::Matchers::Contains("no such processor"));
}

TEST_CASE("symbols that are numbers keep their values") {
  const std::string source = R"(
    asm(".globl number\nnumber = 42\n local_number = 7");
    extern "C" { extern char number[], local_number[]; }
    extern "C" int f() { return (int)(long)number + (int)(long)local_number; })";
  const auto session = new_session();
  const auto module = link(session, "m", compile(source, "-O1", "clang++-22"));
  CHECK(call(module) == 49);
  CHECK(reinterpret_cast<long>(module->find("number")) == 42);
  CHECK(module->find("local_number") == nullptr);
  const auto user =
      link(session, "user", "extern \"C\" char number[]; extern \"C\" int f() { return (int)(long)number; }",
           {{"m", module}});
  CHECK(call(user) == 42);
}

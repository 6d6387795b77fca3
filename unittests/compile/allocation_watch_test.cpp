#include "compile/limits/allocation_watch.h"

#include "requests.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <stdexcept>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

TEST_CASE("allocations of a thread are looked at now and then, and no more after one was refused") {
  int looks = 0;
  AllocationWatch watch(
      [&](std::uint64_t) {
        if (++looks == 3) throw std::runtime_error("enough");
      },
      0, 0);
  const auto allocate = [&](std::uint64_t bytes) {
    const int before = looks;
    for (int i = 0; i < 1024 && looks == before; ++i) watch.note(bytes);
    return looks - before;
  };
  CHECK(allocate(1) == 1);
  CHECK(allocate(8 << 20) == 1);
  CHECK_THROWS_WITH(allocate(1), "enough");
  CHECK(allocate(1) == 0);
}

TEST_CASE("where little of the stack is left, each allocation is looked at") {
  std::uint64_t left = 0;
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  AllocationWatch watch([&](std::uint64_t stack_left) { left = stack_left; }, here - 100'000, 200'000);
  watch.note(1);
  CHECK(left > 0);
  CHECK(left <= 100'000);
}

// Nothing in these asks whether it shall stop.
TEST_CASE("a compile that does not end by itself is abandoned, and the next one is whole") {
  struct Endless {
    const char* source;
    Flags flags;
  };
  for (const Endless& endless : {
           Endless{"constexpr int f() { long s = 0; while (true) { long t = s; s = t + 1; } return 1; "
                   "}\nstatic_assert(f());\n",
                   {"-std=c++20", "-fconstexpr-steps=4294967295"}},
           Endless{"template <int N> struct A { static int f() { return A<N + 1>::f(); } };\nint a = A<0>::f();\n",
                   {"-ftemplate-depth=1000000"}},
           Endless{"template <class T, T... I> struct S {};\n__make_integer_seq<S, long, 2000000000> s;\n", {}},
       })
    for (const bool quickly : {false, true}) {
      INFO(endless.source << quickly);
      CompileRequest request = cxx_request(endless.source, endless.flags);
      request.limits.time = std::chrono::milliseconds(100);
      const CompileResult result = quickly ? compiler().compile_quickly(request).result : compiler().compile(request);
      CHECK_FALSE(result.ok);
      CHECK_THAT(result.diagnostics_text, Contains("build.compile_timeout"));
      CHECK(compile_cxx("int f() { return 1; }\n").ok);
    }
}

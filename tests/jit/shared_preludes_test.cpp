// Precompiled headers that several modules of a process need: the first one makes them before it is compiled.
#include "pch_place.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// A place with a header that is known to be shared.
struct FamilyPlace : PchPlace {
  FamilyPlace() { write_text(scratch / "include" / "ufc.h", "#pragma once\n#include <costly.h>\n"); }
};

Generate of_family(int number) { return with_headers(number, "#include <ufc.h>\n"); }

// Runs `work` in a child process, and returns how often it has precompiled headers.
std::size_t precompiled_by(const PchPlace& place, const std::function<void()>& work) {
  const fs::path trace = place.scratch / "trace.json";
  fs::remove(trace);
  REQUIRE(in_child([&] {
            ::setenv("DIJITSO_TRACE", trace.c_str(), 1);
            work();
          }) == "");
  std::size_t count = 0;
  std::ifstream file(trace);
  for (std::string line; std::getline(file, line);) count += line.starts_with("{\"name\":\"precompile\"");
  return count;
}

}  // namespace

TEST_CASE("the first module with headers of a known family makes them and uses them") {
  FamilyPlace place;
  Jit jit;
  CHECK(value(jit.jit("a", place.params, of_family(1))) == 1);
  CHECK(jit.counters().precompiled == 1);
  CHECK(pch_files(place) == 1);
  CHECK(value(jit.jit("b", place.params, of_family(2))) == 2);
  CHECK(jit.counters().precompiled == 2);
}

TEST_CASE("the first C module with FFCx's header makes the headers, which are less text than those of C++") {
  PchPlace place;
  write_text(place.scratch / "include" / "ufcx.h",
             "#pragma once\nenum { one = 1 };\n" + std::string(300'000, '\n') + "\n");
  place.params.build.language = "c";
  Jit jit;
  for (const std::string number : {"1", "2"})
    CHECK(value(jit.jit("m" + number, place.params,
                        gives("#include <ufcx.h>\nint value() { return one * " + number + "; }\n"))) ==
          std::stoi(number));
  CHECK(jit.counters().precompiled == 2);
}

TEST_CASE("modules that come while their headers are being made go on when they are made") {
  FamilyPlace place;
  for (const int jobs : {1, 2, 6}) {
    place.params.build.jobs = jobs;
    const std::string round = std::to_string(jobs);
    place.params.build.cxxflags_debug = {"-DROUND=" + round};
    place.params.build.cxxflags_opt = {"-O2", "-DROUND=" + round};
    CHECK(precompiled_by(place, [&] {
            Jit jit;
            std::vector<std::thread> threads;
            std::atomic<int> right = 0;
            for (int number = 1; number <= 6; ++number)
              threads.emplace_back([&, number] {
                right +=
                    value(jit.jit(round + "m" + std::to_string(number), place.params, of_family(number))) == number;
              });
            for (std::thread& thread : threads) thread.join();
            expect(right == 6, "wrong answers");
            expect(jit.counters().precompiled == 6, "not all used them");
          }) == 1);
  }
}

TEST_CASE("modules that need each other wait for the same headers") {
  FamilyPlace place;
  place.params.build.jobs = 2;
  Jit jit;
  const Generate inner =
      gives("#include <ufc.h>\nextern \"C\" int inner() { return 4; }\n", "extern \"C\" int inner();\n");
  const auto outer = [&](const std::string&, const std::string&, const GeneratorParams&) {
    const std::string signature = jit.jit("inner", place.params, inner).second;
    return Generated{
        "", "#include <ufc.h>\n#include <inner.h>\nextern \"C\" int value() { return inner() + 1; }\n", {signature}};
  };
  CHECK(value(jit.jit("outer", place.params, outer)) == 5);
  CHECK(jit.counters().precompiled == 2);
}

TEST_CASE("a compile with limits makes headers too") {
  FamilyPlace place;
  Params limited = place.params;
  limited.build.compile_memory = 4000;
  limited.build.compile_timeout = 1000;
  Jit jit;
  CHECK(value(jit.jit("a", limited, of_family(1))) == 1);
  CHECK(jit.counters().precompiled == 1);
}

TEST_CASE("headers that do not suit the module itself are not stored") {
  FamilyPlace place;
  write_text(place.scratch / "include" / "ufc.h", "#pragma once\n#include <costly.h>\nenum { made = costly_size };\n");
  const auto source = [](int number) { return with_headers(number, "#define costly_size 7\n#include <ufc.h>\n"); };
  CHECK(precompiled_by(place, [&] {
          Jit jit;
          jit.jit("a", place.params, source(1));
          expect(value(jit.jit("b", place.params, source(2))) == 2, "wrong answer");
          expect(jit.counters().precompiled == 2, "not used");
        }) == 2);
  CHECK(pch_files(place) == 1);
}

TEST_CASE("headers of a family that cannot be precompiled are tried once, and parsed") {
  FamilyPlace place;
  write_text(place.scratch / "include" / "ufc.h",
             "#pragma once\n#include <costly.h>\ninline const char* day() { return __DATE__; }\n");
  CHECK(precompiled_by(place, [&] {
          Jit jit;
          for (int number : {1, 2})
            expect(value(jit.jit("m" + std::to_string(number), place.params, of_family(number))) == number, "wrong");
        }) == 1);
  CHECK(pch_files(place) == 0);
}

TEST_CASE("errors are the same, whether or not the module makes its headers") {
  FamilyPlace place;
  const auto message = [&](const std::string& pch, const std::string& text) {
    Params params = place.params;
    params.build.pch = pch;
    return thrown<CompileFailed>([&] { Jit().jit("wrong", params, gives(text)); }).diagnostics();
  };
  for (const std::string text :
       {"#include <ufc.h>\nint value() { return unknown; }\n", "#include <ufc.h>\n#include <nowhere.h>\n",
        "#include <ufc.h>\n#include <broken.h>\n"}) {
    write_text(place.scratch / "include" / "broken.h", "int broken() { return unknown; }\n");
    const auto with = message("auto", text), without = message("off", text);
    REQUIRE(with.size() == without.size());
    for (std::size_t i = 0; i < with.size(); ++i) {
      CHECK(with[i].message == without[i].message);
      CHECK(with[i].file == without[i].file);
      CHECK(with[i].line == without[i].line);
    }
  }
}

TEST_CASE("a child process makes the headers that a thread of its parent was making") {
  FamilyPlace place;
  place.params.build.jobs = 2;
  std::string text = "#pragma once\n#include <costly.h>\n#include <regex>\n#include <iostream>\n#include <map>\n";
  write_text(place.scratch / "include" / "ufc.h", text);
  Jit jit;
  std::vector<std::thread> threads;
  std::atomic<int> begun = 0;
  for (const int number : {1, 2, 3})
    threads.emplace_back([&, number] {
      const auto generate = of_family(number);
      jit.jit("m" + std::to_string(number), place.params, [&](const auto&... rest) {
        ++begun;
        return generate(rest...);
      });
    });
  while (begun < 3) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the headers are being made now
  CHECK(in_child([&] {
          for (const int number : {1, 2, 3, 4}) {
            const std::string name = "m" + std::to_string(number);
            expect(value(jit.jit(name, place.params, of_family(number))) == number, "wrong answer");
          }
        }) == "");
  for (std::thread& thread : threads) thread.join();
}

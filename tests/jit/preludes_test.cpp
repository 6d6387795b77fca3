// Precompiled headers: who makes them, who uses them, and that nothing but time depends on them.
#include "pch_place.h"
#include "unittests/support/file_systems.h"

#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// A header of the user's, in a directory that is searched.
struct UserHeader {
  PchPlace place;
  UserHeader() { write(1); }
  void write(int number) {
    write_text(place.scratch / "include" / "user.h",
               "#pragma once\n#include <costly.h>\ninline int user() { return " + std::to_string(number) + "; }\n");
  }
  int ask(Jit& jit, const std::string& name) {
    return value(
        jit.jit(name, place.params, gives("#include <user.h>\nextern \"C\" int value() { return user(); }\n")));
  }
};

}  // namespace

TEST_CASE("the second module makes precompiled headers, and those that come later use them") {
  PchPlace place;
  Jit jit;
  CHECK(value(jit.jit("a", place.params, with_headers(1))) == 1);
  CHECK(jit.counters().precompiled == 0);
  CHECK(pch_files(place) == 0);
  CHECK(value(jit.jit("b", place.params, with_headers(2))) == 2);
  CHECK(jit.counters().precompiled == 1);
  CHECK(pch_files(place) == 1);
  CHECK(value(jit.jit("c", place.params, with_headers(3, "#define OTHER 1\n#include <costly.h>\n"))) == 3);
  CHECK(jit.counters().precompiled == 2);
  jit.jit("file", place.params, with_headers(3, "#line 1 \"/home/me/kernel.cpp\"\n#include <costly.h>\n"));
  CHECK(jit.counters().precompiled == 3);
  CHECK(jit.counters().compiles == 4);

  Jit later;
  CHECK(value(later.jit("d", place.params, with_headers(4))) == 4);
  CHECK(later.counters().precompiled == 1);
  CHECK(pch_files(place) == 1);
}

TEST_CASE("the second module makes precompiled headers in another process, too") {
  PchPlace place;
  for (int number = 1; number <= 3; ++number) {
    Jit jit;
    CHECK(value(jit.jit("m" + std::to_string(number), place.params, with_headers(number))) == number);
    CHECK(jit.counters().precompiled == (number == 1 ? 0 : 1));
    CHECK(pch_files(place) == (number == 1 ? 0 : 1));
  }
}

TEST_CASE("a module that cannot be compiled does not count as the first") {
  PchPlace place;
  Jit jit;
  const auto broken = [&] {
    jit.jit("a", place.params, gives("#include <costly.h>\nint value() { return wrong; }\n"));
  };
  CHECK_THROWS_AS(broken(), CompileFailed);
  jit.jit("b", place.params, with_headers(2));
  CHECK(jit.counters().precompiled == 0);
  jit.jit("c", place.params, with_headers(3));
  CHECK(jit.counters().precompiled == 1);
}

TEST_CASE("other headers, other flags: other precompiled headers") {
  PchPlace place;
  Jit jit;
  std::size_t most = 0;
  const auto ask_twice = [&](const std::string& name, const std::string& headers) {
    jit.jit(name + "1", place.params, with_headers(1, headers));
    CHECK(pch_files(place) == most);
    jit.jit(name + "2", place.params, with_headers(2, headers));
    CHECK(pch_files(place) == ++most);
  };
  ask_twice("a", "#include <costly.h>\n");
  ask_twice("b", "#include <costly.h>\n#include <string>\n");
  place.params.build.cxxflags_opt = {"-O1"};
  ask_twice("c", "#include <costly.h>\n");
}

TEST_CASE("precompiled headers that are no longer true are not used") {
  UserHeader header;
  Jit jit;
  CHECK(header.ask(jit, "a") == 1);
  CHECK(header.ask(jit, "b") == 1);
  CHECK(pch_files(header.place) == 1);
  header.write(2);
  Jit later;
  CHECK(header.ask(later, "c") == 2);  // makes those of the edited header
  CHECK(later.counters().precompiled == 1);
  CHECK(pch_files(header.place) == 2);
  CHECK(header.ask(jit, "d") == 2);
  CHECK(jit.counters().precompiled == 2);
  CHECK(pch_files(header.place) == 2);
  header.write(1);
  CHECK(header.ask(jit, "e") == 1);
  CHECK(jit.counters().precompiled == 3);
  CHECK(pch_files(header.place) == 2);
}

TEST_CASE("a module compiled with precompiled headers is built again when one of them changes") {
  UserHeader header;
  {
    Jit jit;
    header.ask(jit, "a");
    CHECK(header.ask(jit, "b") == 1);
    CHECK(jit.counters().precompiled == 1);
  }
  header.write(2);
  Jit jit;
  CHECK(header.ask(jit, "b") == 2);
  CHECK(jit.counters().disk_hits == 0);
}

TEST_CASE("a module compiled with precompiled headers is built again when a header appears that they asked for") {
  PchPlace place;
  const fs::path early = place.scratch / "include" / "early.h";
  write_text(place.scratch / "include" / "user.h",
             "#pragma once\n#include <costly.h>\n#if __has_include(<early.h>)\ninline int user() { return 2; "
             "}\n#else\ninline int user() { return 1; }\n#endif\n");
  const Generate generate = gives("#include <user.h>\nextern \"C\" int value() { return user(); }\n");
  Jit jit;
  CHECK(value(jit.jit("a", place.params, generate)) == 1);
  CHECK(value(jit.jit("b", place.params, generate)) == 1);
  CHECK(jit.counters().precompiled == 1);
  write_text(early, "");
  CHECK(value(Jit().jit("b", place.params, generate)) == 2);
  CHECK(value(jit.jit("c", place.params, generate)) == 2);
}

TEST_CASE("nothing is precompiled when little memory is left") {
  PchPlace place;
  CHECK(in_child([&] {
          Jit jit;
          jit.jit("a", place.params, gives_value(1));  // the compiler is loaded now
          std::size_t pages = 0;
          std::ifstream("/proc/self/statm") >> pages;
          const rlim_t most = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (rlim_t{500} << 20);
          const rlimit limit{most, most};
          expect(::setrlimit(RLIMIT_AS, &limit) == 0, "no limit");
          jit.jit("b", place.params, with_headers(1));
          expect(value(jit.jit("c", place.params, with_headers(2))) == 2, "wrong answer");
          expect(pch_files(place) == 0, "headers were precompiled");
        }) == "");
}

TEST_CASE("headers that are little text are not precompiled, and leave no mark") {
  PchPlace place;
  Jit jit;
  for (const char* name : {"a", "b"})
    jit.jit(name, place.params, gives("#include <stddef.h>\n#include <stdio.h>\nint value() { return 1; }\n"));
  CHECK(files_below(place.cache / "pch").empty());
  CHECK(jit.counters().precompiled == 0);
}

TEST_CASE("build.pch=off, debugging, and modules without headers make no precompiled headers") {
  PchPlace place;
  Jit jit;
  jit.jit("plain", place.params, gives_value(1));
  Params off = place.params;
  off.build.pch = "off";
  jit.jit("off", off, with_headers(1));
  Params debug = place.params;
  debug.build.debug = true;
  jit.jit("debug", debug, with_headers(1));
  CHECK(files_below(place.cache / "pch").empty());
  CHECK(jit.counters().precompiled == 0);
}

TEST_CASE("headers that warn, or are not there, are not precompiled, and the module says what is wrong") {
  PchPlace place;
  Jit jit;
  const auto missing = [&] { jit.jit("a", place.params, with_headers(1, "#include <nowhere.h>\n")); };
  CHECK_THAT(thrown<CompileFailed>(missing).what(), Contains("nowhere.h"));
  CHECK_THAT(thrown<CompileFailed>(missing).what(), Contains("nowhere.h"));
  CHECK(files_below(place.cache / "pch").empty());
}

TEST_CASE("threads share precompiled headers, and what makes them") {
  PchPlace place;
  Jit jit;
  const auto ask_all = [&](const std::string& round) {
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int number = 1; number <= 6; ++number)
      threads.emplace_back([&, number] {
        right += value(jit.jit(round + std::to_string(number), place.params, with_headers(number))) == number;
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(right == 6);
  };
  place.params.build.jobs = 2;
  ask_all("cold");  // at most two of them parse
  CHECK(pch_files(place) == 1);
  const std::uint64_t before = jit.counters().precompiled;
  ask_all("warm");
  CHECK(jit.counters().precompiled == before + 6);
  Jit later;
  std::vector<std::thread> threads;
  for (int number = 1; number <= 4; ++number)
    threads.emplace_back(
        [&, number] { later.jit("later" + std::to_string(number), place.params, with_headers(number)); });
  for (std::thread& thread : threads) thread.join();
  CHECK(later.counters().precompiled == 4);
}

TEST_CASE("headers that are configured by macros are precompiled with them") {
  PchPlace place;
  write_text(place.scratch / "include" / "configured.h",
             "#pragma once\n#include <costly.h>\n#ifdef costly_size\nenum { made = costly_size };\n#endif\n");
  const auto ask = [&](int number) {
    Jit jit;
    CHECK(value(jit.jit("m" + std::to_string(number), place.params,
                        with_headers(number, "#define costly_size 7\n#include <configured.h>\n"))) == number);
    return jit.counters().precompiled;
  };
  CHECK(ask(1) == 0);
  CHECK(ask(2) == 1);
  CHECK(files_below(place.cache / "pch").size() == 1);  // the list of headers alone was not tried
  CHECK(ask(3) == 1);
}

TEST_CASE("when the list of headers turns out not to suit, it is not kept, and the second text is made") {
  PchPlace place;
  write_text(place.scratch / "include" / "parameter.h",
             "#pragma once\n#include <costly.h>\ntemplate <int Size> struct Sized { enum { size = Size }; };\n");
  const auto unsuited = [](int number) {
    return with_headers(number, "#include <parameter.h>\n#define Size 7\n#include <vector>\n");
  };
  Jit jit;
  CHECK(value(jit.jit("a", place.params, unsuited(1))) == 1);
  CHECK(value(jit.jit("b", place.params, unsuited(2))) == 2);  // tries the list, and marks the second text
  CHECK(pch_files(place) == 0);
  Jit later;
  CHECK(value(later.jit("c", place.params, unsuited(3))) == 3);
  CHECK(later.counters().precompiled == 1);
  CHECK(pch_files(place) == 1);

  // The list is made for a module that it does suit.
  CHECK(value(later.jit("d", place.params, with_headers(4, "#include <parameter.h>\n#include <vector>\n"))) == 4);
  CHECK(later.counters().precompiled == 2);
  CHECK(pch_files(place) == 2);
}

TEST_CASE("a header that is edited between modules does not come back") {
  UserHeader header;
  Jit jit;
  for (int number = 1; number <= 4; ++number) {
    header.write(number);
    CHECK(header.ask(jit, "a" + std::to_string(number)) == number);
    header.write(10 + number);
    CHECK(header.ask(jit, "b" + std::to_string(number)) == 10 + number);
    CHECK(header.ask(jit, "c" + std::to_string(number)) == 10 + number);
  }
}

TEST_CASE("headers that cannot be precompiled are tried once, until they change") {
  PchPlace place;
  const fs::path trace = place.scratch / "t.json";
  write_text(place.scratch / "include" / "dated.h",
             "#pragma once\n#include <costly.h>\ninline const char* day() { return __DATE__; }\n");
  REQUIRE(in_child([&] {
            ::setenv("DIJITSO_TRACE", trace.c_str(), 1);
            for (const char* name : {"a", "b", "c"})
              Jit().jit(name, place.params, with_headers(1, "#include <dated.h>\n"));
          }) == "");
  std::size_t tries = 0;
  std::ifstream file(trace);
  for (std::string line; std::getline(file, line);) tries += line.starts_with("{\"name\":\"precompile\"");
  CHECK(tries == 1);
  CHECK(pch_files(place) == 0);
  write_text(place.scratch / "include" / "dated.h", "#pragma once\n#include <costly.h>\n");
  Jit jit;
  CHECK(value(jit.jit("d", place.params, with_headers(4, "#include <dated.h>\n"))) == 4);
  CHECK(jit.counters().precompiled == 1);
}

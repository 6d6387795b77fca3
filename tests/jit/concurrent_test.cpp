// Modules that are compiled while other things go on: nested requests, futures, several requests at once, and what
// happens when one of them fails.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

struct Jobs : Place {
  explicit Jobs(int jobs = 4) { params.build.jobs = jobs; }
};

// A module that adds its own number to that of a dependency.
Generated sum_of(const std::string& dependency, int number) {
  return {"",
          "int get_" + dependency + "();\nextern \"C\" int value() { return get_" + dependency + "() + " +
              std::to_string(number) + "; }\n",
          {dependency}};
}

// A module that others can use.
Generate part(const std::string& name, int number) {
  return gives("int get_" + name + "() { return " + std::to_string(number) + "; }\n" + value_source(number),
               "int get_" + name + "();\n");
}

// What every module that is used by its dependents only does when it is loaded.
std::string notes_loading(const std::string& flag_file) {
  return "#include <cstdio>\nstatic struct Note { Note() { if (FILE* f = std::fopen(\"" + flag_file +
         "\", \"a\")) { std::fputs(\"x\", f); std::fclose(f); } } } note;\n";
}

}  // namespace

TEST_CASE("what generate asks for is compiled meanwhile, and ready when the module is") {
  Jobs place;
  Jit jit;
  Library inner;
  const auto outer = jit.jit("outer", place.params, [&](auto&&...) {
    inner = jit.jit("inner", place.params, part("inner", 3)).first;
    return sum_of("inner", 4);
  });
  CHECK(value(outer) == 7);
  CHECK(value(inner) == 3);
  CHECK(jit.counters().compiles == 2);
  CHECK(jit.counters().published == 2);

  Jit later;
  CHECK(value(later.jit("outer", place.params, never)) == 7);
  CHECK(later.counters().disk_hits == 2);
}

TEST_CASE("a library can be used at once, inside generate too") {
  Jobs place;
  Jit jit;
  const auto outer = jit.jit("outer", place.params, [&](auto&&...) {
    const int inner = value(jit.jit("inner", place.params, part("inner", 3)));
    return Generated{"", value_source(inner * 10), {}};
  });
  CHECK(value(outer) == 30);
}

TEST_CASE("what was asked for is loaded when the module is, dependency or not") {
  Jobs place;
  const std::string flag_file = (place.scratch / "loaded").string();
  Jit jit;
  jit.jit("outer", place.params, [&](auto&&...) {
    jit.jit("beside", place.params, gives(notes_loading(flag_file)));
    return Generated{"", value_source(1), {}};
  });
  CHECK(read_text(flag_file) == "x");
}

TEST_CASE("the failure of a dependency is that of the module, and names both") {
  Jobs place;
  Jit jit;
  bool inner_returned = false;
  const auto ask = [&] {
    jit.jit("outer", place.params, [&](auto&&...) {
      jit.jit("inner", place.params, gives("int get_inner() { return undeclared; }\n"));
      inner_returned = true;
      return sum_of("inner", 1);
    });
  };
  const auto error = thrown<CompileFailed>(ask);
  CHECK(inner_returned);
  CHECK_THAT(error.what(), Contains("module 'outer' needs 'inner', which failed: module 'inner' does not compile"));
  CHECK_THAT(error.what(), Contains("undeclared"));
  CHECK(error.diagnostics().size() == 1);
  CHECK(fs::exists(error.files().src_filename));
  // The next time too, without compiling again what cannot be compiled.
  const auto compiles = jit.counters().compiles;
  CHECK_THAT(thrown<CompileFailed>(ask).what(), Contains("'inner' does not compile"));
  CHECK(jit.counters().compiles <= compiles + 1);
  CHECK(files_below(place.cache / "claims").empty());
}

TEST_CASE("the failure of something else that was asked for is the module's too") {
  Jobs place;
  Jit jit;
  const auto ask = [&] {
    jit.jit("outer", place.params, [&](auto&&...) {
      jit.jit("beside", place.params, gives("this is no C++"));
      return Generated{"", value_source(1), {}};
    });
  };
  CHECK_THAT(thrown<CompileFailed>(ask).what(), Contains("module 'outer' needs 'beside', which failed"));
  // The module itself has been compiled.
  CHECK(value(jit.jit("outer", place.params, never)) == 1);
}

TEST_CASE("a dependency that cannot be linked is told at the module") {
  Jobs place;
  Jit jit;
  const auto error = thrown<LinkFailed>([&] {
    jit.jit("outer", place.params, [&](auto&&...) {
      jit.jit("inner", place.params, gives("void absent();\nint get_inner() { absent(); return 1; }\n"));
      return sum_of("inner", 1);
    });
  });
  CHECK_THAT(error.what(), Contains("module 'outer' needs 'inner', which failed"));
  CHECK(error.missing_symbols() == std::vector<std::string>{"absent()"});
}

TEST_CASE("a generate that uses the library gets its failure there, and can do without it") {
  Jobs place;
  Jit jit;
  const auto outer = jit.jit("outer", place.params, [&](auto&&...) {
    CHECK_THROWS_AS(value(jit.jit("first_try", place.params, gives("this is no C++"))), CompileFailed);
    jit.jit("second_try", place.params, part("second_try", 2));
    return sum_of("second_try", 5);
  });
  CHECK(value(outer) == 7);
}

TEST_CASE("with one job, what generate asks for is ready when jit returns, and its failure thrown there") {
  Jobs place(1);
  Jit jit;
  const auto outer = jit.jit("outer", place.params, [&](auto&&...) {
    CHECK_THROWS_AS(jit.jit("inner", place.params, gives("this is no C++")), CompileFailed);
    return Generated{"", value_source(8), {}};
  });
  CHECK(value(outer) == 8);
}

TEST_CASE("jit_async returns before the compile ends") {
  Jobs place;
  Jit jit;
  const LibraryFuture future = jit.jit_async("m", place.params, gives_value(6));
  CHECK(future.signature() == "m");
  CHECK(value(future.get()) == 6);
  CHECK(future.is_ready());
  CHECK(future.get() == future.get());
  CHECK(jit.jit_async("m", place.params, never).is_ready());
  CHECK(jit.counters().compiles == 1);
}

TEST_CASE("jit_async throws what generate throws, and get what the compiler says, each time") {
  Jobs place;
  Jit jit;
  CHECK_THROWS_AS(jit.jit_async("m", place.params, never), std::logic_error);
  CHECK_THROWS_AS(jit.jit_async("m", place.params), InvalidArgument);
  const LibraryFuture future = jit.jit_async("m", place.params, gives("this is no C++"));
  CHECK_THROWS_AS(future.get(), CompileFailed);
  CHECK_THROWS_AS(future.get(), CompileFailed);
  CHECK(value(jit.jit("m", place.params, gives_value(2))) == 2);
}

TEST_CASE("a request for a module that is being compiled waits for it") {
  Jobs place;
  Jit jit;
  const LibraryFuture future = jit.jit_async("m", place.params, gives_value(6));
  CHECK(value(jit.jit("m", place.params, never)) == 6);
  CHECK(jit.jit("m", place.params, never).first == future.get());
  CHECK(jit.counters().compiles == 1);
}

TEST_CASE("nobody has to wait: what was begun is published") {
  Jobs place;
  {
    Jit jit;
    jit.jit_async("m", place.params, gives_value(6));
  }
  Jit later;
  CHECK(value(later.jit("m", place.params, never)) == 6);
}

TEST_CASE("a future may outlive its Jit, and what it was forgotten by") {
  Jobs place;
  std::optional<LibraryFuture> future;
  {
    Jit jit;
    future = jit.jit_async("m", place.params, gives_value(6));
    jit.forget();
  }
  CHECK(value(future->get()) == 6);
}

TEST_CASE("jit_many gives the libraries in the order of the requests") {
  Jobs place;
  Jit jit;
  std::vector<JitRequest> requests;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "m" + std::to_string(i);
    requests.push_back({name, place.params, part(name, i)});
  }
  requests.push_back({"last", place.params, [](auto&&...) { return sum_of("m3", 40); }});
  const auto libraries = jit.jit_many(requests);
  REQUIRE(libraries.size() == 9);
  for (int i = 0; i < 8; ++i) {
    CHECK(libraries[i].second == "m" + std::to_string(i));
    CHECK(value(libraries[i]) == i);
  }
  CHECK(value(libraries[8]) == 43);
  CHECK(jit.counters().compiles == 9);
  CHECK(jit.jit_many(requests) == libraries);
  CHECK(jit.jit_many({}).empty());
}

TEST_CASE("jit_many throws the first failure, and the others are there") {
  Jobs place;
  Jit jit;
  CHECK_THAT(thrown<CompileFailed>([&] {
               jit.jit_many({{"a", place.params, gives_value(1)},
                             {"b", place.params, gives("this is no C++")},
                             {"c", place.params, gives("nor is this")},
                             {"d", place.params, gives_value(4)}});
             }).what(),
             Contains("'b' does not compile"));
  CHECK(value(jit.jit("a", place.params, never)) == 1);
  CHECK(value(jit.jit("d", place.params, never)) == 4);
}

TEST_CASE("a chain of 60 modules that are generated inside each other") {
  Jobs place;
  Jit jit;
  const std::function<Generated(int)> link_of_chain = [&](int number) -> Generated {
    const std::string name = "c" + std::to_string(number);
    if (number == 0) return part(name, 1)(name, name, {});
    const std::string below = "c" + std::to_string(number - 1);
    jit.jit(below, place.params, [&](auto&&...) { return link_of_chain(number - 1); });
    return {"int get_" + name + "();\n",
            "#include <" + below + ".h>\nint get_" + name + "() { return get_" + below +
                "() + 1; }\nextern \"C\" int value() { return get_" + name + "(); }\n",
            {below}};
  };
  CHECK(value(jit.jit("c59", place.params, [&](auto&&...) { return link_of_chain(59); })) == 60);
  CHECK(jit.counters().compiles == 60);
}

TEST_CASE("static destructors run when the last handle goes, although the pool did the work") {
  Jobs place;
  const std::string flag_file = (place.scratch / "gone").string();
  const auto notes_end = "#include <cstdio>\nstatic struct Note { ~Note() { if (FILE* f = std::fopen(\"" + flag_file +
                         "\", \"a\")) { std::fputs(\"x\", f); std::fclose(f); } } } note;\n";
  Jit jit;
  for (int i = 1; i <= 20; ++i) {
    Library library = jit.jit("m" + std::to_string(i), place.params, gives(notes_end)).first;
    jit.forget();
    library = {};
    REQUIRE(read_text(flag_file).size() == static_cast<std::size_t>(i));
  }
}

TEST_CASE("a failure directory is where the request was made") {
  Jobs place;
  place.params.cache.fail_dir_root.reset();
  Jit jit;
  std::optional<LibraryFuture> future;
  {
    const InDirectory there(place.scratch / "there");
    future = jit.jit_async("m", place.params, gives("this is no C++"));
  }
  CHECK_THROWS_AS(future->get(), CompileFailed);
  CHECK(fs::exists(place.scratch / "there" / "jitfailure-m"));
}

TEST_CASE("warnings of a compile come on the thread that waits for it") {
  Jobs place;
  place.params.build.cxxflags.emplace_back("-fno-such-flag-for-concurrent-test");
  std::vector<std::thread::id> threads;
  log::set_log_handler([&](log::Level, std::string_view) { threads.push_back(std::this_thread::get_id()); });
  Jit jit;
  const LibraryFuture future = jit.jit_async("m", place.params, gives_value(1));
  while (!future.is_ready()) std::this_thread::yield();
  future.get();
  log::set_log_handler({});
  CHECK(threads == std::vector{std::this_thread::get_id()});
}

TEST_CASE("after a fork the child builds by itself, also what its parent was building") {
  Jobs place;
  Jit jit;
  value(jit.jit("before", place.params, gives_value(1)));
  const LibraryFuture future = jit.jit_async("during", place.params, gives("#include <iostream>\n" + value_source(2)));
  CHECK(in_child([&] {
          ::alarm(60);
          expect(value(jit.jit("after", place.params, gives_value(3))) == 3, "child cannot build");
          expect(value(future.get()) == 2, "child cannot go on");
          expect(value(jit.jit("during", place.params, never)) == 2, "child cannot ask again");
        }) == "");
  CHECK(value(future.get()) == 2);
}

// The waits in a trace, which need somebody to wait for; what else is in it, tests/debug/trace_test.py looks at.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

void wait_until(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// How often the file has an event of this name for the module "m".
std::size_t events(const fs::path& trace, const std::string& name) {
  std::size_t found = 0;
  std::ifstream file(trace);
  for (std::string line; std::getline(file, line);)
    found += line.starts_with("{\"name\":\"" + name + "\",\"ph\":\"X\"") &&
             line.find("\"args\":{\"signature\":\"m\"}}") != line.npos;
  return found;
}

}  // namespace

TEST_CASE("a trace shows who waited for another thread of the process") {
  Place place;
  const fs::path trace = place.scratch / "t.json";
  REQUIRE(in_child([&] {
            ::setenv("DIJITSO_TRACE", trace.c_str(), 1);
            Jit jit;
            std::thread other;
            const auto generate = [&](auto&&...) {
              other = std::thread([&] { jit.jit("m", place.params, never); });
              wait_until([&] { return jit.counters().waits == 1; });
              return Generated{"", value_source(1), {}};
            };
            jit.jit("m", place.params, generate);
            other.join();
          }) == "");
  CHECK(events(trace, "inflight wait") == 1);
  CHECK(events(trace, "claim wait") == 0);
  CHECK(events(trace, "generate") == 1);
}

TEST_CASE("a trace shows who waited for another process") {
  Place place;
  const fs::path trace = place.scratch / "t.json", generating = place.scratch / "generating",
                 waiting = place.scratch / "waiting";
  Child builder([&] {
    Jit().jit("m", place.params, [&](auto&&...) {
      write_text(generating, "");
      wait_until([&] { return fs::exists(waiting); });
      return Generated{"", value_source(1), {}};
    });
  });
  CHECK(in_child([&] {
          ::setenv("DIJITSO_TRACE", trace.c_str(), 1);
          log::set_log_level(log::Level::info);
          log::set_log_handler([&](auto, std::string_view text) {
            if (text.starts_with("waiting for")) write_text(waiting, "");
          });
          wait_until([&] { return fs::exists(generating); });
          expect(value(Jit().jit("m", place.params, never)) == 1, "wrong");
        }) == "");
  CHECK(builder.finish() == "");
  CHECK(events(trace, "claim wait") == 1);
  CHECK(events(trace, "inflight wait") == 0);
  CHECK(events(trace, "generate") == 0);
  CHECK(events(trace, "link") == 1);
}

TEST_CASE("a handler that is told of an unusable trace may call jit") {
  Place place;
  CHECK(in_child([&] {
          ::setenv("DIJITSO_TRACE", (place.scratch / "none" / "t.json").c_str(), 1);
          int warnings = 0;
          log::set_log_handler([&](auto, std::string_view text) {
            expect(text.starts_with("DIJITSO_TRACE has no effect: cannot create '"), std::string(text));
            ++warnings;
            jit("inner", place.params, gives_value(1));
          });
          expect(value(jit("m", place.params, gives_value(2))) == 2, "wrong");
          Jit another;
          another.jit("m", place.params, never);
          expect(warnings == 1, std::to_string(warnings) + " warnings");
        }) == "");
}

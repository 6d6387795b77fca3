#include "support/trace.h"

#include "support/file_systems.h"
#include "support/scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using namespace std::chrono_literals;
using trace::Span;
using Json = nlohmann::json;

namespace {

// The events of a file, whose end may be missing.
std::vector<Json> events_in(const fs::path& file) {
  const std::string text = read_text(file);
  if (!text.ends_with("}}")) throw std::runtime_error("no whole lines: " + text);
  return Json::parse(text + "]").get<std::vector<Json>>();
}

std::vector<Json> of_kind(const std::vector<Json>& events, const std::string& kind) {
  std::vector<Json> found;
  for (const Json& event : events)
    if (event.at("ph") == kind) found.push_back(event);
  return found;
}

std::vector<std::string> signatures_in(const fs::path& file) {
  std::vector<std::string> signatures;
  for (const Json& event : of_kind(events_in(file), "X")) signatures.push_back(event.at("args").at("signature"));
  return signatures;
}

// A trace begins once in a process, so each test has one of its own.
void start(const fs::path& file) {
  const auto reason = trace::start(file.string());
  expect(!reason, reason.value_or(""));
}

std::string refused(const fs::path& file) {
  return in_child([&] {
    const auto reason = trace::start(file.string());
    {
      const Span span("lookup", "m");
    }
    expect(reason && !trace::is_on, "it was accepted");
    throw std::runtime_error(*reason);
  });
}

}  // namespace

TEST_CASE("without a file nothing is traced", "[trace]") {
  CHECK(in_child([] {
          expect(!trace::start("") && !trace::is_on, "it began");
          const Span span("lookup", "m");
        }) == "");
}

TEST_CASE("an event is a line with its time, process, thread and module", "[trace]") {
  const Scratch scratch;
  const fs::path file = scratch / "t.json";
  const auto before = trace::Clock::now();
  Child child([&] {
    start(file);
    const Span outer("generate", "form_1");
    {
      const Span inner("lookup", "a \"quoted\\\n\xff name");
    }
    trace::record("frontend", "m", trace::Clock::time_point(1'234'567ns), trace::Clock::time_point(2'234'577ns));
  });
  const int pid = child.pid();
  REQUIRE(child.finish() == "");
  const auto after = trace::Clock::now();
  const std::vector<Json> events = events_in(file);
  REQUIRE(events.size() == 5);
  CHECK(events[0].dump() == Json({{"name", "process_name"},
                                  {"ph", "M"},
                                  {"pid", pid},
                                  {"tid", pid},
                                  {"args", {{"name", program_invocation_short_name}}}})
                                .dump());
  CHECK(events[1].at("name") == "thread_name");
  CHECK(events[1].at("args").at("name") == "main");
  const Json &inner = events[2], outer = events[4];
  CHECK(inner.at("args").at("signature") == "a \"quoted\\?? name");
  CHECK(outer.at("name") == "generate");
  CHECK(outer.at("args").at("signature") == "form_1");
  for (const Json& event : {inner, outer}) {
    CHECK((event.at("ph") == "X" && event.at("pid") == pid && event.at("tid") == pid && event.at("cat") == "dijitso"));
    CHECK(event.at("dur") >= 0.0);
  }
  CHECK(outer.at("ts") <= inner.at("ts"));
  CHECK(outer.at("ts").get<double>() + outer.at("dur").get<double>() >=
        inner.at("ts").get<double>() + inner.at("dur").get<double>());
  const auto us = [](trace::Clock::time_point time) {
    return std::chrono::duration<double, std::micro>(time.time_since_epoch()).count();
  };
  CHECK(outer.at("ts") >= us(before) - 1);
  CHECK(outer.at("ts") <= us(after) + 1);
  CHECK((events[3].at("ts") == 1234.567 && events[3].at("dur") == 1000.01));
  CHECK((fs::status(file).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(names_in(scratch.path()) == std::vector<std::string>{"t.json"});
}

TEST_CASE("threads write whole lines, and are named", "[trace]") {
  const Scratch scratch;
  const fs::path file = scratch / "t.json";
  constexpr int threads = 8, spans = 200;
  REQUIRE(in_child([&] {
            start(file);
            std::vector<std::thread> all;
            for (int i = 0; i < threads; ++i)
              all.emplace_back([i] {
                if (i % 2) trace::name_thread("odd");
                const std::string name = "m" + std::string(20, 'x');
                for (int j = 0; j < spans; ++j) const Span span("lookup", name);
              });
            for (std::thread& thread : all) thread.join();
          }) == "");
  const std::vector<Json> events = events_in(file);
  CHECK(of_kind(events, "X").size() == threads * spans);
  std::multiset<std::string> names;
  for (const Json& event : of_kind(events, "M")) names.insert(event.at("args").at("name"));
  CHECK(names.count("odd") == threads / 2);
  CHECK(names.count("thread") == threads / 2);
  std::set<int> numbers;
  for (const Json& event : of_kind(events, "X")) numbers.insert(event.at("tid").get<int>());
  CHECK(numbers.size() == threads);
}

TEST_CASE("a child of a fork is another process, and repeats nothing", "[trace]") {
  const Scratch scratch;
  const fs::path file = scratch / "t.json";
  REQUIRE(in_child([&] {
            start(file);
            {
              const Span span("lookup", "parent");
            }
            expect(in_child([] { const Span span("lookup", "child"); }).empty(), "the child failed");
            const Span span("lookup", "parent again");
          }) == "");
  CHECK(signatures_in(file) == std::vector<std::string>{"parent", "child", "parent again"});
  const std::vector<Json> events = events_in(file);
  CHECK(of_kind(events, "M").size() == 4);
  std::set<int> pids;
  for (const Json& event : events) pids.insert(event.at("pid").get<int>());
  CHECK(pids.size() == 2);
}

TEST_CASE("processes that begin at once share one file", "[trace]") {
  const Scratch scratch;
  const fs::path file = scratch / "t.json";
  constexpr int processes = 8, spans = 100;
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < processes; ++i)
    children.push_back(std::make_unique<Child>([&] {
      start(file);
      for (int j = 0; j < spans; ++j) const Span span("lookup", "m");
    }));
  for (const auto& child : children) CHECK(child->finish() == "");
  const std::vector<Json> events = events_in(file);
  CHECK(of_kind(events, "X").size() == processes * spans);
  CHECK(of_kind(events, "M").size() == processes * 2);
  CHECK(names_in(scratch.path()) == std::vector<std::string>{"t.json"});
}

TEST_CASE("a process that is killed leaves what has ended", "[trace]") {
  const Scratch scratch;
  const fs::path file = scratch / "t.json";
  CHECK(in_child([&] {
          start(file);
          {
            const Span span("lookup", "m");
          }
          const Span span("link", "m");
          ::kill(::getpid(), SIGKILL);
        }) != "");
  CHECK(signatures_in(file).size() == 1);
}

TEST_CASE("the name of the file tells processes apart on request", "[trace]") {
  CHECK(trace::file_name("/a/t.json", 7, "3") == "/a/t.json");
  CHECK(trace::file_name("t-%p-%r.json", 7, "3") == "t-7-3.json");
  CHECK(trace::file_name("%%p%x%", 7, "3") == "%p%x%");
  const Scratch scratch;
  REQUIRE(in_child([&] {
            ::setenv("OMPI_COMM_WORLD_RANK", "5", 1);
            start(scratch / "t%r.json");
            const Span span("lookup", "m");
          }) == "");
  const std::vector<Json> events = events_in(scratch / "t5.json");
  CHECK(events[0].at("args").at("name") == std::string(program_invocation_short_name) + ", rank 5");
}

TEST_CASE("a file that cannot be used is a reason, and stays as it is", "[trace]") {
  const Scratch scratch;
  CHECK_THAT(refused(scratch / "none" / "t.json"), Catch::Contains("cannot create '" + (scratch / "none").string()));
  CHECK_THAT(refused(scratch.path()), Catch::Contains("cannot write"));
  write_text(scratch / "precious", "[1, 2]\n");
  CHECK_THAT(refused(scratch / "precious"), Catch::Contains("exists and is no trace: remove it, or give another name"));
  CHECK(read_text(scratch / "precious") == "[1, 2]\n");
  write_text(scratch / "empty", "");
  CHECK_THAT(refused(scratch / "empty"), Catch::Contains("is no trace"));
  write_text(scratch / "trace", "[\n");
  fs::create_symlink(scratch / "trace", scratch / "link");
  CHECK_THAT(refused(scratch / "link"), Catch::Contains("is a symbolic link, which is not followed"));
  if (::geteuid() == 0) {  // only root can give a file away
    REQUIRE(::chown((scratch / "trace").c_str(), 4711, 4711) == 0);
    CHECK_THAT(refused(scratch / "trace"), Catch::Contains("is no trace"));
  }
  CHECK(read_text(scratch / "trace") == "[\n");
  REQUIRE(::mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK_THAT(refused(scratch / "fifo"), Catch::Contains("is no trace"));
}

TEST_CASE("a trace whose file is full, or closed by the program, ends with one warning", "[trace]") {
  const Scratch scratch;
  // What was warned of when two events follow what `spoil` does to a trace that has begun.
  const auto warning_of = [](const fs::path& file, const std::function<void()>& spoil) {
    start(file);
    {
      const Span span("lookup", "first");
    }
    const Warnings warnings;
    spoil();
    for (int i = 0; i < 2; ++i) const Span span("lookup", std::string_view("second"));
    expect(!trace::is_on, "it goes on");
    throw std::runtime_error(warnings.only());
  };
  const fs::path file = scratch / "t.json", other = scratch / "other";
  const std::string closed = in_child([&] {
    warning_of(file, [&] {
      for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code ignored;
        if (fs::read_symlink(entry.path(), ignored) != file) continue;
        const int number = std::stoi(entry.path().filename()), mine = ::open(other.c_str(), O_CREAT | O_WRONLY, 0600);
        ::dup2(mine, number);
        break;
      }
    });
  });
  CHECK(closed == "the trace '" + file.string() + "' ends here: the program has closed it");
  CHECK(fs::file_size(other) == 0);
  CHECK(signatures_in(file) == std::vector<std::string>{"first"});

  fs::create_directory(scratch / "small");
  const fs::path small = scratch / "small" / "t.json";
  const std::string full = in_child([&] {
    mount_small(scratch / "small", "8k");
    warning_of(small, [] {
      for (int i = 0; i < 1000 && trace::is_on; ++i) const Span span("lookup", "m");
    });
  });
  CHECK_THAT(full, Catch::Contains("the trace '" + small.string() + "' ends here: "));
}

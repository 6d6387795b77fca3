#include <dijitso/error.h>
#include <dijitso/log.h>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace dijitso;
using log::Level;

namespace {

// Puts level and handler back.
struct Restore {
  Level level = log::get_logger().level();
  log::Handler handler = log::get_log_handler();
  ~Restore() {
    log::set_log_level(level);
    log::set_log_handler(handler);
  }
};

struct Received {
  Level level;
  std::string text;
  bool operator==(const Received&) const = default;
};

// Runs `action` with standard error connected to `descriptor`.
template <class Action>
void with_standard_error(int descriptor, Action action) {
  std::fflush(stderr);
  const int old = dup(STDERR_FILENO);
  dup2(descriptor, STDERR_FILENO);
  action();
  std::fflush(stderr);
  dup2(old, STDERR_FILENO);
  close(old);
}

template <class Action>
std::string standard_error_of(Action action) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  with_standard_error(ends[1], action);
  close(ends[1]);
  std::string text;
  char buffer[256];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  return text;
}

// What a terminal shows of `action`; the output must be one line.
template <class Action>
std::string terminal_output_of(Action action) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(master >= 0);
  REQUIRE((grantpt(master) == 0 && unlockpt(master) == 0));
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  REQUIRE(slave >= 0);
  with_standard_error(slave, action);
  std::string text;
  char c = 0;
  while (text.find('\n') == std::string::npos && read(master, &c, 1) == 1) text += c;
  close(slave);
  close(master);
  return text;
}

}  // namespace

TEST_CASE("messages below the level are dropped", "[log]") {
  const Restore restore;
  std::vector<Received> received;
  log::set_log_handler([&](Level level, std::string_view text) { received.push_back({level, std::string(text)}); });
  const auto send_all = [] {
    log::get_logger().debug("d");
    log::get_logger().info("i");
    log::get_logger().warning("w");
    log::get_logger().error("e");
  };
  const std::vector<Received> all{{Level::debug, "d"}, {Level::info, "i"}, {Level::warning, "w"}, {Level::error, "e"}};
  const Level levels[] = {Level::debug, Level::info, Level::warning, Level::error};
  for (std::size_t i = 0; i < 4; ++i) {
    log::set_log_level(levels[i]);
    received.clear();
    send_all();
    CHECK(received == std::vector<Received>(all.begin() + static_cast<std::ptrdiff_t>(i), all.end()));
    CHECK(log::get_logger().level() == levels[i]);
  }
  set_log_level(41);  // above all of them
  received.clear();
  send_all();
  CHECK(received.empty());
}

TEST_CASE("the level can be given by name or number", "[log]") {
  const Restore restore;
  for (const auto& [name, level] : {std::pair{"DEBUG", Level::debug}, std::pair{"Info", Level::info},
                                    std::pair{"warning", Level::warning}, std::pair{"ERROR", Level::error}}) {
    log::set_log_level(name);
    CHECK(log::get_logger().level() == level);
    log::set_log_level(0);
    log::set_log_level(static_cast<int>(level));
    CHECK(log::get_logger().level() == level);
  }
  for (const char* bad : {"", "WARN", "30", "debug "}) CHECK_THROWS_AS(log::set_log_level(bad), InvalidArgument);
  CHECK_THROWS_WITH(log::set_log_level("loud"), "unknown log level 'loud': use DEBUG, INFO, WARNING or ERROR");
  CHECK(log::get_logger().level() == Level::error);
}

TEST_CASE("there is one logger, and its level is WARNING at first", "[log]") {
  CHECK(&log::get_logger() == &log::get_logger());
  CHECK(log::get_logger().level() == Level::warning);
}

TEST_CASE("without a handler messages are short lines on standard error", "[log]") {
  const Restore restore;
  log::set_log_handler({});
  CHECK_FALSE(log::get_log_handler());
  log::set_log_level(Level::debug);
  CHECK(standard_error_of([] {
          log::get_logger().debug("one");
          log::get_logger().info("two {} %s \\");
          log::get_logger().warning("three");
          log::get_logger().error("");
          log::get_logger().log(static_cast<Level>(45), "five");
        }) ==
        "dijitso: debug: one\ndijitso: info: two {} %s \\\ndijitso: warning: three\ndijitso: error: \n"
        "dijitso: error: five\n");
}

TEST_CASE("the level is coloured on a terminal unless NO_COLOR is set", "[log]") {
  const Restore restore;
  log::set_log_handler({});
  const char* old = std::getenv("NO_COLOR");
  const std::string saved = old ? old : "";
  const auto warn = [] { log::get_logger().warning("text"); };
  unsetenv("NO_COLOR");
  const std::string coloured = terminal_output_of(warn);
  CHECK_THAT(coloured,
             Catch::StartsWith("dijitso: \033[") && Catch::Contains("warning\033[") && Catch::EndsWith(": text\r\n"));
  setenv("NO_COLOR", "1", 1);
  CHECK(terminal_output_of(warn) == "dijitso: warning: text\r\n");
  setenv("NO_COLOR", "", 1);
  CHECK(terminal_output_of(warn) == coloured);
  if (old)
    setenv("NO_COLOR", saved.c_str(), 1);
  else
    unsetenv("NO_COLOR");
}

TEST_CASE("a handler replaces standard error until it is taken away", "[log]") {
  const Restore restore;
  int first = 0, second = 0;
  const std::string output = standard_error_of([&] {
    log::set_log_handler([&](Level, std::string_view) { ++first; });
    CHECK(log::get_log_handler());
    log::get_logger().warning("a");
    log::set_log_handler([&](Level, std::string_view) { ++second; });
    log::get_logger().warning("b");
    log::set_log_handler({});
    log::get_logger().warning("c");
  });
  CHECK(first == 1);
  CHECK(second == 1);
  CHECK(output == "dijitso: warning: c\n");
}

TEST_CASE("an exception of a handler is swallowed, and the next message arrives", "[log]") {
  const Restore restore;
  int calls = 0;
  log::set_log_handler([&](Level, std::string_view) {
    ++calls;
    throw std::runtime_error("no");
  });
  CHECK_NOTHROW(log::get_logger().error("a"));
  CHECK_NOTHROW(log::get_logger().error("b"));
  CHECK(calls == 2);
}

TEST_CASE("what a handler logs goes to standard error, and it may replace itself", "[log]") {
  const Restore restore;
  int calls = 0;
  const std::string output = standard_error_of([&] {
    log::set_log_handler([&](Level, std::string_view) {
      ++calls;
      log::get_logger().warning("from the handler");
      log::set_log_handler({});
    });
    log::get_logger().warning("first");
    log::get_logger().warning("second");
  });
  CHECK(calls == 1);
  CHECK(output == "dijitso: warning: from the handler\ndijitso: warning: second\n");
}

TEST_CASE("many threads: every message arrives once, one at a time", "[log]") {
  const Restore restore;
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};
  std::vector<int> counts(4, 0);  // no lock: the logger calls the handler from one thread at a time
  log::set_log_handler([&](Level, std::string_view text) {
    if (inside.fetch_add(1) != 0) overlapped = true;
    ++counts[static_cast<std::size_t>(text[0] - '0')];
    inside.fetch_sub(1);
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 500; ++i) log::get_logger().warning(std::to_string(t));
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(counts == std::vector<int>(4, 500));
  CHECK_FALSE(overlapped);
}

TEST_CASE("nobody waits for a handler that another thread is in", "[log]") {
  const Restore restore;
  std::promise<void> entered, second_logged;
  std::vector<std::string> received;
  log::set_log_handler([&](Level, std::string_view text) {
    received.emplace_back(text);
    if (received.size() > 1) return;
    entered.set_value();
    second_logged.get_future().wait();  // would never come if the other thread had to wait for this one
  });
  std::thread first([] { log::get_logger().warning("one"); });
  entered.get_future().wait();
  log::get_logger().warning("two");
  second_logged.set_value();
  first.join();
  CHECK(received == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a handler that takes itself away is destroyed while the log is free", "[log]") {
  const Restore restore;
  std::future<void> other_thread;
  auto status = std::future_status::deferred;
  std::shared_ptr<void> captured(nullptr, [&](void*) {
    other_thread = std::async(std::launch::async, [] { log::get_log_handler(); });
    status = other_thread.wait_for(std::chrono::seconds(10));
  });
  log::set_log_handler([captured](Level, std::string_view) { log::set_log_handler({}); });
  captured.reset();
  log::get_logger().warning("one");
  CHECK(status == std::future_status::ready);
}

TEST_CASE("a thread that ends in the handler does not stop the log", "[log]") {
  const Restore restore;
  std::atomic<int> calls{0};
  log::set_log_handler([&](Level, std::string_view text) {
    ++calls;
    if (text == "end") pthread_exit(nullptr);
  });
  pthread_t thread;
  REQUIRE(pthread_create(
              &thread, nullptr,
              [](void*) -> void* {
                log::get_logger().warning("end");
                return nullptr;
              },
              nullptr) == 0);
  pthread_join(thread, nullptr);
  log::get_logger().warning("next");
  CHECK(calls == 2);
}

TEST_CASE("a child process logs although a thread of its parent was in the handler", "[log]") {
  const Restore restore;
  std::promise<void> entered, finished;
  log::set_log_handler([&](Level, std::string_view) {
    entered.set_value();
    finished.get_future().wait();
  });
  std::thread in_handler([] { log::get_logger().warning("one"); });
  entered.get_future().wait();
  log::get_logger().warning("queued in the parent");
  const std::string output = standard_error_of([] {
    const pid_t child = fork();
    if (child == 0) {
      log::set_log_handler({});
      log::get_logger().warning("from the child");
      _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  });
  log::set_log_handler({});
  const std::string rest = standard_error_of([&] {
    finished.set_value();
    in_handler.join();
  });
  CHECK(output == "dijitso: warning: from the child\n");
  CHECK(rest == "dijitso: warning: queued in the parent\n");
}

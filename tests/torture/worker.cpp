// What the torture suites run, kill and make fail. Exit code: 0 the right values, 2 a dijitso::Error, of which one line
// is printed, 3 any other exception, 4 a wrong value. The last line on standard output is JSON.
//   torture_worker module NAME             a module with a dependency, called once
//   torture_worker headers FILE            three modules that include this file, for which it is precompiled
//   torture_worker use COUNT SEED THREADS  asks for random modules of twenty, and forgets them now and then
//   torture_worker mix SEED CHILDREN END   threads use modules while the process forks children that do so too. Then it
//                                          ends: "joins" its threads first, or "exits" while they go on, or another
//                                          thread calls exit() ("thread-exits"), when the main thread may have ended
//                                          ("main-thread-ends")
//   torture_worker drop MODULES ROUNDS     loads that many modules and drops them, again and again; what the process
//                                          holds after the first round and after the last
// The cache is $DIJITSO_CACHE_DIR, the way of loading $DIJITSO_CACHE_LIB_LOADER.

#include <dijitso/jit.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace dijitso;

enum Answer { right = 0, failed = 2, unknown_exception = 3, wrong = 4 };

// Calls the function that may throw, and says how it went.
template <class Function>
Answer answer_of(const Function& function) {
  try {
    return function() ? right : wrong;
  } catch (const Error& error) {
    std::cout << "error: " << error.what() << std::endl;
    return failed;
  } catch (const std::exception& error) {
    std::cout << "exception: " << error.what() << std::endl;
    return unknown_exception;
  }
}

void ask_for_base(const Params& params) {
  jit("base", params, [](auto&&...) {
    return Generated{"extern \"C\" int base();\n", "extern \"C\" int base() { return 1000; }\n", {}};
  });
}

bool module_is_right(const Params& params, const std::string& name, int value, const std::string& headers = "") {
  const Library library = jit(name, params, [&](auto&&...) {
                            ask_for_base(params);
                            const std::string declaration = "extern \"C\" int get_" + name + "()";
                            return Generated{declaration + ";\n",
                                             headers + "#include <base.h>\n" + declaration + " { return base() + " +
                                                 std::to_string(value) + "; }\n",
                                             {"base"}};
                          }).first;
  return library.function<int()>("get_" + name)() == 1000 + value;
}

bool use(const Params& params, int count, unsigned seed) {
  std::mt19937 random(seed);
  bool all_right = true;
  for (int i = 0; i < count; ++i) {
    const int number = static_cast<int>(random() % 20);
    all_right = module_is_right(params, "m" + std::to_string(number), number) && all_right;
    if (random() % 3 == 0) default_jit().forget();
  }
  return all_right;
}

Answer use_in_threads(const Params& params, int count, unsigned seed, int threads) {
  std::atomic<int> worst = right;
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i)
    running.emplace_back([&, i] {
      const int answer = answer_of([&] { return use(params, count, seed + static_cast<unsigned>(i)); });
      for (int known = worst; known < answer && !worst.compare_exchange_weak(known, answer);) {
      }
    });
  for (std::thread& thread : running) thread.join();
  return static_cast<Answer>(worst.load());
}

std::atomic<bool> are_stopped{false}, may_fail{false};

// What goes wrong ends the process. Once that ends anyway, nothing can be linked any more.
void use_until_stopped(const Params& params, unsigned seed) {
  for (; !are_stopped; ++seed) {
    const Answer answer = answer_of([&] { return use(params, 8, seed); });
    if (answer == failed && may_fail) return;
    if (answer != right) ::_exit(answer);
  }
}

std::vector<std::thread> start_threads(const Params& params, unsigned seed) {
  std::vector<std::thread> threads;
  for (unsigned i = 1; i <= 2; ++i) threads.emplace_back(use_until_stopped, std::cref(params), seed + 1000 * i);
  return threads;
}

void leave_running(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.detach();
  may_fail = true;
}

// A child: of three, one ends without its functions of atexit(), one with them, and one while threads of its own go on.
[[noreturn]] void be_child(const Params& params, unsigned seed) {
  ::alarm(100);
  std::vector<std::thread> threads;
  if (seed % 3 == 0) threads = start_threads(params, seed);
  const Answer answer = answer_of([&] { return use(params, 8, seed); });
  if (seed % 3 == 1) ::_exit(answer);
  leave_running(threads);
  std::exit(answer);
}

// Some children at the same time; the worst of their answers. One that hangs is killed, which is none.
int use_in_children(const Params& params, unsigned seed, int count) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child == 0) be_child(params, seed + static_cast<unsigned>(i));
    children.push_back(child);
    ::usleep((seed + static_cast<unsigned>(i)) % 7 * 1000);
  }
  int worst = right;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) std::cout << "a child ended with status " << status << std::endl;
    worst = std::max(worst, WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(unknown_exception));
  }
  return worst;
}

Answer mix(const Params& params, unsigned seed, int children, const std::string& end) {
  std::vector<std::thread> threads = start_threads(params, seed);
  const auto answer = static_cast<Answer>(use_in_children(params, seed, children));
  if (end == "joins") {
    are_stopped = true;
    for (std::thread& thread : threads) thread.join();
    return answer;
  }
  leave_running(threads);
  if (end == "exits") std::exit(answer);
  std::thread ending([answer, waits = end == "main-thread-ends"] {
    if (waits) ::usleep(20'000);
    std::exit(answer);
  });
  if (end == "thread-exits") ending.join();
  ending.detach();
  ::pthread_exit(nullptr);
}

// What a process holds, as the kernel counts it.
struct Held {
  long mappings = 0, descriptors = 0, resident_kb = 0;
};

Held held_now() {
  Held held;
  std::string line;
  for (std::ifstream maps("/proc/self/maps"); std::getline(maps, line);) ++held.mappings;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++held.descriptors;
  long pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  held.resident_kb = pages * (::sysconf(_SC_PAGESIZE) / 1024);
  return held;
}

std::string as_json(const Held& held) {
  return "{\"mappings\": " + std::to_string(held.mappings) + ", \"descriptors\": " + std::to_string(held.descriptors) +
         ", \"resident_kb\": " + std::to_string(held.resident_kb) + "}";
}

bool load_and_drop(const Params& params, int modules, int rounds) {
  bool all_right = true;
  Held first;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < modules; ++i) all_right = module_is_right(params, "m" + std::to_string(i), i) && all_right;
    default_jit().wait_for_background();
    default_jit().forget();
    // The compiles of the first round leave what the compiler keeps; from the second on there are only loads.
    if (round == 1) first = held_now();
  }
  std::cout << "{\"first\": " << as_json(first) << ", \"last\": " << as_json(held_now()) << "}" << std::endl;
  return all_right;
}

void print_counters() {
  const Counters c = default_jit().counters();
  std::cout << "{\"disk_hits\": " << c.disk_hits << ", \"compiles\": " << c.compiles << ", \"waits\": " << c.waits
            << ", \"quarantined\": " << c.quarantined << ", \"published\": " << c.published
            << ", \"fallbacks\": " << c.fallbacks << ", \"precompiled\": " << c.precompiled << "}" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto argument = [&](std::size_t place) { return place < arguments.size() ? arguments[place] : "0"; };
  const auto number = [&](std::size_t place) { return std::atoi(argument(place).c_str()); };
  ::access("/dijitso-torture-begins", F_OK);  // which strace sees: what came before is the start of any program
  const std::string command = argument(0);
  const Answer answer = [&] {
    if (command == "mix") {
      const auto& params = *new Params(validate_params({}));  // which threads use to the very end
      return mix(params, static_cast<unsigned>(number(1)), number(2), argument(3));
    }
    if (command == "use") {
      const Params params = validate_params({});
      return use_in_threads(params, number(1), static_cast<unsigned>(number(2)), number(3));
    }
    return answer_of([&] {
      const Params params = validate_params({});
      if (command == "module") return module_is_right(params, argument(1), 42);
      if (command == "drop") return load_and_drop(params, number(1), number(2));
      if (command != "headers") throw std::invalid_argument("unknown command '" + command + "'");
      // The second module makes the precompiled headers, the third one uses them.
      const std::string headers = "#include \"" + argument(1) + "\"\n";
      const auto is_right = [&](const std::string& name) { return module_is_right(params, name, 7, headers); };
      return is_right("headers") && is_right("headers_again") && is_right("headers_used");
    });
  }();
  print_counters();
  return answer;
}

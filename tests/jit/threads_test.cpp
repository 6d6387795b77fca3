// Many threads, one Jit: each module is built once and loaded once, whoever asks for it first.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

constexpr int thread_count = 16;

// Runs `work(number)` in threads that start together.
template <class Work>
void in_threads(Work work) {
  std::barrier start(thread_count);
  std::vector<std::exception_ptr> failures(thread_count);
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i)
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      try {
        work(i);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

// Sanitizers and compilers that do not optimise need more for every function.
std::size_t least_stack() {
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  return static_cast<std::size_t>(sysconf(_SC_THREAD_STACK_MIN));
#else
  return 64 << 10;
#endif
}

std::string module_name(int number) { return "module" + std::to_string(number); }

// Module n depends on all modules before it, and asks for them while it is generated.
std::pair<Library, std::string> ask(Jit& jit, const Params& params, int number) {
  return jit.jit(module_name(number), params, [&jit, &params, number](auto&&...) {
    Generated generated;
    std::string sum = std::to_string(number), includes;
    for (int i = 0; i < number; ++i) {
      const std::string name = ask(jit, params, i).second;
      generated.dependencies.push_back(name);
      includes += "#include <" + name + ".h>\n";
      sum += " + get_" + name + "()";
    }
    const std::string function = "int get_" + module_name(number) + "()";
    generated.header = function + ";\n";
    generated.source =
        includes + function + " { return " + sum + "; }\nextern \"C\" int value() { return " + sum + "; }\n";
    return generated;
  });
}

int expected(int number) {
  int sum = number;
  for (int i = 0; i < number; ++i) sum += expected(i);
  return sum;
}

}  // namespace

TEST_CASE("16 threads that ask for one module cause one compile and get one library") {
  Place place;
  Jit jit;
  std::atomic<int> generated{0};
  std::vector<Library> libraries(thread_count);
  in_threads([&](int i) {
    libraries[i] = jit.jit("m", place.params,
                           [&](auto&&...) {
                             ++generated;
                             return Generated{"", value_source(5), {}};
                           })
                       .first;
  });
  CHECK(generated == 1);
  CHECK(jit.counters().compiles == 1);
  for (const Library& library : libraries) {
    CHECK(library == libraries[0]);
    CHECK(value(library) == 5);
  }
}

TEST_CASE("threads that wait for a build get a copy of its failure") {
  Place place;
  Jit jit;
  std::atomic<int> failures{0};
  in_threads([&](int) {
    try {
      jit.jit("m", place.params, gives("this is no C++"));
    } catch (const CompileFailed& error) {
      if (!error.diagnostics().empty()) ++failures;
    }
  });
  CHECK(failures == thread_count);
  CHECK(jit.counters().compiles == 1);
}

TEST_CASE("16 threads and 8 modules that ask for each other end with 8 compiles") {
  Place place;
  Jit jit;
  std::atomic<int> right{0};
  in_threads([&](int i) {
    for (int k = 0; k < 8; ++k) {
      const int number = i % 2 ? k : 7 - k;
      if (value(ask(jit, place.params, number)) == expected(number)) ++right;
    }
  });
  CHECK(right == 8 * thread_count);
  CHECK(jit.counters().compiles == 8);
  CHECK(files_below(place.cache / "claims").empty());
}

TEST_CASE("threads that load the same modules from the cache load each once") {
  Place place;
  {
    Jit jit;
    ask(jit, place.params, 7);
  }
  Jit fresh;
  std::vector<Library> libraries(thread_count);
  std::atomic<int> right{0};
  in_threads([&](int i) {
    const int number = (i * 5) % 8;
    libraries[i] = fresh.jit(module_name(number), place.params, never).first;
    if (value(libraries[i]) == expected(number)) ++right;
  });
  CHECK(right == thread_count);
  CHECK(fresh.counters().compiles == 0);
  CHECK(fresh.counters().disk_hits == 8);
  for (int i = 0; i < 8; ++i) CHECK(libraries[i] == libraries[i + 8]);
}

TEST_CASE("a thread with the least stack that there is may ask for modules") {
  Place place;
  SECTION("orc") {}
  SECTION("dlopen") { place.params.cache.lib_loader = "dlopen"; }
  const Params& params = place.params;
  int compiled = 0, loaded = 0;
  const auto on_small_stack = [](const std::function<void()>& work) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, least_stack()) == 0);
    pthread_t thread;
    const auto run = [](void* argument) -> void* {
      (*static_cast<const std::function<void()>*>(argument))();
      return nullptr;
    };
    REQUIRE(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&work)) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
  };
  on_small_stack([&] {
    Jit jit;
    compiled = value(jit.jit("m", params, gives_value(3)));
  });
  CHECK(compiled == 3);
  on_small_stack([&] {
    Jit jit;
    loaded = value(jit.jit("m", params, never)) + value(jit.jit("m", params, never));
  });
  CHECK(loaded == 6);
}

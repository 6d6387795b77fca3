// A program with threads in the library that forks; the children use the library too. fork_test.py starts it.
//   fork_worker <loader> hits         threads take modules from the cache
//   fork_worker <loader> compiles     threads compile
//   fork_worker <loader> list         a thread goes through the list of shared libraries, which is locked meanwhile
//   fork_worker <loader> generate     a thread is in the middle of a generate; children ask for that module
//   fork_worker <loader> pending      modules are being compiled on the pool; a child waits for them
//   fork_worker <loader> order        a child first begins a module, and then waits for what that depends on
//   fork_worker <loader> tiers        modules run quick code, and are being optimised
//   fork_worker <loader> lookups      threads look for symbols; children that have threads drop modules
//   fork_worker <loader> constructor  a static constructor forks; the child loads another module
// The last line on standard output is JSON: the number of children, and of those that were wrong or ended by a signal.

#include <dijitso/jit.h>
#include <dijitso/log.h>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<bool> lists_slowly = false, is_listing = false;

using namespace dijitso;
using namespace std::chrono_literals;

int children = 0, failed = 0;

// Runs `work` in a child, which must not hang.
void in_child(const std::function<bool()>& work) {
  ++children;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    int status = 1;
    try {
      status = work() ? 0 : 2;
    } catch (const std::exception& error) {
      std::cerr << "child: " << error.what() << std::endl;
    }
    ::_exit(status);
  }
  int status = -1;
  if (::waitpid(child, &status, 0) == child && status == 0) return;
  ++failed;
  std::cerr << "child: status " << status << ", after " << (std::chrono::steady_clock::now() - begin) / 1ms << " ms\n";
}

Generate gives(int value, const std::string& more = "") {
  return [=](auto&&...) {
    return Generated{"", more + "extern \"C\" int value() { return " + std::to_string(value) + "; }\n", {}};
  };
}

bool is_right(const Library& library, int value) { return library.function<int()>("value")() == value; }

bool asks(const std::string& name, const Params& params, int value, const std::string& more = "") {
  return is_right(jit(name, params, gives(value, more)).first, value);
}

// Threads that do something again and again while it lives.
class Busy {
 public:
  Busy(int count, const std::function<void(int)>& work) {
    for (int i = 0; i < count; ++i)
      threads_.emplace_back([this, work] {
        while (!stop_) work(round_++);
      });
  }
  ~Busy() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  int round() const { return round_; }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> round_{0};
  std::vector<std::thread> threads_;
};

void while_threads_hit(const Params& params) {
  constexpr int modules = 8;
  const auto hit = [&](int i) { return asks("hit" + std::to_string(i % modules), params, i % modules); };
  for (int i = 0; i < modules; ++i) hit(i);
  const Busy busy(3, [&](int round) {
    // From the disk. Another thread may have made it forget again what this one needs.
    try {
      Jit().jit("hit" + std::to_string(round % modules), params, gives(round % modules));
      hit(round);
      if (round % 16 == 0) default_jit().forget();
    } catch (const LinkFailed&) {
    }
  });
  for (int i = 0; i < 60; ++i) in_child([&] { return hit(i); });
  for (int i = 0; i < 6; ++i) in_child([&] { return asks("new" + std::to_string(i), params, 100); });
}

void while_threads_compile(const Params& params) {
  const std::string header = "#include <initializer_list>\n";
  const auto compile = [&](int i) { return asks("busy" + std::to_string(i), params, i, header); };
  asks("first", params, 7);
  const Busy busy(2, compile);
  for (int i = 0; i < 8; ++i) {
    in_child([&] { return asks("new" + std::to_string(i), params, 100, header) && asks("first", params, 7); });
    in_child([&, newest = busy.round()] { return compile(newest) && compile(newest / 2); });
  }
}

void while_libraries_are_listed(const Params& params) {
  asks("first", params, 7);
  lists_slowly = true;
  std::thread other([&] { asks("other", params, 1); });
  while (!is_listing) ::sched_yield();
  in_child([&] { return asks("new", params, 100); });
  other.join();
}

void while_a_thread_generates(Params params) {
  params.cache.claim_timeout = 1;  // for the parent has the claim; a warning says that it was waited for
  set_log_level(log::Level::error);
  std::latch is_generating(1), may_go_on(1);
  std::thread thread([&] {
    jit("held", params, [&](auto&&...) {
      is_generating.count_down();
      may_go_on.wait();
      return Generated{"", "extern \"C\" int value() { return 1; }\n", {}};
    });
  });
  is_generating.wait();
  in_child([&] { return asks("other", params, 5) && asks("held", params, 1); });
  may_go_on.count_down();
  thread.join();
}

void while_modules_are_pending(const Params& params) {
  std::vector<LibraryFuture> futures;
  const std::string part = "int part() { return 4; }\n";
  for (int i = 0; i < 6; ++i) futures.push_back(default_jit().jit_async("m" + std::to_string(i), params, gives(i)));
  futures.push_back(default_jit().jit_async("needs", params, [&](auto&&...) {
    default_jit().jit_async(
        "part", params, [&](auto&&...) { return Generated{"int part();\n", part + "int value_of_part = 1;\n", {}}; });
    return Generated{"", "int part();\nextern \"C\" int value() { return part() + 2; }\n", {"part"}};
  }));
  const auto are_right = [&] {
    bool right = true;
    for (int i = 0; i < 7; ++i) right = is_right(futures[static_cast<std::size_t>(i)].get(), i) && right;
    return right;
  };
  in_child(are_right);
  if (!are_right()) ++failed;
}

// The build of "needs" takes the only place for a task in the child, before that of "part" is begun there again.
void while_a_dependency_is_pending(Params params) {
  params.build.jobs = 1;
  const auto part = [&] {
    return default_jit().jit_async("part", params, [](auto&&...) {
      return Generated{"int part();\n", "int part() { return 4; }\nextern \"C\" int value() { return part(); }\n", {}};
    });
  };
  const LibraryFuture pending = part();
  in_child([&] {
    const LibraryFuture needs = default_jit().jit_async("needs", params, [&](auto&&...) {
      part();
      return Generated{"", "int part();\nextern \"C\" int value() { return part() + 2; }\n", {"part"}};
    });
    return is_right(pending.get(), 4) && is_right(needs.get(), 6);
  });
}

void while_code_is_optimised(Params params) {
  params.build.tier = "auto";
  for (int i = 0; i < 6; ++i) asks("m" + std::to_string(i), params, i);
  in_child([&] {
    Params full = params;
    full.build.tier = "full";
    bool right = asks("late", params, 9) && wait_optimized(jit("late", params, gives(9)).first);
    for (int i = 0; i < 6; ++i) {
      const std::string name = "m" + std::to_string(i);
      right = asks(name, params, i) && right;
      right = asks(name, full, i) && wait_optimized(jit(name, full, gives(i)).first) && right;
    }
    return right;
  });
}

// Calls only what its parent has called: then nothing is looked up.
void* waits(void* stop) {
  while (!*static_cast<std::atomic<bool>*>(stop)) ::sched_yield();
  return nullptr;
}

// Its threads get the stacks that threads of its parent had.
bool with_threads(const std::function<bool()>& work) {
  std::atomic<bool> stop = false;
  std::vector<pthread_t> threads(6);
  for (pthread_t& thread : threads) ::pthread_create(&thread, nullptr, waits, &stop);
  const bool answer = work();
  stop = true;
  for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
  return answer;
}

void while_threads_look_for_symbols(const Params& params) {
  const Busy busy(3, [](int) { ::dlsym(RTLD_DEFAULT, "dijitso_no_such_symbol"); });
  ::sched_yield();
  const auto drops = [&] {
    // What another library needs is what dlclose() of that changes, when nobody looks.
    const Library needed = jit("needed", params, gives(1)).first;
    bool right = true;
    for (int i = 0; i < 2; ++i) {
      const Library library = jit("drops", params, [&](auto&&...) {
                                jit("needed", params, gives(1));
                                return Generated{"", "extern \"C\" int value() { return 6; }\n", {"needed"}};
                              }).first;
      default_jit().forget();
      right = is_right(library, 6) && right;
    }
    return right;
  };
  for (int i = 0; i < 20; ++i) {
    if (i == 6 && !drops()) ++failed;  // before that, the parent has loaded nothing
    in_child([&] { return (i % 2 == 0 || drops()) && with_threads(drops); });
  }
}

std::function<void()> in_constructor;
void construct() { in_constructor(); }

void from_a_constructor(Params params) {
  in_constructor = [&] {
    in_child([&] { return asks("within", params, 3); });
    if (!asks("within", params, 3)) ++failed;
  };
  const auto address = std::to_string(reinterpret_cast<std::uintptr_t>(&construct));
  // The address is this process's: no other one may find the module in its cache.
  params.cache.use_disk = false;
  if (!asks("forks", params, 8, "static struct Forks { Forks() { ((void (*)())" + address + ")(); } } forks;\n"))
    ++failed;
}

}  // namespace

// In the place of glibc's, for the library too.
extern "C" __attribute__((visibility("default"))) int dl_iterate_phdr(int (*look)(dl_phdr_info*, std::size_t, void*),
                                                                      void* data) {
  static const auto real = reinterpret_cast<decltype(&dl_iterate_phdr)>(::dlsym(RTLD_NEXT, "dl_iterate_phdr"));
  const auto look_slowly = [&](dl_phdr_info* info, std::size_t size) {
    if (lists_slowly.exchange(false)) {
      is_listing = true;
      std::this_thread::sleep_for(1s);
    }
    return look(info, size, data);
  };
  return real([](dl_phdr_info* info, std::size_t size,
                 void* slowly) { return (*static_cast<decltype(look_slowly)*>(slowly))(info, size); },
              const_cast<void*>(static_cast<const void*>(&look_slowly)));
}

int main(int argc, char** argv) try {
  Params params = validate_params({});
  params.cache.lib_loader = argc > 1 ? argv[1] : "";
  params.build.cxxflags_opt = {"-O0"};
  params.build.pch = "off";
  const std::string what = argc > 2 ? argv[2] : "";
  if (what == "hits") while_threads_hit(params);
  if (what == "compiles") while_threads_compile(params);
  if (what == "list") while_libraries_are_listed(params);
  if (what == "generate") while_a_thread_generates(params);
  if (what == "pending") while_modules_are_pending(params);
  if (what == "order") while_a_dependency_is_pending(params);
  if (what == "tiers") while_code_is_optimised(params);
  if (what == "lookups") while_threads_look_for_symbols(params);
  if (what == "constructor") from_a_constructor(params);
  std::cout << "{\"children\": " << children << ", \"failed\": " << failed << "}" << std::endl;
  return 0;
} catch (const std::exception& error) {
  std::cerr << "fork_worker: " << error.what() << std::endl;
  return 64;
}

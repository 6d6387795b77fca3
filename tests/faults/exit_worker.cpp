// A program that ends while its threads are in the library. process_exit_test.py starts it.
//   exit_worker <loader> main | thread | main-thread-ends   main returns; another thread calls exit(); the main thread
//                                                           ends, then another one calls exit()
//   exit_worker <loader> static | handler                   jit in a static destructor; in a function of atexit()
// The last two print what came of it: "value 5", or the error.

#include <dijitso/error.h>
#include <dijitso/jit.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

namespace {

using namespace dijitso;

Params& the_params = *new Params(validate_params({}));
std::atomic<int> rounds{0};

Library ask(const std::string& name) {
  return jit(name, the_params,
             [](auto&&...) {
               return Generated{
                   "", "#include <string>\nextern \"C\" int value() { return (int)std::string(5, 'x').size(); }\n", {}};
             })
      .first;
}

void use_for_ever(int thread) {
  for (int i = 0;; ++i) try {
      const Library library = ask("busy" + std::to_string(thread) + "_" + std::to_string(i % 3));
      if (library.function<int()>("value")() != 5) std::abort();
      if (i % 4 == 0) default_jit().forget();
      ++rounds;
    } catch (const std::exception&) {
      // What the process that ends, or another thread, has taken away.
    }
}

void use_at_the_end() try {
  std::printf("value %d\n", ask("at_the_end").function<int()>("value")());
} catch (const Error& error) {
  std::printf("%s\n", error.what());
}

struct AtTheEnd {
  ~AtTheEnd() { use_at_the_end(); }
};

}  // namespace

int main(int argc, char** argv) {
  the_params.cache.lib_loader = argc > 1 ? argv[1] : "";
  const std::string how = argc > 2 ? argv[2] : "";
  if (how == "static") static const AtTheEnd at_the_end;
  if (how == "handler") std::atexit(use_at_the_end);
  if (how == "static" || how == "handler") {
    ask("before");
    return 0;
  }
  for (int i = 0; i < 3; ++i) std::thread(use_for_ever, i).detach();
  while (rounds < 2) ::usleep(1000);
  if (how == "thread") std::thread([] { std::exit(0); }).join();
  if (how == "main-thread-ends") {
    std::thread([] {
      ::usleep(100'000);
      std::exit(0);
    }).detach();
    ::pthread_exit(nullptr);
  }
  return 0;
}

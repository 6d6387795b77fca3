// What belongs to the whole process stays as the program has set it: handlers of signals, the environment, the locale,
// the working directory, limits. Not only afterwards: runtimes that use SIGSEGV as a write barrier have threads that
// meet another handler while it is there. So this program defines the functions that change such things itself, before
// the C library's, and notes each call that the library or LLVM makes.
#include "tests/support/modules.h"

#include <dijitso/build.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <set>
#include <sstream>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

std::atomic<bool> is_watching = false;
std::mutex mutex;
std::set<std::string> changes;

void note(const std::string& change) {
  if (!is_watching) return;
  const std::lock_guard lock(mutex);
  changes.insert(change);
}

template <class Function>
Function* next(const char* name, Function*) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

#define PASS_ON(function, ...) return next(#function, &function)(__VA_ARGS__)

#pragma GCC visibility push(default)
extern "C" {

int sigaction(int number, const struct sigaction* action, struct sigaction* before) noexcept {
  if (action) note("sigaction " + std::to_string(number));
  PASS_ON(sigaction, number, action, before);
}
sighandler_t signal(int number, sighandler_t handler) noexcept {
  note("signal " + std::to_string(number));
  PASS_ON(signal, number, handler);
}
int sigaltstack(const stack_t* stack, stack_t* before) noexcept {
  if (stack) note("sigaltstack");
  PASS_ON(sigaltstack, stack, before);
}
char* setlocale(int category, const char* locale) noexcept {
  if (locale) note("setlocale");
  PASS_ON(setlocale, category, locale);
}
mode_t umask(mode_t mask) noexcept {
  note("umask");
  PASS_ON(umask, mask);
}
int chdir(const char* path) noexcept {
  note("chdir");
  PASS_ON(chdir, path);
}
int fchdir(int directory) noexcept {
  note("fchdir");
  PASS_ON(fchdir, directory);
}
int setenv(const char* name, const char* text, int replace) noexcept {
  note("setenv");
  PASS_ON(setenv, name, text, replace);
}
int unsetenv(const char* name) noexcept {
  note("unsetenv");
  PASS_ON(unsetenv, name);
}
int putenv(char* text) noexcept {
  note("putenv");
  PASS_ON(putenv, text);
}
int setrlimit(__rlimit_resource_t resource, const struct rlimit* limits) noexcept {
  note("setrlimit");
  PASS_ON(setrlimit, resource, limits);
}
int setitimer(__itimer_which_t which, const struct itimerval* time, struct itimerval* before) noexcept {
  note("setitimer");
  PASS_ON(setitimer, which, time, before);
}
unsigned alarm(unsigned seconds) noexcept {
  note("alarm");
  PASS_ON(alarm, seconds);
}
void* dlopen(const char* file, int flags) noexcept {
  if (flags & (RTLD_GLOBAL | RTLD_DEEPBIND)) note("dlopen of " + std::string(file ? file : "") + " for everybody");
  PASS_ON(dlopen, file, flags);
}

}  // extern "C"
#pragma GCC visibility pop

namespace {

std::string state() {
  std::ostringstream text;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action{};
    if (sigaction(number, nullptr, &action) != 0) continue;
    text << "signal " << number << ' ' << reinterpret_cast<void*>(action.sa_handler) << ' ' << action.sa_flags << '\n';
  }
  stack_t stack;
  sigaltstack(nullptr, &stack);
  text << "stack " << stack.ss_sp << ' ' << stack.ss_flags << "\nmask";
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  for (int number = 1; number < NSIG; ++number) text << sigismember(&mask, number);
  text << "\ndirectory " << fs::current_path() << "\nlocale " << setlocale(LC_ALL, nullptr) << '\n';
  for (char** variable = environ; *variable; ++variable) text << *variable << '\n';
  for (int resource = 0; resource < RLIMIT_NLIMITS; ++resource) {
    struct rlimit limits{};
    getrlimit(static_cast<__rlimit_resource_t>(resource), &limits);
    text << "limit " << limits.rlim_cur << ' ' << limits.rlim_max << '\n';
  }
  text << "rounding " << std::fegetround() << " traps " << fegetexcept() << '\n';
  const std::string status = read_text("/proc/self/status");
  text << status.substr(status.find("Umask"), 12);
  return text.str();
}

// A compile, a link, what is made of them, and the unloading of the code.
void use(const std::string& loader) {
  Place place;
  place.params.cache.lib_loader = loader;
  Jit jit;
  jit.jit("base", place.params,
          gives("#include <string>\nint base() { return std::string(\"ab\").size(); }", "int base();"));
  const auto user = gives("#include <base.h>\nextern \"C\" int value() { return base(); }", "", {"base"});
  CHECK(value(jit.jit("user", place.params, user)) == 2);
  jit.build_shared_library("exported", "", value_source(1), {}, place.params);
  CHECK_THROWS_AS(jit.jit("wrong", place.params, gives("int f( {")), CompileFailed);
  CHECK_THROWS_AS(jit.jit("lacking", place.params, gives("int f(); int g() { return f(); }")), LinkFailed);
  jit.forget();
}

}  // namespace

TEST_CASE("a compile, link, export and unload change nothing of the process") {
  const std::string before = state();
  is_watching = true;
  for (const char* loader : {"orc", "dlopen"}) use(loader);
  is_watching = false;
  CHECK(changes == std::set<std::string>{});
  CHECK(state() == before);
}

// What exists in static libraries of the compiler and the C library only, and what must know the module that calls.
#include "object_maker.h"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <regex>
#include <set>
#include <string>

using namespace orc_test;

extern "C" {
__attribute__((visibility("default"))) int orc_test_next() { return 1; }
__attribute__((visibility("default"))) int orc_test_forks = 0;
}

namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  char buffer[4096];
  for (std::size_t got; pipe && (got = std::fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) text.append(buffer, got);
  return text;
}

// The names of the functions that the compiler's archive defines.
std::set<std::string> functions_in(const std::string& archive) {
  const std::string symbols = output_of("nm --defined-only \"$(g++ -print-file-name=" + archive + ")\" 2>/dev/null");
  const std::regex function("[0-9a-f]+ [TW] ([A-Za-z0-9_]+)\n");
  std::set<std::string> names;
  for (std::sregex_iterator next(symbols.begin(), symbols.end(), function), end; next != end; ++next)
    names.insert((*next)[1]);
  return names;
}

}  // namespace

TEST_CASE("every function of the compiler's static libraries can be used") {
  auto names = functions_in("libgcc.a");
  REQUIRE(names.contains("__divti3"));
  // Of decimal numbers, split stacks, and register saves between calling conventions: Clang makes no code with them.
  const std::regex not_of_clang(".*(bid|_dfp_|isinfd|morestack|splitstack|stack_split|_generic_|wrap_pthread|ms64).*");
  std::erase_if(names, [&](const std::string& name) { return std::regex_match(name, not_of_clang); });
  for (const char* old : {"__eprintf", "__gcc_bcmp"}) names.erase(old);  // nobody calls them any more
  const auto nonshared = functions_in("libc_nonshared.a");
  REQUIRE(nonshared.contains("at_quick_exit"));
  names.insert(nonshared.begin(), nonshared.end());
  std::string source;
  for (const auto& name : names) source += "extern char " + name + "_[] __asm__(\"" + name + "\");\n";
  source += "extern \"C\" const void* const functions[] = {";
  for (const auto& name : names) source += name + "_, ";
  const auto module = link(new_session(), "m", source + "};");
  const auto* functions = static_cast<const void* const*>(module->find("functions"));
  for (const auto& name : names) {
    INFO(name);
    CHECK(*functions++ != nullptr);
  }
}

TEST_CASE("wide integers and half precision are computed") {
  const auto module = link(new_session(), "m",
                           compile(R"(
    extern "C" unsigned long divide(unsigned long high, unsigned long low, unsigned long by) {
      return (unsigned long)((((unsigned __int128)high << 64) | low) / by);
    }
    extern "C" float halve(float x) { return (float)(_Float16)x; })",
                                   "-O1", "clang++-22"));
  CHECK(function<unsigned long(unsigned long, unsigned long, unsigned long)>(module, "divide")(1, 0, 16) == 1UL << 60);
  CHECK(function<float(float)>(module, "halve")(2049.0F) == 2048.0F);
}

TEST_CASE("handlers of fork() run while their module is loaded") {
  const auto session = new_session();
  auto module = link(session, "m", R"(
    #include <pthread.h>
    extern "C" int orc_test_forks;
    static int at_start = pthread_atfork([] { orc_test_forks += 1; }, [] { orc_test_forks += 10; }, nullptr);
    extern "C" int f() { return at_start; })");
  REQUIRE(function<int()>(module, "f")() == 0);
  const auto fork_once = [] {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
  };
  orc_test_forks = 0;
  fork_once();
  CHECK(orc_test_forks == 11);
  module.reset();
  fork_once();
  CHECK(orc_test_forks == 11);
}

TEST_CASE("a handler of quick_exit() runs even after its module was dropped") {
  const pid_t child = ::fork();
  if (child == 0) {
    {
      const auto module = link(new_session(), "m", R"(
        #include <cstdlib>
        #include <unistd.h>
        extern "C" int f() { return std::at_quick_exit([] { _exit(7); }); })");
      if (function<int()>(module, "f")() != 0) ::_exit(1);
    }
    std::quick_exit(2);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("RTLD_NEXT is what the module would find without its own definition") {
  const auto session = new_session();
  const std::string finds_next = R"(
    #include <dlfcn.h>
    extern "C" int orc_test_next() { return 3; }
    extern "C" int f() {
      auto next = (int (*)())dlsym(RTLD_NEXT, "orc_test_next");
      return next ? next() : -1;
    }
    extern "C" int has_none() { return dlsym(RTLD_NEXT, "orc_test_no_such") == nullptr && dlerror() != nullptr; })";
  const auto alone = link(session, "alone", finds_next);
  CHECK(function<int()>(alone, "f")() == 1);
  CHECK(function<int()>(alone, "has_none")() == 1);
  const auto other = link(session, "other", "extern \"C\" int orc_test_next() { return 2; }");
  CHECK(function<int()>(link(session, "m", finds_next, {{"other", other}}), "f")() == 2);
}

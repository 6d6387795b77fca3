// Memory that runs out at many places, each in a process of its own: an allocation fails, once or from then on, while a
// module is compiled or taken from the cache. Then the request either succeeds or fails with an exception, and the
// process can go on. Where LLVM and the C++ library can only end the process they do so by abort(); no failure of ours
// may become a crash, or make anybody wait for ever.
//   memory_faults DIRECTORY    for caches; prints one line for each way of failing

#include <dijitso/error.h>
#include <dijitso/jit.h>
#include <dijitso/log.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <new>
#include <string>

// glibc's, under the names of ours.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

constexpr long never = -1;
std::atomic<long> allocations{0};
std::atomic<long> failing{never};  // the number of the allocation that fails
std::atomic<bool> for_good{false};

bool fails() {
  const long first = failing.load(std::memory_order_relaxed);
  if (first == never) return false;
  const long now = ++allocations;
  if (now != first && !(for_good && now > first)) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* old, std::size_t size) { return fails() ? nullptr : __libc_realloc(old, size); }
void* memalign(std::size_t alignment, std::size_t size) { return fails() ? nullptr : __libc_memalign(alignment, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  void* const memory = memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}
}

namespace {

using namespace dijitso;
namespace fs = std::filesystem;

constexpr const char* source = R"(
#include <base.h>
struct Shape { virtual ~Shape() {} virtual int sides() const { return 0; } };
struct Square : Shape { int sides() const override { return 4; } };
extern "C" int value() { Square square; const Shape& shape = square; int sum = base();
  for (int i = 0; i < shape.sides(); ++i) sum += i * i; return sum; }
)";

int ask(const std::string& name, const Params& params) {
  const auto generate = [&](auto&&...) {
    jit("base", params, [](auto&&...) {
      return Generated{"extern \"C\" int base();\n", "extern \"C\" int base() { return 1; }\n", {}};
    });
    return Generated{"", source, {"base"}};
  };
  return jit(name, params, generate).first.function<int()>("value")();
}

enum Outcome { right, wrong, failed, cannot_go_on };

// Of a thread_local variable for which there is no memory, the C library says that it is at an address near 0.
void on_bad_address(int, siginfo_t* info, void*) {
  if (reinterpret_cast<std::uintptr_t>(info->si_addr) < 4096) ::_exit(126);
  ::signal(SIGSEGV, SIG_DFL);
}

// In a child process.
Outcome try_once(const Params& params, long allocation, bool stays) {
  for_good = stays;
  failing = allocation;
  Outcome outcome = right;
  try {
    if (ask("first", params) != 15) outcome = wrong;
  } catch (const Error&) {
    outcome = failed;
  } catch (const std::bad_alloc&) {
    outcome = failed;
  }
  failing = never;
  default_jit().wait_for_background();  // what is failing is not to be met by the next request
  try {
    if (ask("second", params) != 15 || ask("first", params) != 15) return cannot_go_on;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return cannot_go_on;
  }
  return outcome;
}

// How it ended.
std::string ending(const Params& params, long allocation, bool stays) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    struct sigaction action = {};
    action.sa_sigaction = on_bad_address;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSEGV, &action, nullptr);
    std::exit(try_once(params, allocation, stays));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) == SIGABRT) return "aborted";
    return WTERMSIG(status) == SIGALRM ? "waits for ever" : "signal " + std::to_string(WTERMSIG(status));
  }
  if (WEXITSTATUS(status) == 127) return "aborted";  // by the dynamic linker, for want of thread-local memory
  if (WEXITSTATUS(status) == 126) return "near zero";
  constexpr const char* names[] = {"right", "wrong", "failed", "cannot go on"};
  return WEXITSTATUS(status) < 4 ? names[WEXITSTATUS(status)] : "status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

int main(int, char** arguments) {
  const fs::path dir = arguments[1];
  Params params = validate_params({});
  params.build.pch = "off";
  params.cache.fail_dir_root = dir.string();
  log::set_log_level("ERROR");
  params.cache.cache_dir = (dir / "full").string();
  if (ending(params, 1L << 40, false) != "right") return 1;
  for (const bool is_hit : {false, true})
    for (const bool stays : {false, true}) {
      std::map<std::string, int> endings;
      // A compile allocates some 28,000 times, a hit 1,500 times.
      for (int place = 1; place <= (is_hit ? 500 : 24); ++place) {
        params.cache.cache_dir = (dir / "cache").string();
        fs::remove_all(params.cache.cache_dir);
        if (is_hit) fs::copy(dir / "full", params.cache.cache_dir, fs::copy_options::recursive);
        ++endings[ending(params, place * (is_hit ? 3L : 1163L), stays)];
      }
      std::printf("%s, %s:", is_hit ? "hit" : "compile", stays ? "for good" : "once");
      for (const auto& [name, count] : endings) std::printf(" %d %s,", count, name.c_str());
      std::printf("\n");
    }
}

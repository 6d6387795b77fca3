// Pages become executable and keep their content; what a system refuses is said with the remedy.
#include "support/code_pages.h"

#include "unittests/support/refused_calls.h"

#include <catch2/catch.hpp>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

// A function that returns 42.
#if defined(__x86_64__)
constexpr unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
#else
constexpr unsigned char code[] = {0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6};
#endif

std::byte* pages_with_code(std::size_t size) {
  std::byte* pages = nullptr;
  if (!map_pages(size, pages).empty()) return nullptr;
  std::memcpy(pages, code, sizeof code);
  return pages;
}

int call(const std::byte* pages) {
  int (*function)() = nullptr;
  std::memcpy(&function, &pages, sizeof function);
  return function();
}

// What `action` returns in a child process, which may have other limits than this one.
std::string in_child(const std::function<std::string()>& action) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = action();
    const bool written = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[512];
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return text;
}

}  // namespace

TEST_CASE("written pages become executable, and what lies beside them stays writable") {
  const std::size_t size = page_size();
  std::byte* pages = pages_with_code(2 * size);
  REQUIRE(pages);
  CHECK(protect_pages(pages, size, false, true) == "");
  CHECK(call(pages) == 42);
  pages[size] = std::byte{1};
  CHECK(protect_pages(pages + size, size, false, false) == "");
  CHECK(pages[size] == std::byte{1});
  unmap_pages(pages, 2 * size);
}

TEST_CASE("where written memory may not be executed, a memory file takes its place") {
  const std::string text = in_child([] {
    refuse_call(SYS_mprotect, 2, PROT_EXEC);
    const std::size_t size = 3 * page_size();
    std::byte* pages = pages_with_code(size);
    std::memcpy(pages + size - sizeof code, code, sizeof code);
    const std::string reason = protect_pages(pages, size, false, true);
    if (!reason.empty()) return reason;
    return std::to_string(call(pages)) + " " + std::to_string(call(pages + size - sizeof code)) + " " +
           (written_pages_are_refused() ? "refused" : "allowed");
  });
  CHECK(text == "42 42 refused");
}

TEST_CASE("where memory files are refused too, the reason names what forbids it and the remedy") {
  const std::string text = in_child([] {
    refuse_call(SYS_mprotect, 2, PROT_EXEC);
    refuse_call(SYS_memfd_create);
    std::byte* pages = pages_with_code(page_size());
    return protect_pages(pages, page_size(), false, true);
  });
  CHECK_THAT(text, Contains("MemoryDenyWriteExecute=") && Contains("memfd_create: Operation not permitted") &&
                       Contains("cache.lib_loader"));
}

TEST_CASE("a limit on the size of files does not end the process") {
  const std::string text = in_child([] {
    refuse_call(SYS_mprotect, 2, PROT_EXEC);
    const rlimit limit{1, 1};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::byte* pages = pages_with_code(page_size());
    return protect_pages(pages, page_size(), false, true);
  });
  CHECK_THAT(text, Contains("File too large") && Contains("ulimit -f"));
}

TEST_CASE("pages that are writable and executable at once are refused with the reason") {
  const std::string text = in_child([] {
    refuse_call(SYS_mprotect, 2, PROT_EXEC);
    std::byte* pages = pages_with_code(page_size());
    return protect_pages(pages, page_size(), true, true);
  });
  CHECK_THAT(text, Contains("both writable and executable"));
}

TEST_CASE("memory that is not to be had is told from mappings that are too many") {
  std::byte* pages = nullptr;
  CHECK_THAT(map_pages(std::size_t{1} << 60, pages), Contains("ulimit -v"));
  const std::string text = in_child([] {
    const std::size_t size = page_size();
    // Neighbours of different protection are mappings of their own.
    for (std::size_t count = 1 << 21; count > 0; --count) {
      std::byte* more = nullptr;
      if (const auto reason = map_pages(2 * size, more); !reason.empty()) return reason;
      if (const auto reason = protect_pages(more, size, false, false); !reason.empty()) return reason;
    }
    return std::string("no end of mappings");
  });
  CHECK_THAT(text, Contains("vm.max_map_count allows") && Contains("sysctl vm.max_map_count"));
}

// The memory file is mapped privately: a debugger can set breakpoints in a private mapping but not in a shared one, and
// a forked child has its own copy. Tested in unittests/support/code_pages_test.cpp and, with the whole run-time linker,
// by the tests of orc that run under PR_SET_MDWE.
#include "support/code_pages.h"

#include "support/file_size_signal.h"
#include "support/memory_file.h"
#include "support/process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace dijitso {
namespace {

constexpr int get_mdwe = 66;  // PR_GET_MDWE; missing in headers before Linux 6.3

std::atomic<bool> is_refused = false;

std::string text_of(int error) { return std::generic_category().message(error); }

std::size_t count_of_mappings() {
  const Descriptor maps(::open("/proc/thread-self/maps", O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> part;
  std::size_t count = 0;
  for (ssize_t got; (got = ::read(maps.get(), part.data(), part.size())) > 0;)
    count += static_cast<std::size_t>(std::count(part.begin(), part.begin() + got, '\n'));
  return count;
}

// The number of mappings of a process is limited.
std::string out_of_memory(std::size_t size) {
  const std::size_t limit = std::strtoull(read_small_file("/proc/sys/vm/max_map_count").c_str(), nullptr, 10);
  const std::size_t count = count_of_mappings();
  if (limit > 0 && count + 8 >= limit)
    return "the process has " + std::to_string(count) + " memory mappings, and vm.max_map_count allows " +
           std::to_string(limit) + ": raise it (sysctl vm.max_map_count), or unload modules";
  return "out of memory for " + std::to_string(size) +
         " bytes of code: raise the limit on address space (ulimit -v), or unload modules";
}

std::string failure(const char* call, int error, std::size_t size) {
  return error == ENOMEM ? out_of_memory(size) : std::string(call) + ": " + text_of(error);
}

std::string map_from_memory_file(std::byte* begin, std::size_t size) {
  const Descriptor file = open_memory_file("dijitso-code");
  if (!file.is_open()) return failure("memfd_create", errno, size);
  const ByteView content(reinterpret_cast<const std::uint8_t*>(begin), size);
  if (const int error = write_all(file.get(), content)) return failure("write", error, size);
  if (::mmap(begin, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file.get(), 0) == MAP_FAILED)
    return failure("mmap", errno, size);
  return {};
}

std::string reason_for_refusal() {
  return ::prctl(get_mdwe, 0, 0, 0, 0) > 0
             ? "PR_SET_MDWE forbids it, which systemd sets for MemoryDenyWriteExecute="
             : "a seccomp filter or SELinux (execmem) forbids it, as with systemd's MemoryDenyWriteExecute=";
}

std::string refused_entirely(const std::string& reason) {
  return "written memory cannot be made executable (" + reason_for_refusal() +
         "), and a memory file cannot take its place (" + reason +
         "; see ulimit -f): allow one of them, or use shared libraries that another machine made (cache.lib_loader "
         "'dlopen')";
}

std::string make_executable(std::byte* begin, std::size_t size) {
  if (!is_refused) {
    if (::mprotect(begin, size, PROT_READ | PROT_EXEC) == 0) return {};
    if (errno != EACCES && errno != EPERM) return failure("mprotect", errno, size);
    is_refused = true;  // permanently, because each attempt may be recorded in the system's log
  }
  const std::string reason = map_from_memory_file(begin, size);
  return reason.empty() ? reason : refused_entirely(reason);
}

}  // namespace

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

std::string map_pages(std::size_t size, std::byte*& begin) {
  void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return failure("mmap", errno, size);
  begin = static_cast<std::byte*>(pages);
  return {};
}

std::string protect_pages(std::byte* begin, std::size_t size, bool write, bool execute) {
  if (!execute || write) {
    const int protection = PROT_READ | (write ? PROT_WRITE : 0) | (execute ? PROT_EXEC : 0);
    if (::mprotect(begin, size, protection) == 0) return {};
    if (!execute) return failure("mprotect", errno, size);
    return "a section is both writable and executable: " + failure("mprotect", errno, size);
  }
  std::string reason = make_executable(begin, size);
  if (reason.empty()) __builtin___clear_cache(reinterpret_cast<char*>(begin), reinterpret_cast<char*>(begin + size));
  return reason;
}

bool renew_pages(std::byte* begin, std::size_t size) noexcept {
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  return ::mmap(begin, size, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED;
}

void unmap_pages(std::byte* begin, std::size_t size) noexcept { ::munmap(begin, size); }

bool written_pages_are_refused() { return is_refused; }

}  // namespace dijitso

// Allocates memory pages for code, which are first written and then executed.
//
// Many hardened systems refuse to make written memory executable: PR_SET_MDWE (systemd's MemoryDenyWriteExecute=),
// seccomp filters, SELinux's execmem. In this case the content is written to a memory file (memfd_create), which is
// mapped executable at the same address. No page is ever writable and executable at once. Where mprotect() is allowed,
// it is used, because it is cheaper.
//
// Thread-safety: all functions may be called from any thread. They return an error message with a remedy; it is empty
// on success. Tested in unittests/support/code_pages_test.cpp.
#pragma once

#include <cstddef>
#include <string>

namespace dijitso {

std::size_t page_size();

// Sets `begin` to the address of `size` zero bytes that can be read and written.
[[nodiscard]] std::string map_pages(std::size_t size, std::byte*& begin);

// For whole pages from map_pages(); their content does not change. Executable pages are readable, too.
[[nodiscard]] std::string protect_pages(std::byte* begin, std::size_t size, bool write, bool execute);

// Replaces pages from map_pages() by new ones, zero bytes that can be read and written. Returns false, and changes
// nothing, when the system has no room for another mapping.
[[nodiscard]] bool renew_pages(std::byte* begin, std::size_t size) noexcept;

void unmap_pages(std::byte* begin, std::size_t size) noexcept;

// Whether the system has refused to make written pages executable in this process, so that memory files are used.
bool written_pages_are_refused();

}  // namespace dijitso

// Memory pages for code: written first, executed afterwards.
//
// Many hardened systems refuse to make executable what was writable: PR_SET_MDWE (systemd's MemoryDenyWriteExecute=),
// seccomp filters, SELinux's execmem. There the content goes into a memory file (memfd_create), and the file is mapped
// executable at the same address. Nothing is ever writable and executable at once. The ordinary way is taken where it
// is allowed, for it costs less.
//
// Thread-safety: all functions may be called from any thread. Their result is what went wrong and what can be done
// about it; it is empty when nothing did. Tested in unittests/support/code_pages_test.cpp.
#pragma once

#include <cstddef>
#include <string>

namespace dijitso {

std::size_t page_size();

// `begin` becomes the address of `size` bytes of zeros that can be read and written.
[[nodiscard]] std::string map_pages(std::size_t size, std::byte*& begin);

// For whole pages of what map_pages() mapped; the content stays. What is executable can also be read.
[[nodiscard]] std::string protect_pages(std::byte* begin, std::size_t size, bool write, bool execute);

void unmap_pages(std::byte* begin, std::size_t size) noexcept;

// Whether written pages have been refused to become executable in this process, so that memory files are used.
bool written_pages_are_refused();

}  // namespace dijitso

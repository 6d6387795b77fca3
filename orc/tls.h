// Thread-local variables of linked modules.
//
// A module's variables form one image, and every thread gets its own copy at its first access. Generated code accesses
// a variable as in any shared library: it calls __tls_get_addr with a pair of the image and an offset. The linker
// writes these pairs and binds the call to dijitso_orc_tls_address(), which also handles variables of host libraries.
// The ORC runtime's support is not used: it cannot unload a module with such variables, supports only sections named
// exactly .tdata and .tbss, and uses one of the process's 1024 pthread keys for every module. Tested in
// unittests/orc/thread_local_test.cpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dijitso::orc {

#if defined(__x86_64__)
inline constexpr bool native_tls = true;
#else
inline constexpr bool native_tls = false;
#endif

inline constexpr const char* needs_emulated_tls =
    "thread_local variables need the option -femulated-tls on this processor";

class TlsImage {
 public:
  // A part of the initial content; bytes outside of all parts are zero.
  struct Part {
    std::size_t offset;
    const void* content;
    std::size_t size;
  };

  TlsImage() = default;
  explicit TlsImage(std::size_t host_module) : host_module_(host_module) {}
  TlsImage(const TlsImage&) = delete;
  TlsImage& operator=(const TlsImage&) = delete;
  ~TlsImage();  // frees the copies of all threads

  // Adds a block and returns its offset in the image. Call it only before the first access.
  std::size_t reserve(std::size_t size, std::size_t alignment);
  void add_part(Part part) { parts_.push_back(part); }

  // The calling thread's copy of the variable at `offset`.
  void* instance(std::size_t offset) const;

 private:
  std::byte* make_copy() const;

  std::size_t host_module_ = 0;  // not 0: the image is the dynamic loader's, with this module number
  std::size_t size_ = 0;
  std::size_t alignment_ = alignof(std::max_align_t);
  std::vector<Part> parts_;
  mutable std::atomic<std::size_t> slot_ = 0;  // 0 until a thread has a copy
};

// The argument of __tls_get_addr in generated code: two words, the second is an offset.
struct TlsVariable {
  const TlsImage* image;
  std::size_t offset;
};

// The variable of a host library whose instance in the calling thread is at `address`.
std::optional<TlsVariable> host_tls_variable(const void* address);

// Replaces __tls_get_addr in linked modules.
extern "C" void* dijitso_orc_tls_address(const TlsVariable* variable) noexcept;

}  // namespace dijitso::orc

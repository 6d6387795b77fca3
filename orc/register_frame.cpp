// libgcc's __register_frame, with which LLVM tells the unwinder of new code, does not look whether it has got the
// memory for its record, and would crash where memory has run out. The linker lets the function below stand for it in
// this library (ld --wrap): it gets the memory itself, and running out of it is an exception as everywhere else
// (llvm-config/out_of_memory.h).

#include <cstdint>
#include <cstdlib>
#include <new>

extern "C" {
void __real___register_frame(const void* frames);
// Other unwinders have no such function.
[[gnu::weak]] void __register_frame_info(const void* frames, void* record);

void __wrap___register_frame(const void* frames) {
  constexpr std::size_t more_than_enough = 256;  // a record of libgcc has 48 bytes
  if (!__register_frame_info) return __real___register_frame(frames);
  if (*static_cast<const std::uint32_t*>(frames) == 0) return;  // there are none, and no record will be asked back
  void* const record = std::malloc(more_than_enough);           // __deregister_frame frees it
  if (!record) throw std::bad_alloc();
  __register_frame_info(frames, record);
}
}

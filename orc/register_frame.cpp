// LLVM registers new code with the unwinder through libgcc's __register_frame, which does not check its memory
// allocation and would crash when memory runs out. With the linker option --wrap, the function below replaces it in
// this library. It allocates the memory itself and throws when there is none, as everywhere else
// (llvm-config/out_of_memory.h).

#include <cstdint>
#include <cstdlib>
#include <new>

extern "C" {
void __real___register_frame(const void* frames);
// Other unwinders do not have this function.
[[gnu::weak]] void __register_frame_info(const void* frames, void* record);

void __wrap___register_frame(const void* frames) {
  constexpr std::size_t more_than_enough = 256;  // a record of libgcc has 48 bytes
  if (!__register_frame_info) return __real___register_frame(frames);
  if (*static_cast<const std::uint32_t*>(frames) == 0) return;  // empty table: __deregister_frame expects no record
  void* const record = std::malloc(more_than_enough);           // __deregister_frame frees it
  if (!record) throw std::bad_alloc();
  __register_frame_info(frames, record);
}
}

// Memory that runs out, at every single allocation of a call in turn: each time the call fails with a status and an
// error, and what it was to fill stays empty. With all that the call needs it succeeds.
#include "tests/support/modules.h"

#include <dijitso/dijitso.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <new>

namespace {

// Allocations of this thread that still succeed; negative: all do.
thread_local int left = -1;

void* allocate(std::size_t size) {
  if (left == 0) throw std::bad_alloc();
  if (left > 0) --left;
  if (void* memory = std::malloc(size ? size : 1)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size ? size : 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

// `call(error)` with 0, 1, 2, ... allocations, until it succeeds; how often it failed.
template <class Call>
int failures_of(const Call& call) {
  for (int allowed = 0; allowed < 100000; ++allowed) {
    dijitso_error_t* error = nullptr;
    left = allowed;
    const dijitso_status_t status = call(&error);
    left = -1;
    const bool as_it_should = status == DIJITSO_OK ? error == nullptr
                                                   : status == DIJITSO_OUT_OF_MEMORY && error != nullptr &&
                                                         dijitso_error_code(error) == DIJITSO_OUT_OF_MEMORY;
    const std::string message = dijitso_error_message(error);
    dijitso_error_free(error);
    if (!as_it_should) FAIL("status " << status << " after " << allowed << " allocations: " << message);
    if (status == DIJITSO_OK) return allowed;
  }
  FAIL("never enough");
  return 0;
}

dijitso_status_t give_nothing(const char*, const char*, const dijitso_params_t*, dijitso_reply_t* reply, void*) {
  return dijitso_reply_set_source(reply, "extern \"C\" int value;", nullptr);
}

}  // namespace

TEST_CASE("a call survives that memory runs out anywhere in it") {
  const dijitso::testing::Scratch scratch;
  const std::string cache = (scratch / "cache").string(), name(100, 'n');
  dijitso_params_t* params = nullptr;
  dijitso_library_t* library = nullptr;
  dijitso_jit_t* jit = nullptr;
  char* text = nullptr;
  void* address = nullptr;
  CHECK(failures_of([&](auto error) { return dijitso_params_create(&params, error); }) > 0);
  CHECK(failures_of([&](auto error) { return dijitso_jit_create(&jit, error); }) > 0);
  REQUIRE(dijitso_params_set_text(params, "cache", "cache_dir", cache.c_str(), nullptr) == DIJITSO_OK);
  REQUIRE(dijitso_jit(jit, name.c_str(), params, give_nothing, nullptr, &library, nullptr) == DIJITSO_OK);
  dijitso_library_release(library);

  CHECK(failures_of([&](auto error) {
          return dijitso_jit(jit, name.c_str(), params, give_nothing, nullptr, &library, error);
        }) > 1);
  CHECK(failures_of([&](auto error) { return dijitso_library_find(library, name.c_str(), &address, error); }) > 0);
  CHECK(failures_of([&](auto error) { return dijitso_cache_filename(params, "inc", name.c_str(), &text, error); }) > 2);
  CHECK(failures_of([&](auto error) { return dijitso_log(DIJITSO_LEVEL_DEBUG, name.c_str(), error); }) > 0);

  dijitso_string_free(text);
  dijitso_library_release(library);
  dijitso_jit_free(jit);
  dijitso_params_free(params);
}

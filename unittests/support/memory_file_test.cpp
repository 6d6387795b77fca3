#include "support/memory_file.h"

#include "unittests/support/refused_calls.h"
#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

void expect_usable_file() {
  const Descriptor file = open_memory_file(std::string(300, 'x'));
  expect(file.is_open(), "there is no file");
  expect(::write(file.get(), "content", 7) == 7, "it cannot be written");
  expect(read_text("/proc/self/fd/" + std::to_string(file.get())) == "content", "it cannot be read");
  void* const pages = ::mmap(nullptr, 7, PROT_READ | PROT_EXEC, MAP_PRIVATE, file.get(), 0);
  expect(pages != MAP_FAILED, "its content cannot be executed");
}

constexpr unsigned is_no_program = 0x8;

}  // namespace

TEST_CASE("a file in memory is had where only those are allowed that say that they are no programs") {
  CHECK(in_child([] {
          refuse_call(SYS_memfd_create, 1, is_no_program, true);
          expect_usable_file();
        }) == "");
}

TEST_CASE("a file in memory is had from a system that does not know what that means") {
  CHECK(in_child([] {
          refuse_call(SYS_memfd_create, 1, is_no_program, false, EINVAL);
          expect_usable_file();
        }) == "");
}

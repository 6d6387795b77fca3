#include "support/memory_file.h"

#include "unittests/support/refused_calls.h"
#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

void expect_usable_file() {
  const Descriptor file = open_memory_file(std::string(300, 'x'));
  expect(file.is_open(), "there is no file");
  expect(::write(file.get(), "content", 7) == 7, "it cannot be written");
  expect(read_text(path_of_open_file(file.get())) == "content", "it cannot be read");
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

TEST_CASE("a file in memory has a path in a process whose main thread has ended") {
  CHECK(in_child([] {
          std::thread([main_thread = ::getpid()] {
            const std::string task = "/proc/self/task/" + std::to_string(main_thread) + "/stat";
            while (read_text(task).find(") Z ") == std::string::npos) std::this_thread::yield();
            expect_usable_file();
            ::_exit(0);
          }).detach();
          ::syscall(SYS_exit, 0);  // of this thread alone
        }) == "");
}

#include "support/descriptor.h"

#include "support/file.h"
#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

void close_standard() {
  for (const int number : {0, 1, 2}) ::close(number);
}

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("no file gets the number of a standard one that is closed", "[descriptor]") {
  CHECK(in_child([] {
          close_standard();
          const Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
          const Descriptor second(::open("/dev/null", O_RDONLY | O_CLOEXEC));
          expect(first.get() > 2 && second.get() > 2, "a number of a standard file");
          expect((::fcntl(first.get(), F_GETFD) & FD_CLOEXEC) != 0, "open in programs that are started");
          for (const int number : {0, 1, 2}) expect(!is_open(number), "a standard file is open");
        }) == "");
}

TEST_CASE("what a program prints without standard output does not get into files that are published", "[descriptor]") {
  const Scratch scratch;
  CHECK(in_child([&] {
          close_standard();
          Bytes content(64 << 10, 'x');
          for (int i = 0; i < 20; ++i) {
            publish_file(scratch / std::to_string(i), scratch.path(), content, 0644, Publish::replace);
            expect(*read_file(scratch / std::to_string(i)) == content, "another content");
            expect(::write(1, "hello", 5) < 0, "something was open as standard output");
          }
        }) == "");
}

TEST_CASE("a descriptor closes its file once, and hands it on", "[descriptor]") {
  Descriptor one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = one.get();
  Descriptor two(std::move(one));
  CHECK_FALSE(one.is_open());
  CHECK(two.get() == number);
  CHECK(two.close());
  CHECK_FALSE(is_open(number));
  CHECK(two.close());
  CHECK(above_standard(-1) == -1);
}

#include "export/memory_file.h"

#include "unittests/support/scratch.h"

#include <dijitso/error.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::exporter;
using namespace dijitso::testing;

TEST_CASE("a file in memory is read by its path, and gone afterwards") {
  std::string path;
  {
    const MemoryFile file("name", as_bytes("content"));
    path = file.path();
    CHECK(read_text(path) == "content");
    CHECK(read_text(path) == "content");
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("all that is written to an output is taken, more than a pipe holds") {
  MemoryOutput output;
  const std::string content(3'000'000, 'x');
  std::ofstream(output.path(), std::ios::binary) << content;
  CHECK(as_text(output.take()) == content);
}

TEST_CASE("a child that has a copy of the output does not keep its taker waiting") {
  MemoryOutput output;
  int living[2];
  REQUIRE(::pipe(living) == 0);
  const pid_t child = ::fork();
  if (child == 0) {  // until the parent has closed its end
    ::close(living[1]);
    ::_exit(static_cast<int>(::read(living[0], living, 1)));
  }
  std::ofstream(output.path(), std::ios::binary) << "content";
  CHECK(as_text(output.take()) == "content");
  ::close(living[1]);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("no end of an output is a standard descriptor that is closed") {
  CHECK(in_child([] {
          for (const int number : {0, 1, 2}) ::close(number);
          MemoryOutput output;
          for (const int number : {0, 1, 2}) expect(::fcntl(number, F_GETFD) < 0, "a standard descriptor is open");
          std::ofstream(output.path(), std::ios::binary) << "content";
          expect(as_text(output.take()) == "content", "another content");
        }) == "");
}

TEST_CASE("an output that nobody takes ends") {
  const MemoryOutput output;
  CHECK(fs::exists(output.path()));
}

TEST_CASE("a process without free descriptors is told so") {
  CHECK(in_child([] {
          rlimit usual{};
          ::getrlimit(RLIMIT_NOFILE, &usual);
          const rlimit none{3, usual.rlim_max};
          for (const bool is_output : {false, true}) {
            std::string message;
            ::setrlimit(RLIMIT_NOFILE, &none);
            try {
              if (is_output)
                MemoryOutput();
              else
                MemoryFile("name", as_bytes("content"));
            } catch (const LinkFailed& error) {
              ::setrlimit(RLIMIT_NOFILE, &usual);  // UBSan opens pipes to look at an object
              message = error.what();
            }
            expect(message.find("ulimit -n") != message.npos, "message: " + message);
          }
        }) == "");
}

TEST_CASE("a process without another thread is told so, and nothing stays open") {
  CHECK(in_child([] {
          const auto open_files = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), {}); };
          pthread_attr_t attributes;
          ::pthread_attr_init(&attributes);
          ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 47);  // no address space has room for it
          ::pthread_setattr_default_np(&attributes);
          const auto before = open_files();
          std::string message;
          try {
            MemoryOutput();
          } catch (const LinkFailed& error) {
            message = error.what();
          }
          expect(message.find("a thread for the linker") != message.npos, "message: " + message);
          expect(open_files() == before, "files are open");
        }) == "");
}

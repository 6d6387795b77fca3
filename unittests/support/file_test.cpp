#include "support/file.h"

#include "unittests/support/file_systems.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <set>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// A directory with the place for temporary files.
struct Place : Scratch {
  Place() { fs::create_directory(temp()); }
  fs::path temp() const { return path() / "tmp"; }
  fs::path target() const { return path() / "target"; }
  bool publish(std::string_view text, Publish how = Publish::first_wins) const {
    return publish_file(target(), temp(), as_bytes(text), 0444, how);
  }
};

int error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const FileError& error) {
    return error.error_number();
  }
  return 0;
}

// Where `work` fails, and that it leaves nothing behind.
void expect_failure(const Place& place, int error, const std::function<void()>& work) {
  int found = error_of(work);
  expect(found == error, "error " + std::to_string(found) + " instead of " + std::to_string(error));
  expect(names_in(place.temp()).empty(), "a temporary file was left");
}

unsigned mode_of(const fs::path& file) {
  struct stat info;
  REQUIRE(::lstat(file.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

}  // namespace

TEST_CASE("a file is read whole", "[file]") {
  Scratch scratch;
  std::string text(100000, 'x');
  write_text(scratch / "a", text);
  write_text(scratch / "empty", "");
  CHECK(as_text(*read_file(scratch / "a")) == text);
  CHECK(read_file(scratch / "empty")->empty());
  // The size of such a file is not known before.
  CHECK(read_file("/proc/self/status")->size() > 100);
}

TEST_CASE("a file that is not there is no error", "[file]") {
  Scratch scratch;
  write_text(scratch / "file", "");
  CHECK_FALSE(read_file(scratch / "absent"));
  CHECK_FALSE(read_file(scratch / "file/below"));
}

TEST_CASE("what is no regular file is an error at once", "[file]") {
  Scratch scratch;
  REQUIRE(::mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string name = scratch / "socket";
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(error_of([&] { read_file(scratch / "fifo"); }) == ENOTSUP);
  CHECK(error_of([&] { read_file(scratch / "socket"); }) == ENOTSUP);
  CHECK(error_of([&] { read_file("/dev/zero"); }) == ENOTSUP);
  CHECK(error_of([&] { read_file(scratch.path()); }) == EISDIR);
  ::close(fd);
}

TEST_CASE("a file of absurd size is an error and no lack of memory", "[file]") {
  Scratch scratch;
  write_text(scratch / "large", "");
  REQUIRE(::truncate((scratch / "large").c_str(), off_t{1} << 42) == 0);
  CHECK(error_of([&] { read_file(scratch / "large"); }) == EFBIG);
}

TEST_CASE("an error names the action, the path and the reason", "[file]") {
  CHECK(std::string(FileError("read", "/a b", EACCES).what()) == "cannot read '/a b': Permission denied");
}

TEST_CASE("publishing gives the complete file its name and mode", "[file]") {
  Place place;
  CHECK(place.publish("text"));
  CHECK(read_text(place.target()) == "text");
  CHECK(mode_of(place.target()) == 0444);
  CHECK(names_in(place.temp()).empty());
}

TEST_CASE("the first publisher wins, and replacing replaces", "[file]") {
  Place place;
  CHECK(place.publish("one"));
  CHECK_FALSE(place.publish("two"));
  CHECK(read_text(place.target()) == "one");
  CHECK(place.publish("three", Publish::replace));
  CHECK(read_text(place.target()) == "three");
  CHECK(names_in(place.temp()).empty());
}

TEST_CASE("a link in the place of the target is not followed", "[file]") {
  Place place;
  write_text(place / "victim", "mine");
  for (const char* aim : {"victim", "nothing"}) {
    fs::create_symlink(place / aim, place.target());
    CHECK_FALSE(place.publish("text"));
    CHECK(fs::is_symlink(place.target()));
    CHECK(place.publish("text", Publish::replace));
    CHECK_FALSE(fs::is_symlink(place.target()));
    fs::remove(place.target());
  }
  CHECK(read_text(place / "victim") == "mine");
  CHECK_FALSE(fs::exists(place / "nothing"));
}

TEST_CASE("a link in the place of the temporary file is not followed", "[file]") {
  Place place;
  write_text(place / "victim", "mine");
  // The next names can be guessed.
  std::string name = unique_name();
  std::string stem = name.substr(0, name.rfind('-') + 1);
  long counter = std::stol(name.substr(stem.size()));
  for (int i = 1; i <= 5; ++i)
    fs::create_symlink(place / "victim", place.temp() / (stem + std::to_string(counter + i)));
  CHECK(place.publish("text"));
  CHECK(read_text(place.target()) == "text");
  CHECK(read_text(place / "victim") == "mine");
  CHECK(names_in(place.temp()).size() == 5);
}

TEST_CASE("a publisher that fails leaves nothing", "[file]") {
  Place place;
  SECTION("no directory for temporary files") {
    CHECK(error_of([&] { publish_file(place.target(), place / "absent", as_bytes("x"), 0444, Publish::first_wins); }) ==
          ENOENT);
  }
  SECTION("no directory for the target") {
    for (Publish how : {Publish::first_wins, Publish::replace})
      expect_failure(place, ENOENT, [&] { publish_file(place / "absent/x", place.temp(), as_bytes("x"), 0444, how); });
  }
  SECTION("a directory in the place of the target") {
    fs::create_directory(place.target());
    CHECK_FALSE(place.publish("x"));
    expect_failure(place, EISDIR, [&] { place.publish("x", Publish::replace); });
  }
  SECTION("no permission") {
    fs::permissions(place.path(), fs::perms(0755));
    fs::permissions(place.temp(), fs::perms(0777));
    CHECK(in_child([&] {
            if (::geteuid() != 0) fs::permissions(place.path(), fs::perms(0555));
            become_nobody();
            expect_failure(place, EACCES, [&] { place.publish("x"); });
          }) == "");
  }
  SECTION("a full disk") {
    CHECK(in_child([&] {
            mount_small(place.temp(), "64k");
            std::string large(200000, 'x');
            expect_failure(place, ENOSPC, [&] {
              publish_file(place.temp() / "x", place.temp(), as_bytes(large), 0444, Publish::first_wins);
            });
          }) == "");
  }
  SECTION("a target on another file system") {
    CHECK(in_child([&] {
            mount_small(place.temp(), "64k");
            expect_failure(place, EXDEV, [&] { place.publish("x"); });
          }) == "");
  }
  CHECK(names_in(place.temp()).empty());
}

TEST_CASE("a file beyond the limit on sizes is an error, and no signal", "[file]") {
  const Place place;
  CHECK(in_child([&] {
          const struct rlimit limit{1000, 1000};
          expect(::setrlimit(RLIMIT_FSIZE, &limit) == 0, "no limit");
          expect_failure(place, EFBIG, [&] { place.publish(std::string(1001, 'x')); });
          expect(place.publish(std::string(1000, 'x')), "a file of 1000 bytes is not too large");
          sigset_t pending, blocked;
          ::sigpending(&pending);
          ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
          expect(!::sigismember(&pending, SIGXFSZ) && !::sigismember(&blocked, SIGXFSZ), "something of it is left");
        }) == "");
}

TEST_CASE("without hard links the first still wins", "[file]") {
  Place place;
  int error = GENERATE(EPERM, ENOTSUP, ENOSYS, EMLINK);
  bool has_noreplace = GENERATE(true, false);
  CHECK(in_child([&] {
          forbid(link_calls(), error);
          if (!has_noreplace) forbid({SYS_renameat2}, EINVAL);
          expect(place.publish("one"), "the first publisher did not win");
          expect(!place.publish("two"), "the second publisher won");
          expect(read_text(place.target()) == "one", "the file was replaced");
          expect(names_in(place.temp()).empty(), "a temporary file was left");
        }) == "");
}

TEST_CASE("of racing threads and processes one wins and readers see only complete files", "[file]") {
  constexpr int rounds = 20;
  constexpr int publishers = 4;
  Place place;
  auto text = [](int who) { return std::string(50000, static_cast<char>('a' + who)); };
  auto is_complete = [](const Bytes& bytes) {
    return bytes.size() == 50000 && std::set<std::uint8_t>(bytes.begin(), bytes.end()).size() == 1;
  };
  auto file = [&](int round) { return place / std::to_string(round); };
  auto run = [&](int who, Publish how) {
    int won = 0;
    for (int round = 0; round < rounds; ++round) {
      won += publish_file(file(round), place.temp(), as_bytes(text(who)), 0444, how);
      auto seen = read_file(file(round));
      if (!seen || !is_complete(*seen)) return -1;
    }
    return won;
  };
  Publish how = GENERATE(Publish::first_wins, Publish::replace);
  std::vector<int> won(publishers);
  SECTION("threads") {
    std::vector<std::thread> threads;
    for (int who = 0; who < publishers; ++who) threads.emplace_back([&, who] { won[who] = run(who, how); });
    for (std::thread& thread : threads) thread.join();
  }
  SECTION("processes") {
    std::vector<std::unique_ptr<Child>> children;
    for (int who = 0; who < publishers; ++who) {
      children.push_back(
          std::make_unique<Child>([&, who] { throw std::runtime_error(std::to_string(run(who, how))); }));
    }
    for (int who = 0; who < publishers; ++who) won[who] = std::stoi(children[who]->finish());
  }
  int total = 0;
  for (int one : won) {
    CHECK(one >= 0);
    total += one;
  }
  CHECK(total == (how == Publish::first_wins ? rounds : rounds * publishers));
  for (int round = 0; round < rounds; ++round) CHECK(is_complete(*read_file(file(round))));
  CHECK(names_in(place.temp()).empty());
}

TEST_CASE("unique names are unique in threads and processes", "[file]") {
  std::mutex mutex;
  std::set<std::string> names;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) {
        std::string name = unique_name();
        std::lock_guard lock(mutex);
        names.insert(name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(names.size() == 400);
  CHECK(names.count(in_child([] { throw std::runtime_error(unique_name()); })) == 0);
}

TEST_CASE("only temporaries whose writers ended, and old ones, are removed", "[file]") {
  Scratch scratch;
  std::string dead = in_child([] { throw std::runtime_error(unique_name()); });
  // Of another machine; that no such process lives here says nothing.
  std::string foreign = "elsewhere.01234567" + dead.substr(dead.find('-'));
  std::string old_foreign = "elsewhere.01234567-1-1";
  std::string own = unique_name();
  for (const std::string& name :
       {dead, foreign, old_foreign, own, std::string("notes-1-x"), std::string("README"), std::string("-1-2")})
    write_text(scratch / name, "x");
  timeval long_ago[2] = {{1000000000, 0}, {1000000000, 0}};
  REQUIRE(::utimes((scratch / old_foreign).c_str(), long_ago) == 0);
  REQUIRE(::utimes((scratch / "README").c_str(), long_ago) == 0);
  fs::create_directory(scratch / (dead + "0"));
  remove_stale_temporaries(scratch.path());
  std::vector<std::string> left{foreign, own, "notes-1-x", "README", "-1-2", dead + "0"};
  std::sort(left.begin(), left.end());
  CHECK(names_in(scratch.path()) == left);
  remove_stale_temporaries(scratch / "absent");
}

TEST_CASE("files of others whose names look like ours stay", "[file]") {
  const Scratch scratch;
  const std::vector<std::string> theirs{"result-1-2", "run-2024-12", "x.0123456-1-1", "x.0123456g-1-1"};
  timeval long_ago[2] = {{1000000000, 0}, {1000000000, 0}};
  for (const std::string& name : theirs) {
    write_text(scratch / name, "x");
    REQUIRE(::utimes((scratch / name).c_str(), long_ago) == 0);
  }
  remove_stale_temporaries(scratch.path());
  CHECK(names_in(scratch.path()) == theirs);
  CHECK(is_unique_name(unique_name()));
  CHECK(is_machine_name(machine_name()));
}

TEST_CASE("publishing beside a file removes what killed processes left there", "[file]") {
  const Scratch scratch;
  write_text(scratch / in_child([] { throw std::runtime_error(unique_name()); }), "half");
  CHECK(publish_beside(scratch / "report", as_bytes("whole"), 0644, Publish::replace));
  CHECK(names_in(scratch.path()) == std::vector<std::string>{"report"});
  CHECK(in_child([&] {
          expect(::chdir(scratch.path().c_str()) == 0, "chdir");
          publish_beside("here", as_bytes("x"), 0644, Publish::replace);
        }) == "");
  CHECK(read_text(scratch / "here") == "x");
}

TEST_CASE("a file that moved away comes back unless there is another", "[file]") {
  const Scratch scratch;
  write_text(scratch / "aside", "old");
  put_back(scratch / "aside", scratch / "file");
  CHECK(read_text(scratch / "file") == "old");
  write_text(scratch / "aside", "older");
  put_back(scratch / "aside", scratch / "file");
  CHECK(read_text(scratch / "file") == "old");
  CHECK(names_in(scratch.path()) == std::vector<std::string>{"file"});
  CHECK(in_child([&] {
          write_text(scratch / "aside", "from a disk without links");
          forbid(link_calls(), EPERM);
          put_back(scratch / "aside", scratch / "file");
        }) == "");
  CHECK(read_text(scratch / "file") == "from a disk without links");
}

TEST_CASE("removing tells whether there was a file, and is an error where it fails", "[file]") {
  const Scratch scratch;
  write_text(scratch / "file", "x");
  CHECK(remove_file(scratch / "file"));
  CHECK_FALSE(remove_file(scratch / "file"));
  CHECK(error_of([&] { remove_file(scratch.path()); }) == EISDIR);
}

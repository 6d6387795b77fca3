// The memory of linked code: its protections, its end, and what is said when there is none.
#include "object_maker.h"

#include "support/code_pages.h"

#include <dijitso/error.h>
#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

extern "C" {  // of libgcc
void __register_frame_info(const void* frames, void* record);
void* __deregister_frame_info(const void* frames);
}

using namespace orc_test;
using Catch::Matchers::Contains;

namespace {

// The rights of the mapping that holds the address, as "rw-p"; empty when there is none.
std::string rights_of(const void* address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::string rights;
    words >> std::hex >> begin >> dash >> end >> rights;
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    if (wanted >= begin && wanted < end) return rights;
  }
  return {};
}

const std::string all_kinds =
    "extern \"C\" { int function() { return 1; } extern const int constant = 2; int variable = 3; int zeros[9000]; }";

}  // namespace

TEST_CASE("nothing in memory is writable and executable") {
  auto module = link(new_session(), "m", all_kinds);
  CHECK(rights_of(module->find("function")) == "r-xp");
  CHECK(rights_of(module->find("constant")) == "r--p");
  CHECK(rights_of(module->find("variable")) == "rw-p");
  CHECK(rights_of(module->find("zeros")) == "rw-p");
  const void* function = module->find("function");
  module.reset();
  CHECK(rights_of(function) != "r-xp");
}

// A hundred thousand tables are unwound by nobody, and make it slow to take another one from the unwinder's list.
class ManyFrames {
 public:
  ManyFrames() {
    for (std::size_t i = 0; i < tables_.size(); ++i) __register_frame_info(&tables_[i], records_[i].data());
  }
  ManyFrames(const ManyFrames&) = delete;
  ManyFrames& operator=(const ManyFrames&) = delete;
  ~ManyFrames() {
    for (std::size_t i = tables_.size(); i-- > 0;) __deregister_frame_info(&tables_[i]);  // the last one is found first
  }

 private:
  std::vector<std::uint32_t> tables_ = std::vector<std::uint32_t>(100'000, 1);
  std::vector<std::array<std::uint64_t, 8>> records_{tables_.size()};
};

TEST_CASE("a child of fork() may link although another thread was dropping modules") {
  const auto session = new_session();
  const auto object = compile("extern \"C\" int f() { return 1; }");
  std::vector<ModulePtr> modules;
  for (int i = 0; i < 300; ++i) modules.push_back(link(session, "m" + std::to_string(i), object));
  const ManyFrames frames;
  std::thread dropping([&] { modules.clear(); });
  int linked = 0;
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(20);
      ::_exit(link(session, "of the child", object)->find("f") ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    linked += status == 0;
  }
  dropping.join();
  CHECK(linked == 20);
}

TEST_CASE("a child of fork() has variables of its own and may link") {
  const auto session = new_session();
  const auto module = link(session, "m", "extern \"C\" { int variable = 3; int next() { return ++variable; } }");
  const auto object = compile(all_kinds);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool right =
        function<int()>(module, "next")() == 4 && function<int()>(link(session, "child", object), "function")() == 1;
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(function<int()>(module, "next")() == 4);
}

TEST_CASE("with too many mappings the error names the limit, and links go on when there are fewer") {
  const auto session = new_session();
  const auto object = compile(all_kinds);
  struct Mapping {
    std::byte* begin;
    std::size_t size;
  };
  // Neighbours of different protection are mappings of their own.
  std::vector<Mapping> mappings;
  mappings.reserve(1 << 21);
  for (bool full = false; !full;) {
    std::byte* begin = nullptr;
    full = !dijitso::map_pages(2 * dijitso::page_size(), begin).empty();
    if (full) break;
    mappings.push_back({begin, 2 * dijitso::page_size()});
    full = !dijitso::protect_pages(begin, dijitso::page_size(), false, false).empty();
  }
  std::string message;
  try {
    link(session, "m", object);
  } catch (const dijitso::LinkFailed& error) {
    message = error.what();
  }
  for (const auto& mapping : mappings) dijitso::unmap_pages(mapping.begin, mapping.size);
  CHECK_THAT(message, Contains("cannot link module 'm'") && Contains("vm.max_map_count"));
  CHECK(function<int()>(link(session, "m", object), "function")() == 1);
}

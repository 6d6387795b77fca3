// What a debugger is told of linked modules, read from the list as a debugger reads it.
#include "object_maker.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <elf.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace orc_test;

namespace {

// As GDB's manual, "JIT Compilation Interface", declares them.
struct CodeEntry {
  CodeEntry* next;
  CodeEntry* previous;
  const char* object;
  std::uint64_t size;
};
struct Descriptor {
  std::uint32_t version;
  std::uint32_t action;
  CodeEntry* relevant;
  CodeEntry* first;
};
constexpr std::uint32_t registered = 1;
constexpr std::uint32_t unregistered = 2;

const Descriptor& descriptor() {
  auto* const found = static_cast<Descriptor*>(dlsym(RTLD_DEFAULT, "__jit_debug_descriptor"));
  if (!found) throw std::runtime_error("no __jit_debug_descriptor");
  return *found;
}

// The objects on the list, newest first; the list must hang together both ways.
std::vector<const char*> listed() {
  std::vector<const char*> objects;
  const CodeEntry* previous = nullptr;
  for (const CodeEntry* entry = descriptor().first; entry; entry = entry->next) {
    REQUIRE(entry->previous == previous);
    objects.push_back(entry->object);
    previous = entry;
  }
  return objects;
}

struct Section {
  std::string name;
  Elf64_Shdr header;
};

std::vector<Section> sections(const char* object) {
  Elf64_Ehdr file;
  std::memcpy(&file, object, sizeof file);
  std::vector<Section> result(file.e_shnum);
  for (std::size_t i = 0; i < result.size(); ++i)
    std::memcpy(&result[i].header, object + file.e_shoff + i * sizeof(Elf64_Shdr), sizeof(Elf64_Shdr));
  for (auto& section : result)
    section.name = object + result[file.e_shstrndx].header.sh_offset + section.header.sh_name;
  return result;
}

// Where the object says that a symbol is: what a debugger computes.
std::uintptr_t told_address(const char* object, const std::string& name) {
  const auto all = sections(object);
  for (const auto& section : all) {
    if (section.header.sh_type != SHT_SYMTAB) continue;
    const auto* strings = object + all[section.header.sh_link].header.sh_offset;
    for (std::size_t i = 0; i < section.header.sh_size; i += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, object + section.header.sh_offset + i, sizeof symbol);
      if (strings + symbol.st_name != name) continue;
      CHECK((all[symbol.st_shndx].header.sh_flags & SHF_ALLOC));
      return all[symbol.st_shndx].header.sh_addr + symbol.st_value;
    }
  }
  return 0;
}

const std::string many_sections = R"(
template <class T> struct Twice { static T seen; static T of(T x) { seen = x; return 2 * x; } };
template <class T> T Twice<T>::seen;  // zeros, a section of its own for each T
int zero;
int zeros[100];
int one = 1;
extern "C" { extern const int constant; const int constant = 3; }
thread_local int local = 4;
static int unused() { return 5; }
extern "C" int f(int x) { return Twice<int>::of(x) + Twice<long>::of(x) + zero + zeros[x] + one + local; }
extern "C" __attribute__((section(".text.elsewhere"))) int g() { return 1; }
__attribute__((used)) static int (*keep)() = nullptr;
)";

int listed_while_constructing = 0;

}  // namespace

extern "C" __attribute__((visibility("default"))) void orc_test_count_listed() {
  listed_while_constructing = static_cast<int>(listed().size());
}

TEST_CASE("a module with debug information is on the debugger's list until it is unloaded") {
  REQUIRE(descriptor().version == 1);
  REQUIRE(listed().empty());
  const auto session = new_session();
  auto module = link(session, "m", compile("int f() { return 1; }", "-g -O0"));
  REQUIRE(listed().size() == 1);
  CHECK(descriptor().action == registered);
  CHECK(descriptor().relevant == descriptor().first);
  module.reset();
  CHECK(listed().empty());
  CHECK(descriptor().action == unregistered);
}

TEST_CASE("a module without debug information is not on the debugger's list") {
  const auto before = descriptor().relevant;
  const auto module = link(new_session(), "m", compile("int f() { return 1; }", "-O0"));
  CHECK(listed().empty());
  CHECK(descriptor().relevant == before);
}

TEST_CASE("the debugger is told where each section lies") {
  const std::string compiler = GENERATE("g++", "clang++-22");
  const std::string flags = GENERATE("-g -O0", "-g -O2 -ffunction-sections -fdata-sections");
  CAPTURE(compiler, flags);
  const auto module = link(new_session(), "m", compile(many_sections, flags, compiler));
  REQUIRE(function<int(int)>(module, "f")(1) == 9);
  REQUIRE(listed().size() == 1);
  const char* const object = listed().front();
  for (const char* name : {"f", "g", "zero", "zeros", "one", "constant", "_ZN5TwiceIiE4seenE", "_ZN5TwiceIlE4seenE"}) {
    CAPTURE(name);
    CHECK(told_address(object, name) == reinterpret_cast<std::uintptr_t>(module->find(name)));
  }
}

TEST_CASE("no section that is not in memory seems to be at address 0") {
  const auto module = link(new_session(), "m", compile(many_sections, "-g -O0 -ffunction-sections -fdata-sections"));
  REQUIRE(listed().size() == 1);
  std::set<std::string> elsewhere;
  for (const auto& section : sections(listed().front())) {
    if ((section.header.sh_flags & SHF_ALLOC))
      CHECK(section.header.sh_addr != 0);
    else
      elsewhere.insert(section.name);
  }
  CHECK(elsewhere.contains(".debug_info"));
  CHECK(elsewhere.contains(".tdata.local"));
}

TEST_CASE("the debugger knows a module before its constructors run") {
  const std::string source =
      "extern \"C\" void orc_test_count_listed(); static struct S { S() { orc_test_count_listed(); } } s;";
  listed_while_constructing = 0;
  link(new_session(), "m", compile(source, "-g"));
  CHECK(listed_while_constructing == 1);
  CHECK(listed().empty());
}

TEST_CASE("a module that cannot be loaded does not stay on the debugger's list") {
  const auto session = new_session();
  CHECK_THROWS_AS(link(session, "m", compile("static int x = [] { throw 1; return 2; }();", "-g")),
                  dijitso::LinkFailed);
  CHECK_THROWS_AS(link(session, "m", compile("void nowhere(); void f() { nowhere(); }", "-g")), dijitso::LinkFailed);
  CHECK(listed().empty());
}

TEST_CASE("modules leave the debugger's list in any order") {
  const auto object = compile("int f() { return 1; }", "-g -O0");
  const auto session = new_session();
  std::vector<ModulePtr> modules;
  for (int i = 0; i < 4; ++i) modules.push_back(link(session, "m" + std::to_string(i), object));
  const auto all = listed();
  REQUIRE(all.size() == 4);
  modules[2].reset();
  CHECK(listed() == std::vector{all[0], all[2], all[3]});
  modules[0].reset();
  CHECK(listed() == std::vector{all[0], all[2]});
  modules[3].reset();
  CHECK(listed() == std::vector{all[2]});
  modules[1].reset();
  CHECK(listed().empty());
}

TEST_CASE("threads may load and unload modules with debug information") {
  const auto object = compile("int f() { return 1; }", "-g -O0");
  const auto shared = new_session();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto own = new_session();
      for (int round = 0; round < 10; ++round) {
        const auto a = link(own, "own", object);
        const auto b = link(shared, "shared", object);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(listed().empty());
}

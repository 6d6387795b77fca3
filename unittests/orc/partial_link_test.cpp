// What the linker does to an object before JITLink gets it: every way in which code and data refer to places of their
// own module, and objects for which that part cannot be done.
#include "object_maker.h"

#include <dijitso/error.h>
#include <elf.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace orc_test;
using Catch::Matchers::Contains;

namespace {

const std::string references = R"(
#include <stdexcept>
#include <string>
struct Shape { virtual ~Shape() {} virtual int sides() const { return 0; } };
struct Square : Shape { int sides() const override { return 4; } };
template <int n> struct Polygon : Shape { static int made; Polygon() { ++made; } int sides() const override { return n; } };
template <int n> int Polygon<n>::made = 0;
template <int n> int number() { static int calls = n; return ++calls; }
inline const char* text() { return "a text"; }
int (*const table[])() = {number<1>, number<2>, number<3>};
int (*variable_table[])() = {number<10>, number<20>};
int exported = 5;
int* address = &exported;
static int zeros[100];
int* last = zeros + 99;
static int started = [] { zeros[3] = 7; return 1; }();
thread_local int local = 11;
static thread_local std::string owned = "owned";
static int choose(int x) {
  switch (x) {
    case 0: return 10; case 1: return 31; case 2: return 52; case 3: return 33; case 4: return 74;
    case 5: return 95; case 6: return 16; case 7: return 87; default: return -1;
  }
}
static int thrown(int x) {
  try {
    if (x > 0) throw std::out_of_range(text());
  } catch (const std::exception& error) {
    return static_cast<int>(std::string(error.what()).size());
  }
  return 0;
}
extern "C" int sum(int x) {
  Polygon<5> five;
  Square four;
  const Shape* shapes[] = {&five, &four};
  int result = shapes[x - 1]->sides() + Polygon<5>::made;   // 5 + 1
  for (auto* function : table) result += function();        // 2 + 3 + 4
  for (auto* function : variable_table) result += function();  // 11 + 21
  *last = 9;
  result += *address + zeros[99] + zeros[3] + started;      // 5 + 9 + 7 + 1
  return result + local + static_cast<int>(owned.size()) + choose(x) + thrown(x);  // 11 + 5 + 31 + 6
}
)";
constexpr int sum_of_all = 5 + 1 + 2 + 3 + 4 + 11 + 21 + 5 + 9 + 7 + 1 + 11 + 5 + 31 + 6;

// With the last table of relocations of a section that is loaded changed so that it names a symbol that is not there.
dijitso::SharedBytes with_wrong_symbol(const dijitso::SharedBytes& object) {
  auto bytes = std::make_shared<dijitso::Bytes>(*object);
  auto* const header = reinterpret_cast<Elf64_Ehdr*>(bytes->data());
  auto* const sections = reinterpret_cast<Elf64_Shdr*>(bytes->data() + header->e_shoff);
  for (int i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_RELA || !(sections[sections[i].sh_info].sh_flags & SHF_ALLOC)) continue;
    auto* const relocation = reinterpret_cast<Elf64_Rela*>(bytes->data() + sections[i].sh_offset);
    relocation->r_info = ELF64_R_INFO(1000000, ELF64_R_TYPE(relocation->r_info));
  }
  return bytes;
}

}  // namespace

TEST_CASE("code and data refer to places of their module in every way") {
  for (const std::string compiler : {"g++", "clang++-22"}) {
    for (const std::string flags : {"-O0", "-O2", "-O0 -g", "-O1 -ffunction-sections -fdata-sections", "-O1 -fno-plt",
                                    "-O1 -fvisibility=hidden"}) {
      CAPTURE(compiler, flags);
      const auto module = link(
          new_session(), "m",
          compile(
              references +
                  (flags.find("hidden") == flags.npos
                       ? ""
                       : "extern \"C\" __attribute__((visibility(\"default\"))) int visible(int x) { return sum(x); }"),
              flags, compiler));
      auto* const sum = function<int(int)>(module, flags.find("hidden") == flags.npos ? "sum" : "visible");
      REQUIRE(sum);
      CHECK(sum(1) == sum_of_all);
      CHECK((module->find("sum") == nullptr) == (flags.find("hidden") != flags.npos));
      CHECK(module->find("_ZL5zeros") == nullptr);  // static
    }
  }
}

TEST_CASE("exports of a module are at the addresses that its code uses") {
  const auto session = new_session();
  const auto module = link(session, "m", references);
  auto** const address = static_cast<int**>(module->find("address"));
  REQUIRE(address);
  CHECK(*address == module->find("exported"));
  CHECK(*static_cast<int*>(module->find("local")) == 11);
  const auto user = link(session, "user",
                         "extern int exported; extern thread_local int local;"
                         "extern \"C\" int f() { return ++exported + local; }",
                         {{"m", module}});
  CHECK(function<int()>(user, "f")() == 17);
  CHECK(**address == 6);
}

TEST_CASE("a variable that several objects may define is one of the module") {
  const auto module = link(new_session(), "m",
                           compile("int common; int f() { return ++common; }", "-x c -fcommon -O0", "gcc -Wno-error"));
  CHECK(function<int()>(module, "f")() == 1);
  CHECK(*static_cast<int*>(module->find("common")) == 1);
}

TEST_CASE("sections that code walks by their names are complete") {
  const auto module = link(new_session(), "m", compile(R"(
    extern "C" {
    __attribute__((section("items"), used)) static int one = 1;
    __attribute__((section("items"), used)) static int two = 2;
    extern int __start_items[], __stop_items[];
    int sum() { int result = 0; for (int* item = __start_items; item != __stop_items; ++item) result += *item; return result; }
    })"));
  CHECK(function<int()>(module, "sum")() == 3);
}

TEST_CASE("an object with more than 65,000 sections is linked") {
  const auto module = link(new_session(), "m",
                           compile(R"(
    asm(".macro one\n .section .text.f\\@,\"ax\",@progbits\n ret\n .endm\n .rept 66000\n one\n .endr\n .text\n");
    extern "C" int f() { return 5; })",
                                   "-O0"));
  CHECK(function<int()>(module, "f")() == 5);
}

#if defined(__x86_64__)
TEST_CASE("a module that is larger than its references reach cannot be linked") {
  const auto object = compile(R"(
    asm(".bss\n.globl big\nbig: .zero 0x90000000\nafter: .zero 8\n"
        ".text\n.globl f\nf: lea after(%rip), %rax\n lea big(%rip), %rax\n ret\n");
    )");
  CHECK_THROWS_WITH(link(new_session(), "m", object),
                    Contains("cannot link module 'm'") && Contains("more than 2 GB apart"));
}
#endif

TEST_CASE("a relocation with a symbol that is not there is an error") {
  const auto object = with_wrong_symbol(compile("extern int x; int x = 1; int* address = &x;"));
  CHECK_THROWS_WITH(link(new_session(), "m", object),
                    Contains("cannot link module 'm'") && Contains("a symbol that the object does not have"));
}

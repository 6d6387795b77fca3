// What a link accepts and refuses, and that linked code does what compiled code does: calls, exceptions, type
// information.
#include "orc/session.h"

#include "object_maker.h"

#include <dijitso/error.h>
#include <catch2/catch.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

using namespace orc_test;
using Catch::Matchers::Contains;
using dijitso::LinkFailed;

// Known to the linked code: the test is linked with -rdynamic.
struct __attribute__((visibility("default"))) OrcTestShape {
  virtual ~OrcTestShape() = default;
  virtual int corners() const = 0;
};
struct __attribute__((visibility("default"))) OrcTestSquare : OrcTestShape {
  int corners() const override { return 4; }
};
extern "C" __attribute__((visibility("default"))) void orc_test_throw() { throw std::out_of_range("from the host"); }
extern "C" __attribute__((visibility("default"))) OrcTestShape* orc_test_square() { return new OrcTestSquare; }

namespace {

const std::string shape =
    "struct OrcTestShape { virtual ~OrcTestShape() = default; virtual int corners() const = 0; };"
    "struct OrcTestSquare : OrcTestShape { int corners() const override { return 4; } };";

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const LinkFailed& error) {
    return error.what();
  }
  return "no LinkFailed";
}

}  // namespace

TEST_CASE("a function of a linked object can be called") {
  const auto session = new_session();
  for (const std::string compiler : {"g++", "clang++-22"}) {
    for (const std::string flags : {"-O0", "-O2", "-O2 -g", "-O3 -ffunction-sections -fdata-sections"}) {
      const auto module =
          link(session, "answer", compile("extern \"C\" int answer(int x) { return x + 1; }", flags, compiler));
      CHECK(function<int(int)>(module, "answer")(41) == 42);
      CHECK(module->find("question") == nullptr);
    }
  }
}

TEST_CASE("only exported symbols are found") {
  const auto module = link(new_session(), "m",
                           "static int hidden_one() { return 1; } int (*use)() = hidden_one;"
                           "__attribute__((visibility(\"hidden\"))) int hidden_two = 2; int seen = hidden_two;");
  CHECK(module->find("seen") != nullptr);
  CHECK(module->find("_ZL10hidden_onev") == nullptr);
  CHECK(module->find("hidden_two") == nullptr);
}

TEST_CASE("the standard library works in linked code") {
  const auto module = link(new_session(), "m", R"(
    #include <algorithm>
    #include <iostream>
    #include <map>
    #include <sstream>
    #include <string>
    #include <vector>
    static const std::map<std::string, int> numbers{{"one", 1}, {"two", 2}};
    extern "C" int sum() {
      std::vector<int> values{3, 1, 2};
      std::sort(values.begin(), values.end());
      std::ostringstream text;
      text << values.back() << numbers.at("two");
      std::cerr << "";
      return std::stoi(text.str());
    })");
  CHECK(function<int()>(module, "sum")() == 32);
}

TEST_CASE("std::call_once works in linked code") {
  const auto module = link(new_session(), "m", R"(
    #include <mutex>
    static std::once_flag flag;
    static int calls = 0;
    extern "C" int once() { std::call_once(flag, [] { ++calls; }); return calls; })");
  CHECK(function<int()>(module, "once")() == 1);
  int other = 0;
  std::thread([&] { other = function<int()>(module, "once")(); }).join();
  CHECK(other == 1);
}

TEST_CASE("exceptions pass between modules and the host") {
  const auto session = new_session();
  const auto thrower = link(session, "B", R"(
    #include <stdexcept>
    struct Own { int value; };
    void throw_standard() { throw std::runtime_error("from B"); }
    void throw_own() { throw Own{7}; })");

  SECTION("a module's exception is caught in the host") {
    CHECK_THROWS_WITH(function<void()>(thrower, "_Z14throw_standardv")(), "from B");
  }
  SECTION("a module's exception is caught in another module") {
    const auto catcher = link(session, "A", R"(
      struct Own { int value; };
      void throw_own();
      extern "C" int caught() { try { throw_own(); } catch (const Own& own) { return own.value; } return 0; })",
                              {{"B", thrower}});
    CHECK(function<int()>(catcher, "caught")() == 7);
  }
  SECTION("the host's exception passes through a module, whose objects are destroyed") {
    const auto middle = link(session, "M", R"(
      extern "C" void orc_test_throw();
      int destroyed = 0;
      struct Guard { ~Guard() { ++destroyed; } };
      extern "C" void pass() { Guard guard; orc_test_throw(); })");
    CHECK_THROWS_AS(function<void()>(middle, "pass")(), std::out_of_range);
    CHECK(*static_cast<int*>(middle->find("destroyed")) == 1);
  }
}

TEST_CASE("types are the same in modules and in the host") {
  const auto session = new_session();
  const auto triangle = link(session, "B", shape + R"(
    struct Triangle : OrcTestShape { int corners() const override { return 3; } };
    OrcTestShape* triangle() { return new Triangle; })");
  const auto user = link(session, "A", shape + R"(
    #include <typeinfo>
    struct Triangle : OrcTestShape { int corners() const override { return 3; } };
    OrcTestShape* triangle();
    extern "C" OrcTestShape* orc_test_square();
    extern "C" int check() {
      OrcTestShape* own = triangle();
      OrcTestShape* host = orc_test_square();
      const int result = (dynamic_cast<Triangle*>(own) ? 1 : 0) + (dynamic_cast<OrcTestSquare*>(host) ? 2 : 0) +
                         (dynamic_cast<Triangle*>(host) ? 4 : 0) + (typeid(*host) == typeid(OrcTestSquare) ? 8 : 0);
      delete own;
      delete host;
      return result;
    }
    extern "C" OrcTestShape* square() { return new OrcTestSquare; })",
                         {{"B", triangle}});
  CHECK(function<int()>(user, "check")() == 11);
  const std::unique_ptr<OrcTestShape> square(function<OrcTestShape*()>(user, "square")());
  CHECK(dynamic_cast<OrcTestSquare*>(square.get()) != nullptr);
  CHECK(square->corners() == 4);
}

TEST_CASE("an object may carry sections that are not loaded and bytes behind its end") {
  const auto object = compile(
      "asm(\".section .dijitso.key,\\\"\\\",@progbits\\n.ascii \\\"key\\\"\\n.previous\");"
      "extern \"C\" int one() { return 1; }");
  auto longer = std::make_shared<dijitso::Bytes>(*object);
  longer->insert(longer->end(), 1000, 0x5a);
  CHECK(function<int()>(link(new_session(), "m", dijitso::SharedBytes(longer)), "one")() == 1);
}

TEST_CASE("an object without any symbol is a module") { CHECK(link(new_session(), "empty", "")->find("x") == nullptr); }

TEST_CASE("what is not an object for this machine is refused") {
  const auto session = new_session();
  const auto refused = [&](const dijitso::SharedBytes& bytes) {
    return message_of([&] { link(session, "bad", bytes); });
  };
  const auto good = compile("extern \"C\" int one() { return 1; }");

  CHECK(refused(nullptr) == "cannot link module 'bad': there is no object");
  CHECK_THAT(refused(std::make_shared<dijitso::Bytes>()), Contains("cannot link module 'bad': "));
  CHECK_THAT(refused(std::make_shared<dijitso::Bytes>(100, std::uint8_t{'x'})), Contains("cannot link module 'bad': "));
  CHECK_THAT(refused(std::make_shared<dijitso::Bytes>(good->begin(), good->begin() + 80)),
             Contains("cannot link module 'bad': "));

  auto other_machine = std::make_shared<dijitso::Bytes>(*good);
  (*other_machine)[18] = 243;  // e_machine: RISC-V
  CHECK_THAT(refused(other_machine), Contains("it is code for riscv64 and this process runs on "));
#if defined(__x86_64__)
  CHECK_THAT(refused(compile("int one() { return 1; }", "-mx32")), Contains("it is not a 64-bit object"));
#endif
  auto executable = std::make_shared<dijitso::Bytes>(*good);
  (*executable)[16] = 2;  // e_type: ET_EXEC
  CHECK_THAT(refused(executable), Contains("it is not a relocatable object"));

  CHECK(function<int()>(link(session, "good", good), "one")() == 1);
}

TEST_CASE("JITLink's own refusal reaches the message") {
  const auto object =
      compile("thread_local int x = 1; extern \"C\" int* address() { return &x; }", "-O1 -ftls-model=initial-exec");
  CHECK_THAT(message_of([&] { link(new_session(), "static-tls", object); }),
             Contains("cannot link module 'static-tls': ") && Contains("nsupported"));
}

TEST_CASE("modules of another session are refused as dependencies") {
  const auto first = new_session();
  const auto foreign = link(first, "foreign", "extern \"C\" int one() { return 1; }");
  const std::string expected = "module 'm' names a dependency that is not a module of the same session";
  CHECK(message_of([&] { link(new_session(), "m", "", {{"foreign", foreign}}); }) == expected);
  CHECK(message_of([&] { link(first, "m", "", {{"nothing", nullptr}}); }) == expected);
}

TEST_CASE("one name may be linked many times") {
  const auto session = new_session();
  const auto source = "static int calls = 0; extern \"C\" int call() { return ++calls; }";
  const auto first = link(session, "same", source);
  const auto second = link(session, "same", source);
  CHECK(function<int()>(first, "call")() == 1);
  CHECK(function<int()>(first, "call")() == 2);
  CHECK(function<int()>(second, "call")() == 1);
}

TEST_CASE("many threads link at once") {
  const auto session = new_session();
  const auto base = link(session, "base", "int base() { return 1000; }");
  std::vector<dijitso::SharedBytes> objects;
  for (int i = 0; i < 100; ++i) {
    objects.push_back(compile("int base(); static int number = base() + " + std::to_string(i % 10) +
                              "; extern \"C\" int get() { return number; }"));
  }
  std::vector<int> wrong(8, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const auto module = link(session, "m" + std::to_string(i), objects[i], {{"base", base}});
        if (function<int()>(module, "get")() != 1000 + i % 10) ++wrong[t];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(8, 0));
}

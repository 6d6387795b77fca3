// The parts of C++ that need help from the linker: exceptions, thread_local, static objects, dynamic_cast, streams.
// Each is tried on code that was just compiled and on the same code from the cache.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

// What the code under test calls back.
#define HOST_FUNCTION extern "C" __attribute__((visibility("default"), used))

namespace {

std::vector<std::string>& events() {
  static std::vector<std::string> list;
  return list;
}

}  // namespace

HOST_FUNCTION void test_host_event(const char* text) {
  static std::mutex mutex;  // threads end at the same time
  const std::lock_guard<std::mutex> lock(mutex);
  events().push_back(text);
}
HOST_FUNCTION void test_host_throw(int number) { throw std::out_of_range("host " + std::to_string(number)); }
HOST_FUNCTION int test_host_call(int (*function)(int), int argument) { return function(argument); }

struct __attribute__((visibility("default"))) TestShape {
  virtual ~TestShape();
  virtual double area() const = 0;
};
TestShape::~TestShape() = default;

namespace {

// Builds with one Jit, then gives a fresh one that must find all in the cache.
template <class Build, class Check>
void built_and_cached(Build build, Check check) {
  Place place;
  {
    Jit jit;
    check(build(jit, place.params, false));
  }
  Jit fresh;
  check(build(fresh, place.params, true));
  CHECK(fresh.counters().compiles == 0);
}

Library module(Jit& jit, const Params& params, bool cached, const std::string& name, const Generate& generate) {
  return jit.jit(name, params, cached ? Generate(never) : generate).first;
}

}  // namespace

TEST_CASE("exceptions cross modules and the host in both directions") {
  built_and_cached(
      [](Jit& jit, const Params& params, bool cached) {
        module(jit, params, cached, "thrower",
               gives("#include <thrower.h>\nint thrower(int n) { if (n > 2) throw Failure{n}; return n; }",
                     "struct Failure { int code; };\nint thrower(int);\n"));
        return module(jit, params, cached, "catcher",
                      gives(R"(
#include <thrower.h>
#include <stdexcept>
extern "C" void test_host_throw(int);
extern "C" int test_host_call(int (*)(int), int);
extern "C" int catches_module(int n) { try { return thrower(n); } catch (const Failure& f) { return -f.code; } }
extern "C" int catches_host(int n) { try { test_host_throw(n); } catch (const std::exception& e) { return e.what()[5] - '0'; } return -1; }
extern "C" int through_host(int n) { try { return test_host_call(&thrower, n); } catch (const Failure& f) { return 100 + f.code; } }
extern "C" void throws_to_host(int n) { if (n) throw std::runtime_error("from the module"); }
)",
                            "", {"thrower"}));
      },
      [](const Library& catcher) {
        CHECK(catcher.function<int(int)>("catches_module")(1) == 1);
        CHECK(catcher.function<int(int)>("catches_module")(7) == -7);
        CHECK(catcher.function<int(int)>("catches_host")(4) == 4);
        CHECK(catcher.function<int(int)>("through_host")(9) == 109);
        CHECK_THROWS_WITH(catcher.function<void(int)>("throws_to_host")(1), "from the module");
        CHECK_NOTHROW(catcher.function<void(int)>("throws_to_host")(0));
      });
}

TEST_CASE("thread_local variables are each thread's own, and are destroyed when it ends") {
  built_and_cached(
      [](Jit& jit, const Params& params, bool cached) {
        return module(jit, params, cached, "locals", gives(R"(
extern "C" void test_host_event(const char*);
struct Noted { int n = 10; ~Noted() { test_host_event("thread object destroyed"); } };
thread_local Noted noted;
thread_local int counter = 100;
extern "C" int value() { return ++counter + ++noted.n; }
)"));
      },
      [](const Library& library) {
        events().clear();
        for (int round = 0; round < 2; ++round) {
          std::vector<int> results(4);
          std::vector<std::thread> threads;
          for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
              for (int k = 0; k <= i; ++k) results[i] = value(library);
            });
          for (std::thread& thread : threads) thread.join();
          CHECK(results == std::vector<int>{112, 114, 116, 118});
        }
        CHECK(events() == std::vector<std::string>(8, "thread object destroyed"));
      });
}

TEST_CASE("static objects are constructed when a module is loaded and destroyed when it is unloaded, in order") {
  const auto source = [](const std::string& name) {
    return "extern \"C\" void test_host_event(const char*);\n"
           "struct Noted { Noted() { test_host_event(\"+" +
           name + "\"); } ~Noted() { test_host_event(\"-" + name +
           "\"); } };\n"
           "static Noted noted;\nint " +
           name + "() { static Noted local; return 1; }\n";
  };
  built_and_cached(
      [&](Jit& jit, const Params& params, bool cached) {
        events().clear();
        if (!cached) jit.jit("base", params, gives(source("base"), "int base();"));
        const Library user = module(
            jit, params, cached, "user",
            gives("#include <base.h>\n" + source("user") + "extern \"C\" int value() { return base() + user(); }", "",
                  {"base"}));
        CHECK(events() == std::vector<std::string>{"+base", "+user"});
        CHECK(value(user) == 2);
        CHECK(events() == std::vector<std::string>{"+base", "+user", "+base", "+user"});
        jit.forget();
        CHECK(events().size() == 4);  // still in use
        return user;
      },
      [](const Library&) {});
  CHECK(events() == std::vector<std::string>{"+base", "+user", "+base", "+user", "-user", "-user", "-base", "-base"});
}

TEST_CASE("dynamic_cast and virtual functions work across modules and host") {
  built_and_cached(
      [](Jit& jit, const Params& params, bool cached) {
        const std::string host = "struct TestShape { virtual ~TestShape(); virtual double area() const = 0; };\n";
        module(jit, params, cached, "shapes",
               gives(R"(
#include <shapes.h>
double Square::area() const { return side * side; }
TestShape* new_square(double side) { return new Square(side); }
)",
                     host + "struct Square : TestShape { double side; explicit Square(double s) : side(s) {} double "
                            "area() const override; };\n"
                            "TestShape* new_square(double);\n"));
        return module(jit, params, cached, "factory",
                      gives(R"(
#include <shapes.h>
struct Other : TestShape { double area() const override { return -1; } };
extern "C" TestShape* create(double side) { if (side < 0) return new Other; return new_square(side); }
extern "C" double side_of(TestShape* shape) { auto square = dynamic_cast<Square*>(shape); return square ? square->side : -1; }
)",
                            "", {"shapes"}));
      },
      [](const Library& factory) {
        const auto create = factory.function<TestShape*(double)>("create");
        const auto side_of = factory.function<double(TestShape*)>("side_of");
        const std::unique_ptr<TestShape> square(create(3)), other(create(-1));
        CHECK(square->area() == 9);
        CHECK(side_of(square.get()) == 3);
        CHECK(other->area() == -1);
        CHECK(side_of(other.get()) == -1);
      });
}

TEST_CASE("a module uses the streams of the host") {
  built_and_cached(
      [](Jit& jit, const Params& params, bool cached) {
        return module(jit, params, cached, "streams",
                      gives("#include <iostream>\n#include <map>\n#include <string>\n"
                            "extern \"C\" void print(int n) { std::map<std::string, int> m; m[\"n\"] = n;\n"
                            "for (const auto& e : m) std::cout << e.first << \"=\" << e.second << std::endl; }"));
      },
      [](const Library& library) {
        std::ostringstream text;
        std::streambuf* const before = std::cout.rdbuf(text.rdbuf());
        library.function<void(int)>("print")(42);
        std::cout.rdbuf(before);
        CHECK(text.str() == "n=42\n");
      });
}

TEST_CASE("a static constructor that throws is an error, and what was constructed is destroyed") {
  Place place;
  Jit jit;
  events().clear();
  const Generate throws = gives(R"(
extern "C" void test_host_event(const char*);
struct Good { Good() { test_host_event("+"); } ~Good() { test_host_event("-"); } };
struct Bad { Bad() { throw 3; } };
Good good;
Bad bad;
)");
  CHECK_THROWS_AS(jit.jit("m", place.params, throws), LinkFailed);
  CHECK(events() == std::vector<std::string>{"+", "-"});
}

TEST_CASE("a static constructor may call jit itself") {
  Place place;
  static Jit* current;
  static Params* params;
  Jit jit;
  current = &jit;
  params = &place.params;
  struct Callback {
    static int inner() { return value(current->jit("inner", *params, gives_value(6))); }
  };
  place.params.build.cxxflags.push_back(
      "-DCALLBACK=" + std::to_string(reinterpret_cast<std::uintptr_t>(&Callback::inner)) + "ul");
  const Generate outer =
      gives("static int n = reinterpret_cast<int (*)()>(CALLBACK)();\nextern \"C\" int value() { return n + 1; }");
  CHECK(value(jit.jit("outer", place.params, outer)) == 7);
  jit.forget();
  CHECK(value(jit.jit("outer", place.params, never)) == 7);
}

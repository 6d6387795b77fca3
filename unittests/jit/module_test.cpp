#include "jit/loaded/module.h"

#include "modules.h"

#include <dijitso/error.h>
#include <dijitso/jit.h>
#include <pthread.h>

#include <catch2/catch.hpp>
#include <functional>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

using Names = std::vector<std::string>;

Names names_of(const std::vector<ModulePointer>& modules) {
  Names names;
  for (const ModulePointer& module : modules) names.push_back(module->signature);
  return names;
}

ModulePointer make_chain(int length) {
  ModulePointer last;
  for (int i = 0; i < length; ++i)
    last = make_module(std::to_string(i), last ? std::vector{last} : std::vector<ModulePointer>());
  return last;
}

// Runs it on a thread with a small stack.
void on_a_small_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 512 * 1024) == 0);
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  pthread_t thread;
  REQUIRE(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&work)) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

}  // namespace

TEST_CASE("a closure holds everything once, dependencies first") {
  const ModulePointer bottom = make_module("bottom");
  const ModulePointer left = make_module("left", {bottom});
  const ModulePointer right = make_module("right", {bottom});
  const ModulePointer top = make_module("top", {left, right, bottom});
  CHECK(names_of(closure({top})) == Names{"bottom", "left", "right", "top"});
  CHECK(names_of(closure({right, top, right})) == Names{"bottom", "right", "left", "top"});
  CHECK(names_of(closure({bottom})) == Names{"bottom"});
  CHECK(closure({}).empty());
}

TEST_CASE("a closure is in the same order every time") {
  std::vector<ModulePointer> many;
  for (int i = 0; i < 100; ++i) many.push_back(make_module(std::to_string(i)));
  const ModulePointer top = make_module("top", many);
  Names expected = names_of(many);
  expected.push_back("top");
  CHECK(names_of(closure({top})) == expected);
}

TEST_CASE("a chain of 100,000 modules is walked and taken down without recursion") {
  const int length = 100'000;
  bool in_order = false;
  int unloaded = 0;
  on_a_small_stack([&] {
    ModulePointer last = make_chain(length);
    const std::vector<ModulePointer> all = closure({last});
    in_order = all.size() == length && all.front()->signature == "0" && all.back() == last;
  });
  CHECK(in_order);

  on_a_small_stack([&] {
    ModulePointer last;
    for (int i = 0; i < length; ++i) {
      auto module = make_module("m", last ? std::vector{last} : std::vector<ModulePointer>());
      module->set_code(std::make_shared<FakeCode>([&] { ++unloaded; }));
      last = module;
    }
    last.reset();
  });
  CHECK(unloaded == length);
}

TEST_CASE("a module is unloaded before what it depends on, and only with its last handle") {
  Names unloaded;
  const auto with_code = [&](const std::string& name, std::vector<ModulePointer> dependencies) {
    auto module = make_module(name, std::move(dependencies));
    module->set_code(std::make_shared<FakeCode>([&unloaded, name] { unloaded.push_back(name); }));
    return module;
  };
  ModulePointer bottom = with_code("bottom", {});
  ModulePointer top = with_code("top", {with_code("left", {bottom}), with_code("right", {bottom})});
  bottom.reset();
  ModulePointer left = top->dependencies[0];
  top.reset();
  CHECK(unloaded == Names{"top", "right"});
  left.reset();
  CHECK(unloaded == Names{"top", "right", "left", "bottom"});
}

TEST_CASE("a static destructor that drops another module takes it down too") {
  int unloaded = 0;
  auto kept = make_module("kept");
  kept->set_code(std::make_shared<FakeCode>([&] { ++unloaded; }));
  const auto holder = std::make_shared<ModulePointer>(kept);
  auto bottom = make_module("bottom");
  bottom->set_code(std::make_shared<FakeCode>([&, holder] {
    holder->reset();
    ++unloaded;
  }));
  ModulePointer top = make_module("top", {bottom});
  kept.reset();
  bottom.reset();
  top.reset();
  CHECK(unloaded == 2);
}

TEST_CASE("a library finds the symbols of its module") {
  auto module = make_module("module_1");
  module->set_code(std::make_shared<FakeCode>());
  const Library library{ModulePointer(module)};
  CHECK(library);
  CHECK(library.signature() == "module_1");
  CHECK(library.find("known") == module->code().get());
  CHECK(library.symbol("known") == module->code().get());
  CHECK(library.find("unknown") == nullptr);
  CHECK(library == Library{ModulePointer(module)});
  CHECK_FALSE(library == Library{make_module("module_1")});
}

TEST_CASE("a symbol that a module does not define is an error that names both") {
  auto module = make_module("module_1");
  module->set_code(std::make_shared<FakeCode>());
  const Library library{ModulePointer(module)};
  try {
    extract_factory_function(library, "create_form");
    FAIL("nothing was thrown");
  } catch (const LinkFailed& error) {
    CHECK_THAT(error.what(), Contains("module 'module_1' does not define 'create_form'") && Contains("extern \"C\""));
    CHECK(error.missing_symbols() == Names{"create_form"});
  }
  CHECK(reinterpret_cast<void*>(extract_factory_function(library, "known")) == module->code().get());
}

TEST_CASE("an empty library says so") {
  const Library library;
  CHECK_FALSE(library);
  CHECK(library == Library());
  CHECK_THROWS_AS(library.signature(), InvalidArgument);
  CHECK_THROWS_WITH(library.find("f"), Contains("this Library is empty"));
  CHECK_THROWS_AS(library.symbol("f"), InvalidArgument);
}

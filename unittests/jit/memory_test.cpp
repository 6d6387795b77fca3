#include "jit/loaded/memory.h"

#include "modules.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <limits>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

Params params_with(int degree, const std::string& cache_dir = "/cache") {
  Params params;
  params.cache.cache_dir = cache_dir;
  params.generator["degree"] = degree;
  return params;
}

void remember(Memory& memory, const Params& params, const ModulePointer& module) {
  memory.add(module);
  memory.answer(params, module);
}

}  // namespace

TEST_CASE("an equal request gets the module that answered it") {
  Memory memory;
  const ModulePointer module = make_module("m");
  CHECK(memory.find("m", params_with(1)) == nullptr);
  remember(memory, params_with(1), module);
  CHECK(memory.find("m", params_with(1)) == module);
  CHECK(memory.find("m", params_with(2)) == nullptr);
  CHECK(memory.find("m", params_with(1, "/elsewhere")) == nullptr);
  CHECK(memory.find("other", params_with(1)) == nullptr);
}

TEST_CASE("numbers of the generator are compared as the key tells them apart") {
  const auto params_of = [](double number) {
    Params params = params_with(1);
    params.generator["number"] = number;
    return params;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Memory memory;
  const ModulePointer zero = make_variant("m", "1"), of_nan = make_variant("m", "2");
  remember(memory, params_of(0.0), zero);
  remember(memory, params_of(nan), of_nan);
  CHECK(memory.find("m", params_of(0.0)) == zero);
  CHECK(memory.find("m", params_of(-0.0)) == nullptr);
  CHECK(memory.find("m", params_of(nan)) == of_nan);
  CHECK(Value(1.0) != Value(1));
  CHECK(Value(0.5) == Value(0.5));
  CHECK(Value("a") != Value("b"));
}

TEST_CASE("a module that was only added answers by its key") {
  Memory memory;
  const ModulePointer module = make_module("m");
  memory.add(module);
  CHECK(memory.find("m", params_with(1)) == nullptr);
  CHECK(memory.find("m", module->request, "/cache") == module);
  CHECK(memory.find("m", module->request, "/elsewhere") == nullptr);
  CHECK(memory.find("m", blake3("another request"), "/cache") == nullptr);
  CHECK(memory.find("other", module->request, "/cache") == nullptr);
  CHECK(memory.find_identity("m", module->identity(), "/cache") == module);
  CHECK(memory.find_identity("m", module->identity(), "/elsewhere") == nullptr);
  CHECK(memory.find_identity("m", blake3("another"), "/cache") == nullptr);
  CHECK(memory.find_identity(module->identity(), "/cache") == module);
  CHECK(memory.find_identity(module->identity(), "/elsewhere") == nullptr);
}

TEST_CASE("a later answer takes the place of an earlier one") {
  Memory memory;
  const ModulePointer first = make_variant("m", "1");
  const ModulePointer second = make_variant("m", "2");
  remember(memory, params_with(1), first);
  remember(memory, params_with(1), second);
  CHECK(memory.find("m", params_with(1)) == second);
}

TEST_CASE("the variant used last is the one that a dependency means") {
  Memory memory;
  const auto first = make_variant("m", "1");
  const auto second = make_variant("m", "2");
  const auto other_build = make_variant("m", "3");
  other_build->build = blake3("another build");
  remember(memory, params_with(1), first);
  remember(memory, params_with(2), second);
  remember(memory, params_with(3), other_build);
  CHECK(memory.find_variant("m", first->build, "/cache") == second);
  CHECK(memory.find_variant("m", "/cache") == other_build);
  CHECK(memory.find_variant("m", other_build->build, "/cache") == other_build);

  CHECK(memory.find("m", params_with(1)) == first);  // which makes it the last one used
  CHECK(memory.find_variant("m", first->build, "/cache") == first);
  CHECK(memory.find_variant("m", "/cache") == first);
  CHECK(memory.find_variant("m", "/elsewhere") == nullptr);
  CHECK(memory.find_variant("m", blake3("no build"), "/cache") == nullptr);
  CHECK(memory.find_variant("other", "/cache") == nullptr);
}

TEST_CASE("a module is no answer while one of its dependencies means another variant") {
  Memory memory;
  const ModulePointer old_element = make_variant("element", "1");
  const ModulePointer new_element = make_variant("element", "2");
  const ModulePointer map = make_module("map", {old_element});
  const ModulePointer form = make_module("form", {map});
  remember(memory, params_with(1), old_element);
  remember(memory, params_with(1), map);
  remember(memory, params_with(1), form);
  CHECK(memory.find("form", params_with(1)) == form);

  remember(memory, params_with(2), new_element);
  CHECK(memory.find("form", params_with(1)) == nullptr);
  CHECK(memory.find("map", params_with(1)) == nullptr);
  CHECK(memory.find("form", form->request, "/cache") == nullptr);
  CHECK(memory.find_identity("form", form->identity(), "/cache") == form);

  CHECK(memory.find("element", params_with(1)) == old_element);
  CHECK(memory.find("form", params_with(1)) == form);
}

TEST_CASE("a dependency that was meant by its request is that one, whatever is used since") {
  Memory memory;
  const ModulePointer element = make_variant("element", "1");
  const auto form = make_module("form", {element});
  form->meant = {element->request};
  const auto of_what_is_not_there = make_module("other", {element});
  of_what_is_not_there->meant = {blake3("request of nothing")};
  remember(memory, params_with(1), element);
  remember(memory, params_with(1), form);
  remember(memory, params_with(1), of_what_is_not_there);
  memory.add(make_variant("element", "2"));
  CHECK(memory.find("form", params_with(1)) == form);
  CHECK(memory.find("other", params_with(1)) == nullptr);
}

TEST_CASE("what one thread uses does not change what another one means") {
  Memory memory;
  const ModulePointer element = make_variant("element", "1");
  const ModulePointer form = make_module("form", {element});
  remember(memory, params_with(1), element);
  remember(memory, params_with(1), form);
  std::jthread([&] {
    memory.add(make_variant("element", "2"));
    CHECK(memory.find("form", params_with(1)) == nullptr);
  }).join();
  CHECK(memory.find("form", params_with(1)) == form);
  CHECK(memory.find_variant("element", "/cache") == element);
}

TEST_CASE("variants of other build parameters or other caches do not matter to a dependent") {
  Memory memory;
  const ModulePointer element = make_variant("element", "1");
  const ModulePointer form = make_module("form", {element});
  remember(memory, params_with(1), element);
  remember(memory, params_with(1), form);
  const auto other_build = make_variant("element", "2");
  other_build->build = blake3("another build");
  const auto other_cache = make_variant("element", "3");
  other_cache->name_space = "/elsewhere";
  memory.add(other_build);
  memory.add(other_cache);
  CHECK(memory.find("form", params_with(1)) == form);
}

TEST_CASE("forgetting drops the modules, and a destructor may come back to the memory") {
  Memory memory;
  bool unloaded = false;
  auto module = make_module("m");
  module->set_code(std::make_shared<FakeCode>([&] {
    unloaded = true;
    CHECK(memory.find("m", params_with(1)) == nullptr);
    memory.add(make_module("other"));
  }));
  remember(memory, params_with(1), module);
  module.reset();
  CHECK_FALSE(unloaded);
  memory.clear();
  CHECK(unloaded);
  CHECK(memory.find("m", params_with(1)) == nullptr);
  CHECK(memory.find_variant("other", "/cache") != nullptr);
}

TEST_CASE("many threads may ask, answer and forget at once") {
  Memory memory;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        const ModulePointer module = make_variant("m", std::to_string(i % 3));
        remember(memory, params_with(i % 3), module);
        if (const ModulePointer found = memory.find("m", params_with(i % 3));
            found && found->request != module->request)
          ++wrong;
        if (i % 50 == t) memory.clear();
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("what belongs to one cache directory can be forgotten alone") {
  Memory memory;
  const ModulePointer here = make_module("m"), other = make_module("other");
  const auto shared = make_module("shared");
  shared->name_space = "/cache\ndlopen\nlib";
  memory.add(shared);
  remember(memory, params_with(1), here);
  remember(memory, params_with(1), other);
  memory.clear("/elsewhere");
  CHECK(memory.find("m", params_with(1)) == here);
  memory.clear("/cache");
  CHECK(memory.find("m", params_with(1)) == nullptr);
  CHECK(memory.find_variant("m", "/cache") == nullptr);
  CHECK(memory.find_variant("shared", "/cache\ndlopen\nlib") == nullptr);
  CHECK(memory.find("other", params_with(1)) == nullptr);
  remember(memory, params_with(1), here);
  CHECK(memory.find("m", params_with(1)) == here);
}

TEST_CASE("a module that was forgotten is known by its name as long as it is in use") {
  Memory memory;
  ModulePointer one = make_module("m");
  const ModulePointer other = make_variant("m", "2");
  memory.add(one);
  memory.add(other);
  CHECK(memory.forgotten("m").empty());
  memory.clear();
  CHECK(memory.forgotten("m") == std::vector{one, other});
  CHECK(memory.forgotten("n").empty());
  one.reset();
  CHECK(memory.forgotten("m") == std::vector{other});
  memory.add(make_module("n"));
  memory.clear("/cache");
  CHECK(memory.forgotten("n").empty());
}

TEST_CASE("what is compiled is known by its identity, and what is not is not") {
  Memory memory;
  const ModulePointer module = make_module("m");
  const Digest identity = module->identity();
  const auto is_there = [&](const std::string& name_space) {
    const Peers::Likenesses there = memory.likenesses(name_space);
    return there.count() == 1 && there[Peers::likeness(identity.bytes)];
  };
  memory.add(module);
  CHECK(is_there("/cache"));
  CHECK_FALSE(is_there("/elsewhere"));
  memory.remove(*module);
  CHECK_FALSE(is_there("/cache"));
  CHECK(memory.find_identity(identity, "/cache") == nullptr);

  for (const bool everything : {true, false}) {
    memory.add(module);
    everything ? memory.clear() : memory.clear("/cache");
    CHECK_FALSE(is_there("/cache"));
    CHECK(memory.find_identity(identity, "/cache") == nullptr);
  }
  memory.add(module);
  memory.clear("/elsewhere");
  CHECK(memory.find_identity(identity, "/cache") == module);
}

TEST_CASE("a module that is compiled after it was added is known from then on") {
  Memory memory;
  ModuleFacts facts{.signature = "m", .name_space = "/cache"};
  const auto module = std::make_shared<const Module>(std::move(facts), std::make_shared<ModuleState>("m"));
  const Digest identity = blake3("identity");
  const auto count = [&] {
    const Peers::Likenesses there = memory.likenesses("/cache");
    return there.count();
  };
  memory.note_identity(module, identity);
  CHECK(count() == 0);  // it was forgotten, or never added
  memory.add(module);
  CHECK(count() == 0);
  memory.note_identity(module, identity);
  CHECK(memory.find_identity(identity, "/cache") == nullptr);  // not before it has code
  module->state->come(identity, SharedBytes());
  CHECK(memory.find_identity(identity, "/cache") == module);
  CHECK(count() == 1);
}

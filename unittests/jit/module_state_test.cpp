#include "jit/loaded/module_state.h"

#include "jit/build/build.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

using namespace dijitso;
using Catch::Contains;

namespace {

const Digest identity = blake3("identity");
const SharedBytes entry = std::make_shared<const Bytes>(Bytes{1, 2, 3});

std::shared_ptr<const CompiledObject> quick_object() {
  return std::make_shared<const CompiledObject>(CompiledObject{{}, std::make_shared<const Bytes>(), true, {}});
}

struct Code : orc::LinkedModule {
  void* find(const std::string&) const override { return nullptr; }
};

}  // namespace

TEST_CASE("what comes from a cache is optimised from the beginning") {
  ModuleState state("m", identity, entry);
  CHECK(state.stage() == Stage::optimised);
  state.wait_for(Stage::optimised);
  CHECK(state.identity() == identity);
  CHECK(state.entry() == entry);
}

TEST_CASE("who waits for a step goes on when it has been made, and hears what was said meanwhile") {
  ModuleState state("m", nullptr, /*quick_only=*/false);
  CHECK(state.stage() == Stage::generated);
  std::thread builder([&] {
    state.compiled(identity, quick_object(), {}, /*is_final=*/false);
    state.set_optimised_bytes(entry);
    state.replaced();
  });
  state.wait_for(Stage::compiled);
  CHECK(state.identity() == identity);
  state.wait_for(Stage::optimised);
  CHECK(state.entry() == entry);
  builder.join();
}

TEST_CASE("an object that is not quick code is the optimised one") {
  ModuleState state("m", nullptr, false);
  state.compiled(identity, std::make_shared<const CompiledObject>(CompiledObject{{}, entry}), {}, true);
  CHECK(state.stage() == Stage::optimised);
  CHECK(state.entry() == entry);
}

TEST_CASE("everybody who waits is thrown the failure") {
  ModuleState state("m", nullptr, false);
  state.failed(std::make_exception_ptr(CacheError("no disk")), {});
  CHECK_THROWS_WITH(state.wait_for(Stage::compiled), "no disk");
  CHECK_THROWS_WITH(state.wait_for(Stage::optimised), "no disk");
  CHECK(state.stage() == Stage::generated);
}

TEST_CASE("quick code stays when it cannot be optimised") {
  ModuleState state("m", nullptr, false);
  state.compiled(identity, quick_object(), {}, false);
  state.failed(std::make_exception_ptr(LinkFailed("no optimiser")), {});
  state.wait_for(Stage::compiled);
  CHECK_THROWS_WITH(state.wait_for(Stage::optimised), "no optimiser");
}

TEST_CASE("optimised code that was not asked for is not waited for") {
  ModuleState state("m", nullptr, /*quick_only=*/true);
  state.compiled(identity, quick_object(), {}, /*is_final=*/true);
  CHECK_THROWS_WITH(state.wait_for(Stage::optimised), Contains("'m'") && Contains("build.tier full or auto"));
}

TEST_CASE("quick code that is linked late, or goes early, is not the one that is replaced") {
  ModuleState state("m", nullptr, false);
  state.compiled(identity, quick_object(), {}, false);
  auto code = std::make_shared<const Code>();
  CHECK(state.linked_quick_code(code) == nullptr);
  SECTION("there") { CHECK(state.set_optimised_bytes(entry) == code); }
  SECTION("gone") {
    code.reset();
    CHECK(state.set_optimised_bytes(entry) == nullptr);
  }
  SECTION("late") {
    state.set_optimised_bytes(entry);
    CHECK(state.linked_quick_code(code) == entry);
  }
}

TEST_CASE("the thread that must bring a module does not wait for it, another one does") {
  ModuleState state("m");
  CHECK_FALSE(state.may_wait());
  CHECK_THROWS_AS(state.wait_for(Stage::compiled), InvalidArgument);
  std::thread other([&] {
    CHECK(state.may_wait());
    state.wait_for(Stage::compiled);
    CHECK(state.entry() == entry);
  });
  state.come(identity, entry);
  other.join();
  state.wait_for(Stage::optimised);
}

TEST_CASE("in the process where it was begun nobody takes a build over") {
  ModuleState state("m", std::make_shared<const BuildTask>(), false);
  CHECK(state.take_over() == nullptr);
  CHECK_FALSE(state.was_begun_in_parent());
  CHECK_FALSE(state.is_left_behind());
}

// The documented roles, played one after the other in one process with a stand-in for the message: whoever builds
// sends, the others receive or wait, and a failure reaches everybody.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

using Message = std::vector<std::uint8_t>;

struct Wire {
  Message message;
  int sent = 0, received = 0, waited = 0;

  Exchange builder() {
    return {[this](const Message& m) { message = m, ++sent; }, {}, [this] { ++waited; }};
  }
  Exchange receiver() {
    return {{}, [this] { return ++received, message; }, [this] { ++waited; }};
  }
  Exchange waiter() {
    return {{}, {}, [this] { ++waited; }};
  }
};

Generate user_of_base(Jit& jit, const Params& params) {
  return [&](auto&&...) {
    jit.jit("base", params, gives("int base() { return 40; }", "int base();"));
    return Generated{"", "#include <base.h>\nextern \"C\" int value() { return base() + 2; }", {"base"}};
  };
}

}  // namespace

TEST_CASE("what one process builds another receives, with all it depends on") {
  Place here, there;
  Wire wire;
  Jit builder, receiver;
  CHECK(value(builder.jit("user", here.params, user_of_base(builder, here.params), wire.builder())) == 42);
  CHECK((wire.sent == 1 && wire.waited == 1));

  CHECK(value(receiver.jit("user", there.params, {}, wire.receiver())) == 42);
  CHECK((wire.received == 1 && wire.waited == 2));
  CHECK(receiver.counters().compiles == 0);
  CHECK(receiver.counters().published == 2);
  CHECK(names_in(there.cache / "obj") == names_in(here.cache / "obj"));

  // From now on it is in memory: nobody sends, receives or waits.
  CHECK(value(receiver.jit("user", there.params, {}, wire.receiver())) == 42);
  CHECK(value(builder.jit("user", here.params, never, wire.builder())) == 42);
  CHECK(receiver.jit("base", there.params, never, wire.builder()).first.find("_Z4basev") != nullptr);
  CHECK((wire.sent == 1 && wire.received == 1 && wire.waited == 2));
}

TEST_CASE("who finds the module in the cache keeps to the role all the same") {
  Place here, there;
  Wire wire;
  for (const Place* place : {&here, &there}) {
    Jit first;
    first.jit("user", place->params, user_of_base(first, place->params));
  }
  Jit builder, receiver, waiter;
  CHECK(value(builder.jit("user", here.params, never, wire.builder())) == 42);
  CHECK((wire.sent == 1 && wire.waited == 1));
  CHECK(value(receiver.jit("user", there.params, {}, wire.receiver())) == 42);
  CHECK((wire.received == 1 && wire.waited == 2));
  CHECK(value(waiter.jit("user", there.params, {}, wire.waiter())) == 42);
  CHECK(wire.waited == 3);
  for (const Jit* jit : {&builder, &receiver, &waiter}) {
    CHECK(jit->counters().disk_hits == 2);
    CHECK(jit->counters().published == 0);
  }
}

TEST_CASE("the failure of the builder reaches a receiver that has the module in its cache") {
  Place here, there;
  Wire wire;
  Jit().jit("user", there.params, gives_value(1));
  const Generate fails = [](auto&&...) -> Generated { throw std::domain_error("the mesh is flat"); };
  CHECK_THROWS_AS(Jit().jit("user", here.params, fails, wire.builder()), std::domain_error);
  CHECK_THROWS_AS(Jit().jit("user", there.params, {}, wire.receiver()), GenerateFailed);
  CHECK(wire.waited == 2);
}

TEST_CASE("a receiver that has a part of it, or shares the cache, publishes only what is missing") {
  Place here, there;
  Wire wire;
  Jit builder, receiver;
  builder.jit("user", here.params, user_of_base(builder, here.params), wire.builder());
  receiver.jit("base", there.params, gives("int base() { return 40; }", "int base();"));
  CHECK(value(receiver.jit("user", there.params, {}, wire.receiver())) == 42);
  CHECK(receiver.counters().published == 2);  // base by itself, user from the message
  CHECK(receiver.counters().compiles == 1);
}

TEST_CASE("a receiver works from memory when it cannot publish") {
  Place here, there;
  Wire wire;
  Jit builder, receiver;
  builder.jit("user", here.params, user_of_base(builder, here.params), wire.builder());
  write_text(there.cache, "a file, not a directory");
  const Warnings warnings;
  CHECK(value(receiver.jit("user", there.params, {}, wire.receiver())) == 42);
  CHECK(receiver.counters().fallbacks == 2);
  CHECK(warnings.all().size() == 1);
}

TEST_CASE("one that waits finds the result in the shared cache") {
  Place place;
  Wire wire;
  Jit builder, waiter;
  Exchange exchange{{}, {}, [&] {
                      ++wire.waited;
                      builder.jit("user", place.params, user_of_base(builder, place.params));
                    }};
  CHECK(value(waiter.jit("user", place.params, {}, exchange)) == 42);
  CHECK(wire.waited == 1);
  CHECK(waiter.counters().compiles == 0);
}

TEST_CASE("one that waits for nothing gets an error") {
  Place place;
  Wire wire;
  const auto error = thrown<GenerateFailed>([&] { Jit().jit("user", place.params, {}, wire.waiter()); });
  CHECK_THAT(error.what(), Contains("'user'") && Contains(place.cache.string()));
  CHECK(wire.waited == 1);
}

TEST_CASE("a failure to generate reaches builder and receiver") {
  Place here, there;
  Wire wire;
  const Generate fails = [](auto&&...) -> Generated { throw std::domain_error("the mesh is flat"); };
  CHECK_THROWS_AS(Jit().jit("user", here.params, fails, wire.builder()), std::domain_error);
  CHECK((wire.sent == 1 && wire.waited == 1));
  const auto error = thrown<GenerateFailed>([&] { Jit().jit("user", there.params, {}, wire.receiver()); });
  CHECK_THAT(error.what(), Contains("the mesh is flat") && Contains("'user'"));
  CHECK(wire.waited == 2);
  CHECK(files_below(there.scratch.path()).empty());
}

TEST_CASE("when waiting fails too, the first failure is the one that is heard of") {
  Place place;
  const Exchange broken{{}, {}, [] { throw std::range_error("the barrier broke"); }};
  const Generate fails = [](auto&&...) -> Generated { throw std::domain_error("the mesh is flat"); };
  CHECK_THROWS_AS(Jit().jit("user", place.params, fails, broken), std::domain_error);
  CHECK_THROWS_AS(Jit().jit("user", place.params, gives_value(1), broken), std::range_error);
}

TEST_CASE("a failure to compile reaches builder and receiver") {
  Place here, there;
  Wire wire;
  CHECK_THROWS_AS(Jit().jit("user", here.params, gives("int x = mistake;"), wire.builder()), CompileFailed);
  CHECK((wire.sent == 1 && wire.waited == 1));
  const auto error = thrown<CompileFailed>([&] { Jit().jit("user", there.params, {}, wire.receiver()); });
  CHECK_THAT(error.what(), Contains("mistake") && Contains("'user'"));
  CHECK(wire.waited == 2);
  CHECK(files_below(there.scratch.path()).empty());
}

TEST_CASE("a damaged message is an error, and nothing of it is kept") {
  Place here, there;
  Wire wire;
  Jit builder;
  builder.jit("user", here.params, user_of_base(builder, here.params), wire.builder());
  const Message whole = wire.message;
  const auto refused = [&] {
    const int waited = wire.waited;
    CHECK_THROWS_AS(Jit().jit("user", there.params, {}, wire.receiver()), CommunicationError);
    CHECK(wire.waited == waited + 1);
  };
  for (std::size_t i = 0; i < 40; ++i) {
    wire.message = whole;
    wire.message[i * (whole.size() - 1) / 39] ^= static_cast<std::uint8_t>(1u << (i % 8));
    refused();
  }
  for (std::size_t i = 0; i < 20; ++i) {
    wire.message.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i * (whole.size() - 1) / 19));
    refused();
  }
  CHECK(files_below(there.scratch.path()).empty());
  wire.message = whole;
  CHECK(value(Jit().jit("user", there.params, {}, wire.receiver())) == 42);
}

TEST_CASE("a receiver that fails to receive still takes part in the waiting") {
  Place place;
  Wire wire;
  Exchange exchange = wire.receiver();
  exchange.receive = []() -> Message { throw std::domain_error("the line is dead"); };
  CHECK_THROWS_WITH(Jit().jit("user", place.params, {}, exchange), "the line is dead");
  CHECK(wire.waited == 1);
}

TEST_CASE("a builder that cannot send tells so after waiting, and its result stays") {
  Place place;
  Wire wire;
  Exchange exchange = wire.builder();
  exchange.send = [](const Message&) { throw std::domain_error("the line is dead"); };
  CHECK_THROWS_WITH(Jit().jit("user", place.params, gives_value(1), exchange), "the line is dead");
  CHECK(wire.waited == 1);
  CHECK(value(Jit().jit("user", place.params, never)) == 1);
}

TEST_CASE("building and receiving exclude each other") {
  Place place;
  Wire wire;
  const auto error = thrown<InvalidArgument>([&] { Jit().jit("m", place.params, gives_value(1), wire.receiver()); });
  CHECK_THAT(error.what(), Contains("generate") && Contains("receive"));
  CHECK(wire.received == 0);
  CHECK_FALSE(fs::exists(place.cache));
}

TEST_CASE("a receiver with other parameters is told so") {
  Place here, there;
  Wire wire;
  Jit().jit("user", here.params, gives_value(1), wire.builder());
  there.params.build.cxxflags.push_back("-DOTHER");
  const auto error = thrown<CommunicationError>([&] { Jit().jit("user", there.params, {}, wire.receiver()); });
  CHECK_THAT(error.what(), Contains("other parameters") && Contains("'user'"));
  CHECK(wire.waited == 2);
  CHECK(names_in(there.scratch.path()).empty());
}

TEST_CASE("nothing of a message is kept or run before all of it is known to be what was asked for") {
  Place here, there;
  Wire wire;
  const fs::path trace = here.scratch / "trace";
  const std::string noisy = "#include <cstdio>\nstatic int n = [] { if (std::FILE* f = std::fopen(\"" + trace.string() +
                            "\", \"a\")) std::fclose(f); return 1; }();\nextern \"C\" int value() { return n; }";
  Jit builder;
  builder.jit("noisy", here.params, gives(noisy, "int f();"));
  builder.jit("user", here.params, gives(noisy, "", {"noisy"}), wire.builder());
  REQUIRE(fs::remove(trace));
  const auto refused = [&](const Params& params, const std::string& name = "user") {
    const auto error = thrown<CommunicationError>([&] { Jit().jit(name, params, {}, wire.receiver()); });
    CHECK_FALSE(fs::exists(trace));
    CHECK(names_in(there.scratch.path()).empty());
    return std::string(error.what());
  };
  Params other = there.params;
  other.generator["degree"] = 2;
  CHECK_THAT(refused(other), Contains("other parameters"));
  CHECK_THAT(refused(there.params, "another"), Contains("'another'"));

  CHECK(value(Jit().jit("user", there.params, {}, wire.receiver())) == 1);
  CHECK(fs::exists(trace));
}

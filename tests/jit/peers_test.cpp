// The steps of a collective jit, taken one after the other in one process by two Jits with caches of their own.
#include "tests/support/modules.h"

#include <dijitso/peers.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

using Flags = std::vector<bool>;

// Builds "base" and, upon it, "user", whose value is 42.
Library user_in(Jit& jit, const Params& params) {
  jit.jit("base", params, gives("int base() { return 40; }", "int base();"));
  return jit
      .jit("user", params, gives("#include <base.h>\nextern \"C\" int value() { return base() + 2; }", "", {"base"}))
      .first;
}

Params without_disk(Params params) {
  params.cache.use_disk = false;
  return params;
}

}  // namespace

TEST_CASE("equal requests have equal digests, wherever their caches are") {
  Place here, there;
  const Peers::Asked asked = Peers::asked("m", here.params);
  CHECK(asked.request == Peers::asked("m", there.params).request);
  CHECK(asked.request != Peers::asked("n", here.params).request);
  CHECK(asked.target == Peers::asked("n", there.params).target);
  CHECK_THAT(asked.text, Contains("signature m\n"));
  Jit jit;
  CHECK(asked.request == Peers::request(jit.jit("m", here.params, gives_value(1)).first));
  CHECK_THROWS_AS(Peers::asked("../m", here.params), InvalidArgument);
  CHECK_FALSE(fs::exists(there.cache));
}

TEST_CASE("a request for the common target asks for the same everywhere") {
  Place place;
  Params native = place.params, plain = place.params;
  native.build.target_cpu = "native";
  plain.build.cxxflags.push_back("-march=x86-64");
  const std::string target = Peers::common_target({Peers::asked("m", native).target, Peers::asked("m", plain).target});
  CHECK(Peers::asked("m", Peers::for_target(native, target)).request ==
        Peers::asked("m", Peers::for_target(plain, target)).request);
  CHECK(Peers::asked("m", Peers::for_target(native, target)).target == Peers::asked("m", place.params).target);
  CHECK_THROWS_AS(Peers::common_target({}), InvalidArgument);
  CHECK_THROWS_AS(Peers::common_target({"nonsense"}), InvalidArgument);
}

TEST_CASE("a module is found in memory, then in the cache") {
  Place place;
  Jit jit;
  Peers peers(jit);
  CHECK_FALSE(peers.find("user", place.params));
  const Library user = user_in(jit, place.params);
  CHECK(value(*peers.find_in_memory("user", place.params)) == 42);
  CHECK(value(*peers.find_in_memory("user", without_disk(place.params))) == 42);

  Jit fresh;
  CHECK_FALSE(Peers(fresh).find_in_memory("user", place.params));
  CHECK_FALSE(Peers(fresh).find("user", without_disk(place.params)));
  const std::optional<Library> found = Peers(fresh).find("user", place.params);
  REQUIRE(found);
  CHECK(value(*found) == 42);
  CHECK(Peers::identity(*found) == Peers::identity(user));
  CHECK(fresh.counters().disk_hits == 2);
  CHECK(fresh.jit("user", place.params, never).first.module() == found->module());
}

TEST_CASE("what is missing is packed and unpacked") {
  Place here, there;
  Jit builder, receiver;
  const Library user = user_in(builder, here.params);
  const std::vector<Peers::Part> parts = Peers::parts(user);
  REQUIRE(parts.size() == 2);
  CHECK(parts.back().identity == Peers::identity(user));
  Peers peers(receiver);
  CHECK(peers.missing_parts(parts, there.params) == Flags{true, true});
  CHECK(peers.likenesses_in_memory(there.params).none());
  CHECK(value(peers.unpack("user", there.params, Peers::pack(user, {true, true}))) == 42);
  CHECK(peers.missing_parts(parts, there.params) == Flags{false, false});
  CHECK(peers.missing_parts(parts, here.params) == Flags{true, true});
  Peers::Likenesses likenesses;
  for (const Peers::Part& part : parts) likenesses.set(Peers::likeness(part.identity));
  CHECK(peers.likenesses_in_memory(there.params) == likenesses);
  CHECK(peers.likenesses_in_memory(here.params).none());
  CHECK(Peers(builder).likenesses_in_memory(here.params) == likenesses);
  CHECK(value(*peers.find_in_memory("user", there.params)) == 42);
  CHECK(receiver.counters().published == 2);
  CHECK(receiver.counters().compiles == 0);
}

TEST_CASE("what is in memory need not be sent") {
  Place here, there;
  Jit builder, receiver;
  const Library user = user_in(builder, here.params);
  receiver.jit("base", there.params, gives("int base() { return 40; }", "int base();"));
  Peers peers(receiver);
  CHECK(peers.missing_parts(Peers::parts(user), there.params) == Flags{false, true});
  CHECK(value(peers.unpack("user", there.params, Peers::pack(user, {false, true}))) == 42);
  Jit empty;
  Place nowhere;
  CHECK_THROWS_WITH(Peers(empty).unpack("user", nowhere.params, Peers::pack(user, {false, true})),
                    Contains("'user' without 'base'"));
  CHECK_FALSE(fs::exists(nowhere.cache));
}

TEST_CASE("the length of a message is known from its parts") {
  Place place;
  Jit jit;
  const Library user = user_in(jit, place.params);
  for (const Flags& wanted : {Flags{false, false}, Flags{false, true}, Flags{true, false}, Flags{true, true}})
    CHECK(Peers::packed_size(Peers::parts(user), wanted) == Peers::pack(user, wanted).size());
}

TEST_CASE("without a disk, everything is kept in memory, silently") {
  Place here, there;
  const Warnings warnings;
  Jit builder, receiver;
  const Params params = without_disk(there.params);
  const Peers::Message message = Peers::pack(user_in(builder, without_disk(here.params)), {true, true});
  CHECK(value(Peers(receiver).unpack("user", params, message)) == 42);
  CHECK(value(receiver.jit("user", params, never)) == 42);
  CHECK(value(receiver.jit("user", there.params, never)) == 42);
  for (const Counters& counters : {builder.counters(), receiver.counters()})
    CHECK((counters.published == 0 && counters.fallbacks == 0 && counters.disk_hits == 0));
  CHECK_FALSE(fs::exists(here.cache));
  CHECK_FALSE(fs::exists(there.cache));
  CHECK(warnings.all().empty());
}

TEST_CASE("messages that cannot be used are refused") {
  Place here, there;
  Jit builder, receiver;
  const Library user = user_in(builder, here.params);
  Peers peers(receiver);
  Peers::Message message = Peers::pack(user, {true, true});
  CHECK_THROWS_WITH(peers.unpack("other", there.params, message), Contains("'other'"));
  message[message.size() / 2] ^= 1;
  CHECK_THROWS_AS(peers.unpack("user", there.params, message), CommunicationError);
  CHECK_THROWS_AS(peers.unpack("user", there.params, Peers::pack_failure(std::make_exception_ptr(LinkFailed("no")))),
                  LinkFailed);
  CHECK_THROWS_WITH(Peers::pack(user, {true}), Contains("'user'") && Contains("2 parts, not 1"));
  CHECK_THROWS_WITH(Peers::throw_failure(Peers::pack(user, {true, true}), ""), Contains("another kind"));
  CHECK_THROWS_AS(Peers::identity(Library()), InvalidArgument);
  CHECK_THROWS_AS(Peers::pack(Library(), {}), InvalidArgument);
  CHECK_FALSE(fs::exists(there.cache));
}

TEST_CASE("a failure is thrown elsewhere as it was here") {
  Place place;
  const auto failure = thrown<CompileFailed>([&] { Jit().jit("m", place.params, gives("int x = mistake;")); });
  const auto message = Peers::pack_failure(std::make_exception_ptr(failure));
  const auto again = thrown<CompileFailed>([&] { Peers::throw_failure(message, "rank 0: "); });
  CHECK(again.what() == "rank 0: " + std::string(failure.what()));
  CHECK(again.diagnostics().size() == failure.diagnostics().size());
  CHECK(again.files().fail_dir == failure.files().fail_dir);
}

TEST_CASE("quick code has nothing to send") {
  Place place;
  Jit jit;
  place.params.build.tier = "quick";
  const Library quick = jit.jit("m", place.params, gives_value(1)).first;
  CHECK_THROWS_WITH(Peers::pack(quick, {true}), Contains("build.tier = quick"));
  place.params.build.tier = "full";
  CHECK_FALSE(Peers(jit).find_in_memory("m", place.params));
}

namespace {

Generate user_of_base() {
  return gives("#include <base.h>\nextern \"C\" int value() { return base() + 2; }", "", {"base"});
}

}  // namespace

TEST_CASE("a module is compiled against one that another process builds, and finished when that has come") {
  Place here, there;
  Jit one, two;
  Peers first(one), second(two);
  const Library base = first.begin(
      "base", here.params, first.generate("base", here.params, gives("int base() { return 40; }", "int base();")));
  second.expect(first.announce(base), there.params);
  const Library user = second.begin("user", there.params, second.generate("user", there.params, user_of_base()));
  second.unpack("base", there.params, Peers::pack(base, {true}));
  CHECK(value(user) == 42);
  CHECK((one.counters().compiles == 1 && two.counters().compiles == 1));
  CHECK((one.counters().published == 1 && two.counters().published == 2));
}

TEST_CASE("what depends on a module that never comes fails, and says so") {
  Place here, there;
  Jit one, two;
  Library user;
  {
    Peers first(one), second(two);
    const Library base = first.begin("base", here.params, {"int base();", "int base() { return 40; }", {}});
    second.expect(first.announce(base), there.params);
    user = second.begin("user", there.params, second.generate("user", there.params, user_of_base()));
    CHECK_THROWS_WITH(value(two.jit("base", there.params, never)),
                      Contains("'base' is being built by another process"));
  }
  CHECK_THROWS_WITH(value(user), Contains("'user' needs 'base'") && Contains("did not arrive"));
  CHECK_FALSE(Peers(two).find("base", there.params));
}

TEST_CASE("an announcement must be one, and complete") {
  Place here, there;
  Jit one, two;
  Peers first(one), second(two);
  const Library base = first.begin("base", here.params, {"int base();", "int base() { return 40; }", {}});
  first.announce(base);
  const Library user = first.begin("user", here.params, first.generate("user", here.params, user_of_base()));
  const Peers::Message told = first.announce(user);  // base has been told before
  CHECK_THROWS_WITH(second.expect(told, there.params), Contains("'user'") && Contains("needs 'base'"));
  CHECK_THROWS_WITH(second.expect(Peers::pack(base, {true}), there.params), Contains("another kind"));
  CHECK_THROWS_WITH(second.unpack("base", there.params, told), Contains("another kind"));
}

TEST_CASE("a module that comes with another header than was told is refused") {
  Place here, there, elsewhere;
  Jit one, two, three;
  Peers first(one), second(two);
  const Library base = first.begin("base", here.params, {"int base();", "int base() { return 40; }", {}});
  second.expect(first.announce(base), there.params);
  const Library other = three.jit("base", elsewhere.params, gives("int base() { return 41; }", "int base(); ")).first;
  CHECK_THROWS_WITH(second.unpack("base", there.params, Peers::pack(other, {true})), Contains("another header"));
  CHECK(value(two.jit("base", there.params, gives_value(1))) == 1);
}

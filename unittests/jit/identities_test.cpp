#include "jit/loaded/identities.h"

#include "modules.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// Equal numbers are like each other.
Digest like(std::uint8_t number, std::uint8_t rest) {
  Digest digest;
  digest.bytes = {number, 0, rest};
  return digest;
}

std::vector<std::size_t> set_in(const Peers::Likenesses& likenesses) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < likenesses.size(); ++i)
    if (likenesses[i]) all.push_back(i);
  return all;
}

}  // namespace

TEST_CASE("a module is found by its identity until it is removed") {
  Identities identities;
  const ModulePointer a = make_module("a"), b = make_module("b");
  CHECK(identities.find(a->identity()) == nullptr);
  identities.add(a, a->identity());
  identities.add(b, b->identity());
  CHECK(identities.find(a->identity()) == a);
  CHECK(identities.find(b->identity()) == b);
  CHECK(identities.find(blake3("another")) == nullptr);
  identities.remove(*a, a->identity());
  identities.remove(*a, a->identity());
  CHECK(identities.find(a->identity()) == nullptr);
  CHECK(identities.find(b->identity()) == b);
}

TEST_CASE("of equal modules the one that was added last is found") {
  Identities identities;
  const ModulePointer first = make_module("m"), second = make_module("m");
  identities.add(first, first->identity());
  identities.add(second, first->identity());
  CHECK(identities.find(first->identity()) == second);
  identities.add(first, first->identity());
  CHECK(identities.find(first->identity()) == first);
  identities.remove(*first, first->identity());
  CHECK(identities.find(first->identity()) == second);
  identities.remove(*second, first->identity());
  CHECK(identities.likenesses().none());
}

TEST_CASE("a likeness remains while any module has it") {
  Identities identities;
  const ModulePointer module = make_module("m");
  const std::size_t one = Peers::likeness(like(1, 0).bytes), two = Peers::likeness(like(2, 0).bytes);
  REQUIRE(Peers::likeness(like(1, 7).bytes) == one);
  REQUIRE(one < two);
  for (const std::uint8_t rest : {0, 1, 2}) identities.add(module, like(1, rest));
  identities.add(module, like(2, 0));
  for (const std::uint8_t rest : {1, 0}) {
    identities.remove(*module, like(1, rest));
    CHECK(set_in(identities.likenesses()) == std::vector{one, two});
  }
  identities.remove(*module, like(1, 2));
  CHECK(set_in(identities.likenesses()) == std::vector{two});
  identities.remove(*module, like(2, 0));
  CHECK(identities.likenesses().none());
}

TEST_CASE("the first and the last likeness are those of the smallest and the largest identity") {
  Digest largest;
  largest.bytes.fill(0xff);
  CHECK(Peers::likeness(Digest().bytes) == 0);
  CHECK(Peers::likeness(largest.bytes) == Peers::Likenesses().size() - 1);
}

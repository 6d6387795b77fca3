// The comparison must see what differs, or the test of the modules would prove nothing.
#include "numbers.h"

#include <catch2/catch.hpp>

#include <limits>

using ffc::Numbers;

namespace {

Numbers sample() { return {{"a", {1.0, 1e-20, -3.0}}, {"b", {7.0}}}; }

}  // namespace

TEST_CASE("equal numbers have no difference and one digest", "[numbers]") {
  CHECK(!ffc::difference(sample(), sample(), 0.0));
  CHECK(ffc::digest(sample()) == ffc::digest(sample()));
  CHECK(ffc::count(sample()) == 4);
  CHECK(ffc::norm(sample(), "b") == 7.0);
}

TEST_CASE("a difference is measured against the largest number of its tensor", "[numbers]") {
  Numbers other = sample();
  other[0].values[1] = 2e-12;
  CHECK(!ffc::difference(sample(), other, 1e-12));
  other[0].values[1] = 4e-12;
  REQUIRE(ffc::difference(sample(), other, 1e-12));
  CHECK(ffc::difference(sample(), other, 1e-12)->find("a[1]") == 0);
  CHECK(ffc::digest(sample()) != ffc::digest(other));
}

TEST_CASE("not-a-number, infinity, other names and other sizes are differences", "[numbers]") {
  for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Numbers other = sample();
    other[1].values[0] = wrong;
    CHECK(ffc::difference(sample(), other, 1e-12));
    CHECK(!ffc::difference(other, other, 1e-12));
  }
  Numbers renamed = sample();
  renamed[1].what = "c";
  CHECK(ffc::difference(sample(), renamed, 1e-12));
  Numbers longer = sample();
  longer[1].values.push_back(0);
  CHECK(ffc::difference(sample(), longer, 1e-12));
  Numbers shorter = sample();
  shorter.pop_back();
  CHECK(ffc::difference(sample(), shorter, 1e-12));
  CHECK(ffc::difference(shorter, sample(), 1e-12));
}

TEST_CASE("two texts never count as equal numbers", "[numbers]") {
  Numbers a, b;
  ffc::Recorder(a).text("t", "ffc_element_1");
  ffc::Recorder(b).text("t", "ffc_element_2");
  CHECK(ffc::difference(a, b, 1e-12));
}

TEST_CASE("the recorder notices writes beyond an array, and records exceptions", "[numbers]") {
  Numbers numbers;
  ffc::Recorder record(numbers);
  CHECK_THROWS_AS(record.array("a", 2, [](double* out) { out[2] = 1; }), std::logic_error);
  const auto values = record.array("b", 2, [](double* out) {
    out[0] = 5;
    throw std::runtime_error("half way");
  });
  CHECK(values == std::vector<double>{5, 0});
  REQUIRE(numbers.size() == 2);
  CHECK(numbers[0].what == "b throws");
  CHECK(numbers[1].what == "b");
}

// Quick code and the optimised code that takes its place: what callers see, and what must stay one.
#include "tier_maker.h"

#include <dijitso/error.h>
#include <catch2/catch.hpp>

using namespace orc_test;

// What linked code reports, in order.
static std::string reports;
extern "C" __attribute__((visibility("default"))) void orc_test_report(const char* text) { reports += text; }

// Of external linkage: the host's compiler must not believe that it knows all derived classes.
struct OrcTestForm {
  virtual ~OrcTestForm() = default;
  virtual int tier() = 0;
};

namespace {

// In quick code `optimised()` is false: the optimiser knows more constants than the parser.
const std::string prelude =
    "extern \"C\" void orc_test_report(const char*);\n"
    "static inline bool optimised() { int one = 1; return __builtin_constant_p(one); }\n";

[[maybe_unused]] std::string taken_reports() { return std::exchange(reports, ""); }

}  // namespace

TEST_CASE("functions are replaced from the next call on, and keep their addresses") {
  const auto tiered = link_quickly(new_session(), "m", prelude + R"(
    extern "C" int tier() { return optimised(); }
    extern "C" int outer() { return tier(); }
    extern "C" int (*pointer_to_tier())() { return tier; }
    __attribute__((weak)) int weak() { return optimised(); }
    extern "C" int calls_weak() { return weak(); })");
  auto* const tier = function<int()>(tiered.module, "tier");
  auto* const outer = function<int()>(tiered.module, "outer");
  auto* const pointer = function<int (*())()>(tiered.module, "pointer_to_tier");
  auto* const weak = function<int()>(tiered.module, "_Z4weakv");
  auto* const calls_weak = function<int()>(tiered.module, "calls_weak");
  CHECK(tier() == 0);
  CHECK(outer() == 0);
  CHECK(pointer() == tier);
  CHECK(weak() == 0);
  CHECK(calls_weak() == 0);
  tiered.replace();
  CHECK(tier() == 1);
  CHECK(outer() == 1);
  CHECK(pointer() == tier);
  CHECK(pointer()() == 1);
  CHECK(weak() == 1);
  CHECK(calls_weak() == 1);
  CHECK(function<int()>(tiered.module, "tier") == tier);
  CHECK(tiered.module->find("__dijitso_to.tier") == nullptr);
}

TEST_CASE("an object that quick code made runs optimised code") {
  const auto tiered = link_quickly(new_session(), "m", prelude + R"(
    struct Base { virtual ~Base(); virtual int tier() = 0; };
    Base::~Base() {}
    struct Form : Base { int tier() override; int inlined(); virtual int in_class() { return optimised(); } };
    int Form::tier() { return optimised(); }
    extern "C" Base* make() { return new Form; }
    extern "C" int of_final(Base* b) { return dynamic_cast<Form*>(b)->in_class(); }
    extern "C" int tier_of(Base* b) { return b->tier(); }
    extern "C" void destroy(Base* b) { delete b; })");
  auto* const before = function<OrcTestForm*()>(tiered.module, "make")();
  CHECK(before->tier() == 0);
  tiered.replace();
  CHECK(before->tier() == 1);
  auto* const after = function<OrcTestForm*()>(tiered.module, "make")();
  for (OrcTestForm* object : {before, after}) {
    CHECK(function<int(OrcTestForm*)>(tiered.module, "tier_of")(object) == 1);
    CHECK(function<int(OrcTestForm*)>(tiered.module, "of_final")(object) == 1);
    function<void(OrcTestForm*)>(tiered.module, "destroy")(object);
  }
}

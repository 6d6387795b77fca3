// Compiles with precompiled headers and without, to be compared.
#pragma once

#include "requests.h"

#include <catch2/catch.hpp>

#include <string>

namespace dijitso::testing {

// The object with the source's beginning precompiled, by the first of its texts that suits, and without.
struct Both {
  compilation::CompileResult with, without;
  std::string used, refusal;
};

inline Both compile_both(const compilation::CompileRequest& unplanned) {
  Both both;
  both.without = compiler().compile(unplanned);
  const compilation::CompileRequest request = planned(unplanned);
  for (const compilation::Prelude& prelude : request.header_plan.preludes) {
    const compilation::Precompiled precompiled = compiler().precompile(request, prelude.text);
    if (both.refusal.empty()) both.refusal = precompiled.refusal;
    both.with = compiler().compile(request, &precompiled);
    CHECK(both.with.used_precompiled <= (request.header_plan.suited_by(precompiled) != nullptr));
    if (both.with.used_precompiled) both.used = prelude.text;
    if (both.with.used_precompiled) return both;
  }
  both.with = both.without;
  return both;
}

// Headers in a directory of their own.
struct Headers {
  Scratch scratch;
  void add(const std::string& name, const std::string& text) const { write_text(scratch / name, text); }
  compilation::CompileRequest request(const std::string& source, Flags flags = {"-O1"}) const {
    compilation::CompileRequest request = cxx_request(source, std::move(flags));
    request.include_dirs = {scratch.path().string()};
    return request;
  }
};

inline void check_same(const Both& both) {
  REQUIRE(both.without.ok);
  CHECK((both.with.object == both.without.object));  // in brackets: not to be printed
  CHECK(both.with.diagnostics_text == both.without.diagnostics_text);
  CHECK(both.with.prototypes == both.without.prototypes);
}

// A request whose object must be the same, and is made with precompiled headers.
inline void check_used(const compilation::CompileRequest& request) {
  CAPTURE(request.source);
  const Both both = compile_both(request);
  CAPTURE(both.refusal);
  check_same(both);
  CHECK(both.with.used_precompiled);
}

inline void check_unused(const compilation::CompileRequest& request) {
  CAPTURE(request.source);
  const Both both = compile_both(request);
  check_same(both);
  CHECK_FALSE(both.with.used_precompiled);
}

}  // namespace dijitso::testing

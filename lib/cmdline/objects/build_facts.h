// How an entry was made, as recorded for people in its build section.
#pragma once

#include "cache/format/entry.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dijitso::cmdline {

// How long the compile took.
struct CompileSeconds {
  double frontend = 0, optimiser = 0, codegen = 0;
  double backend = 0;  // optimiser and code generation together, in entries of older versions

  double sum() const { return frontend + optimiser + codegen + backend; }
};

struct BuildFacts {
  nlohmann::ordered_json all;  // the whole section; an empty object when it is not JSON
  std::string command, compiler, host;
  CompileSeconds seconds;
  std::optional<std::int64_t> created_ns;  // since 1970
};

// Members that are missing or have another type are empty, or 0.
BuildFacts build_facts(const cache::Entry& entry);

// "2026-11-26 20:58:12 UTC"
std::string as_utc(std::int64_t ns);

// "1.5 ms", "2.3 s"
std::string human_seconds(double seconds);

// "frontend 1.6 ms, optimiser 2.1 ms, code generation 4.4 ms"
std::string in_words(const CompileSeconds& seconds);

}  // namespace dijitso::cmdline

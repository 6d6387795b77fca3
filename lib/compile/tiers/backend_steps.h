// Measures how long Clang optimises and how long it generates code: one call of Clang does both.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/CodeGenOptions.h>

#include <optional>
#include <vector>

namespace dijitso::compilation {

class BackendSteps {
 public:
  // Measures the compile that uses these options, as long as this object exists.
  explicit BackendSteps(clang::CodeGenOptions& options);
  ~BackendSteps() { options_.PassBuilderCallbacks.pop_back(); }
  BackendSteps(const BackendSteps&) = delete;
  BackendSteps& operator=(const BackendSteps&) = delete;

  // The times of the optimiser and of the code generator, which ended at `end`. Empty when neither of them ran.
  std::vector<TimedStep> until(Clock::time_point end) const;

 private:
  clang::CodeGenOptions& options_;
  std::optional<Clock::time_point> begin_, optimised_at_;
};

}  // namespace dijitso::compilation

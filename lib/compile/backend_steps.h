// When Clang optimises and when it generates code: it does both in one call.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/CodeGenOptions.h>

#include <optional>
#include <vector>

namespace dijitso::compile {

class BackendSteps {
 public:
  // Watches the one compile that is made with these options while this lives.
  explicit BackendSteps(clang::CodeGenOptions& options);
  ~BackendSteps() { options_.PassBuilderCallbacks.pop_back(); }
  BackendSteps(const BackendSteps&) = delete;
  BackendSteps& operator=(const BackendSteps&) = delete;

  // Optimiser and code generator, which was done at `end`. Nothing when it did not come to that.
  std::vector<TimedStep> until(Clock::time_point end) const;

 private:
  clang::CodeGenOptions& options_;
  std::optional<Clock::time_point> began_, optimised_;
};

}  // namespace dijitso::compile

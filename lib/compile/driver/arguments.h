// Translates driver flags (-Wall -fPIC -std=c++11 -O2 ...) into arguments of the compiler proper (cc1), with Clang's
// driver.
#pragma once

#include "compile/compiler.h"
#include "support/lock.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class CompilerInvocation;
}

namespace dijitso::compilation {

// The virtual folder of a module's source and headers. It exists in memory only.
inline constexpr const char* module_dir = "/dijitso";

// The driver's result for one set of flags, and what the compiler proper makes of it. In both the source file has the
// name placeholder_source(); invocation_for() makes a copy with another name.
struct Translation {
  std::vector<std::string> arguments;
  std::vector<std::string> dropped_flags;
  std::vector<std::string> toolchain_dirs;                      // without those that a flag names (toolchain_files.h)
  std::shared_ptr<const clang::CompilerInvocation> invocation;  // `arguments`, parsed
  std::string messages;                                         // warnings of the driver of a command
};

// Translates each set of flags once and remembers the result. Thread-safe.
class ArgumentTranslator {
 public:
  // Throws InvalidArgument for flags that would load code into the process, write files or change the kind of output,
  // and for flags that the driver refuses.
  const Translation& translate(const CompileRequest& request);

 private:
  const Translation& translate_locked(const CompileRequest& request) DIJITSO_REQUIRES(mutex_);

  PlainMutex mutex_;
  std::map<std::vector<std::string>, Translation> known_ DIJITSO_GUARDED_BY(mutex_);
};

// The name of the source file in a translation; the compiler replaces it by the module's own name.
std::string placeholder_source(bool is_c);

}  // namespace dijitso::compilation

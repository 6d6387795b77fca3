// Precompiled headers replace one of two texts. The list of a module's headers (header_list.cpp) is read before its
// first line, although the module includes the headers after a few macros. This gives the same code if three things
// hold: the headers do not contain the names of these macros, they do nothing when the module includes them again, and
// the module's conditions do not use macros that the headers change. The preamble (preamble.cpp) replaces those bytes
// of the source. For both, the headers must not ask for a header that is in memory. The list comes first, because more
// modules share it.
//
// Tested in unittests/compile/plan_headers_test.cpp and unittests/compile/precompile_test.cpp.

#include "compile/pch/plan_headers.h"

#include "compile/pch/prelude_watch.h"

#include <clang/Lex/PreprocessorOptions.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace dijitso::compilation {
namespace {

// Whether these options allow that objects are the same with precompiled headers as without.
bool allows_precompiled(const clang::CompilerInvocation& invocation) {
  const clang::PreprocessorOptions& preprocessor = invocation.getPreprocessorOpts();
  return invocation.getCodeGenOpts().getDebugInfo() == llvm::codegenoptions::NoDebugInfo &&
         preprocessor.Includes.empty() && preprocessor.MacroIncludes.empty();
}

// Adds the names in the values of macros that flags define. An #if that uses such a macro uses these names too.
void add_names_in_flags(const clang::CompilerInvocation& invocation, std::vector<std::uint64_t>& hashes) {
  for (const auto& [macro, is_undefined] : invocation.getPreprocessorOpts().Macros) {
    std::string name;
    for (const char c : macro.substr(std::min(macro.find_first_of("=("), macro.size())) + ";") {
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
        name += c;
      else if (!name.empty())
        hashes.push_back(hash_of_name(std::exchange(name, {})));
    }
  }
}

}  // namespace

HeaderPlan plan_headers(const CompileRequest& request, const clang::CompilerInvocation& invocation) {
  HeaderPlan plan;
  if (!allows_precompiled(invocation)) return plan;
  Prelude list = find_header_list(request, invocation.getLangOpts());
  list.unmentioned.push_back(hash_of_name(unguarded));
  if (!list.unchanged.empty()) add_names_in_flags(invocation, list.unchanged);
  plan.preludes = {std::move(list), find_preamble(request, invocation.getLangOpts())};
  std::erase_if(plan.preludes, [](const Prelude& prelude) { return prelude.text.empty(); });
  for (Prelude& prelude : plan.preludes)
    for (const MemoryHeader& header : request.headers) prelude.unmentioned.push_back(hash_of_name(header.name));
  return plan;
}

}  // namespace dijitso::compilation

// Watches the preprocessing of a prelude: records what its headers look for, and whether they can be precompiled.
#pragma once

#include "compile/compiler.h"

#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::compilation {

class PreludeWatch : public clang::PPCallbacks {
 public:
  // Records in `result` what the headers look for. Both arguments must outlive this object.
  PreludeWatch(clang::Preprocessor& preprocessor, Precompiled& result) : preprocessor_(preprocessor), result_(result) {}

  // Why precompiled headers would differ from the headers themselves; empty when they would not.
  const std::string& objection() const { return objection_; }

  // Call it at the end, when the preprocessor knows which headers have guards.
  void note_unguarded() const;

  void MacroExpands(const clang::Token& name, const clang::MacroDefinition&, clang::SourceRange,
                    const clang::MacroArgs*) override;
  void InclusionDirective(clang::SourceLocation hash, const clang::Token&, llvm::StringRef name, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef file, llvm::StringRef, llvm::StringRef,
                          const clang::Module*, bool, clang::SrcMgr::CharacteristicKind) override;
  void HasInclude(clang::SourceLocation, llvm::StringRef name, bool, clang::OptionalFileEntryRef,
                  clang::SrcMgr::CharacteristicKind) override;
  void EmbedDirective(clang::SourceLocation, llvm::StringRef, bool, clang::OptionalFileEntryRef,
                      const clang::LexEmbedParametersResult&) override;
  void HasEmbed(clang::SourceLocation, llvm::StringRef, bool, clang::OptionalFileEntryRef) override;
  void PragmaDirective(clang::SourceLocation, clang::PragmaIntroducerKind) override;

 private:
  void add_objection(std::string_view what);
  bool is_guarded(clang::FileEntryRef file) const;
  bool does_nothing_again(clang::OptionalFileEntryRef file, int depth) const;

  clang::Preprocessor& preprocessor_;
  Precompiled& result_;
  std::string objection_;
  std::map<const clang::FileEntry*, std::vector<clang::OptionalFileEntryRef>> includes_;  // by includer
};

// Returns true when the effect of a #pragma ends with its declaration or file, or is stored in precompiled headers.
// `text` follows "#pragma", or is within _Pragma("...").
bool is_harmless_pragma(std::string_view text);

// Watches the compile of a module with precompiled headers. These do not store macros saved by #pragma push_macro, so a
// module that restores such a macro must be compiled without precompiled headers.
class MacroStack : public clang::PPCallbacks {
 public:
  MacroStack(const clang::Preprocessor& preprocessor, bool& is_unpushed)
      : preprocessor_(preprocessor), is_unpushed_(is_unpushed) {}
  void PragmaDirective(clang::SourceLocation, clang::PragmaIntroducerKind) override;

 private:
  const clang::Preprocessor& preprocessor_;
  bool& is_unpushed_;  // becomes true when more macros are restored than were saved
  int pushed_ = 0;
};

// Watches the compile of a module without precompiled headers: which of the names that its plan says the headers must
// not mention do they test or expand? Then precompiled headers of that form need not be tried.
class NameWatch : public clang::PPCallbacks {
 public:
  // Adds hashes of names to `mentioned`. The arguments must outlive this object.
  NameWatch(const clang::SourceManager& sources, const HeaderPlan& plan, std::vector<std::uint64_t>& mentioned);
  void MacroExpands(const clang::Token& name, const clang::MacroDefinition&, clang::SourceRange,
                    const clang::MacroArgs*) override {
    note(name);
  }
  void Defined(const clang::Token& name, const clang::MacroDefinition&, clang::SourceRange) override { note(name); }
  void Ifdef(clang::SourceLocation, const clang::Token& name, const clang::MacroDefinition&) override { note(name); }
  void Ifndef(clang::SourceLocation, const clang::Token& name, const clang::MacroDefinition&) override { note(name); }

 private:
  void note(const clang::Token& name);

  const clang::SourceManager& sources_;
  std::set<std::uint64_t> names_;
  std::vector<std::uint64_t>& mentioned_;
};

// Is in the list `mentioned` when a header of the prelude has an effect when it is included again.
inline constexpr std::string_view unguarded = "#include again";

// The hash of a name for the lists of a Precompiled.
std::uint64_t hash_of_name(std::string_view name);

}  // namespace dijitso::compilation

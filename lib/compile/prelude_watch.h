// Looks on while a prelude is preprocessed: what its headers ask for, and whether they can be precompiled at all.
#pragma once

#include "compile/compiler.h"

#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::compile {

class PreludeWatch : public clang::PPCallbacks {
 public:
  // Notes in `result` what the headers asked for. Both must outlive this.
  PreludeWatch(clang::Preprocessor& preprocessor, Precompiled& result) : preprocessor_(preprocessor), result_(result) {}

  // Why a later compile could tell the precompiled headers from the headers themselves; empty when it could not.
  const std::string& objection() const { return objection_; }

  // To be called at the end, when it is known which headers are guarded.
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
  void object_to(std::string_view what);
  bool is_guarded(clang::FileEntryRef file) const;
  bool does_nothing_again(clang::OptionalFileEntryRef file, int depth) const;

  clang::Preprocessor& preprocessor_;
  Precompiled& result_;
  std::string objection_;
  std::map<const clang::FileEntry*, std::vector<clang::OptionalFileEntryRef>> includes_;  // by whom
};

// Whether the effect of a #pragma ends with the declaration or file that it stands in, or is kept in precompiled
// headers. `text` is what stands behind "#pragma", or within _Pragma("...").
bool is_harmless_pragma(std::string_view text);

// Looks on while a module is compiled with precompiled headers. These do not keep what their #pragma push_macro put
// aside, so a module that brings one of those back must be compiled without.
class MacroStack : public clang::PPCallbacks {
 public:
  MacroStack(const clang::Preprocessor& preprocessor, bool& is_missed)
      : preprocessor_(preprocessor), is_missed_(is_missed) {}
  void PragmaDirective(clang::SourceLocation, clang::PragmaIntroducerKind) override;

 private:
  const clang::Preprocessor& preprocessor_;
  bool& is_missed_;  // becomes true when more macros are brought back than were put aside
  int pushed_ = 0;
};

// Stands in the list `mentioned` when a header on a list of headers does something when it is included again.
inline constexpr std::string_view unguarded = "#include again";

// A name in the lists of a Precompiled.
std::uint64_t hash_of_name(std::string_view name);

}  // namespace dijitso::compile

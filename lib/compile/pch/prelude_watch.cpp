// Clang's precompiled headers do not store the whole state of the parser. Some settings made by #pragmas are lost, and
// so are macros saved by push_macro (Eigen leaves one there). __DATE__ in a header would give the date of precompiling,
// and __INCLUDE_LEVEL__ counts from another file. Headers that use these are not precompiled. For the others, the names
// of files that they include or look for are stored: a header in memory with one of these names would have been found
// first. Tested in unittests/compile/precompile_test.cpp.

#include "compile/pch/prelude_watch.h"

#include "compile/driver/arguments.h"

#include <clang/Basic/SourceManager.h>
#include <clang/Lex/HeaderSearch.h>
#include <clang/Lex/Lexer.h>
#include <llvm/Support/xxhash.h>

#include <algorithm>
#include <array>

namespace dijitso::compilation {
namespace {

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  std::size_t end = begin;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Returns the text after "#pragma", or within _Pragma("..."). The current lexer is positioned before it.
std::string_view pragma_text(const clang::Preprocessor& preprocessor) {
  const auto* lexer = static_cast<const clang::Lexer*>(preprocessor.getCurrentLexer());
  if (!lexer) return {};
  const char* begin = lexer->getBufferLocation();
  const std::string_view rest(begin, static_cast<std::size_t>(lexer->getBuffer().end() - begin));
  return rest.substr(0, rest.find_first_of("\r\n"));
}

bool has_only_includes(llvm::StringRef text) {
  clang::LangOptions language;
  language.LineComment = true;
  clang::Lexer lexer(clang::SourceLocation(), language, text.begin(), text.begin(), text.end());
  clang::Token token;
  for (lexer.LexFromRawLexer(token); token.isNot(clang::tok::eof);) {
    if (token.isNot(clang::tok::hash) || !token.isAtStartOfLine()) return false;
    lexer.LexFromRawLexer(token);
    if (token.isNot(clang::tok::raw_identifier) || token.getRawIdentifier() != "include") return false;
    while (token.isNot(clang::tok::eof) && !token.isAtStartOfLine()) lexer.LexFromRawLexer(token);
  }
  return true;
}

}  // namespace

std::uint64_t hash_of_name(std::string_view name) { return llvm::xxh3_64bits(llvm::StringRef(name)); }

bool is_harmless_pragma(std::string_view text) {
  // precompile.cpp detects a visibility that is still open at the end.
  constexpr std::array<std::string_view, 11> of_gcc = {"diagnostic", "system_header", "poison",       "visibility",
                                                       "ivdep",      "unroll",        "push_options", "pop_options",
                                                       "optimize",   "target",        "warning"};
  constexpr std::array<std::string_view, 4> of_clang = {"diagnostic", "system_header", "poison", "loop"};
  constexpr std::array<std::string_view, 9> alone = {"once", "pack",   "push_macro", "pop_macro", "weak",
                                                     "omp",  "region", "endregion",  "mark"};
  const std::string_view word = next_word(text);
  if (word == "GCC") return is_one_of(next_word(text), of_gcc);
  if (word == "clang") return is_one_of(next_word(text), of_clang);
  return is_one_of(word, alone);
}

void PreludeWatch::add_objection(std::string_view what) {
  if (objection_.empty()) objection_ = "they use " + std::string(what);
}

void PreludeWatch::MacroExpands(const clang::Token& name, const clang::MacroDefinition& definition, clang::SourceRange,
                                const clang::MacroArgs*) {
  const clang::MacroInfo* macro = definition.getMacroInfo();
  if (!macro || !macro->isBuiltinMacro()) return;
  constexpr std::array<std::string_view, 5> of_place_or_time = {"__DATE__", "__TIME__", "__TIMESTAMP__",
                                                                "__BASE_FILE__", "__INCLUDE_LEVEL__"};
  const llvm::StringRef builtin = name.getIdentifierInfo()->getName();
  if (is_one_of(std::string_view(builtin), of_place_or_time)) add_objection(builtin);
  if (builtin == "__COUNTER__") result_.changed.push_back(hash_of_name(builtin));
}

void PreludeWatch::InclusionDirective(clang::SourceLocation hash, const clang::Token&, llvm::StringRef name, bool,
                                      clang::CharSourceRange, clang::OptionalFileEntryRef file, llvm::StringRef,
                                      llvm::StringRef, const clang::Module*, bool, clang::SrcMgr::CharacteristicKind) {
  result_.mentioned.push_back(hash_of_name(name));
  const clang::SourceManager& sources = preprocessor_.getSourceManager();
  const auto includer = sources.getFileEntryRefForID(sources.getFileID(hash));
  includes_[includer ? &includer->getFileEntry() : nullptr].push_back(file);
}

bool PreludeWatch::is_guarded(clang::FileEntryRef file) const {
  clang::HeaderSearch& headers = preprocessor_.getHeaderSearchInfo();
  const clang::HeaderFileInfo* known = headers.getExistingFileInfo(file);
  clang::HeaderFileInfo info = known ? *known : clang::HeaderFileInfo();
  if (info.isPragmaOnce) return true;
  const clang::IdentifierInfo* guard = info.getControllingMacro(headers.getExternalLookup());
  return guard && preprocessor_.isMacroDefined(guard);
}

// A header without a guard, such as <Eigen/Dense>, must contain only includes of headers that do nothing when included
// again.
bool PreludeWatch::does_nothing_again(clang::OptionalFileEntryRef file, int depth) const {
  if (!file || depth == 0) return false;
  if (is_guarded(*file)) return true;
  const auto text = preprocessor_.getSourceManager().getMemoryBufferForFileOrNone(*file);
  const auto included = includes_.find(&file->getFileEntry());
  return text && included != includes_.end() && has_only_includes(text->getBuffer()) &&
         std::ranges::all_of(included->second, [&](const auto& one) { return does_nothing_again(one, depth - 1); });
}

void PreludeWatch::note_unguarded() const {
  const clang::SourceManager& sources = preprocessor_.getSourceManager();
  const auto prelude = sources.getFileEntryRefForID(sources.getMainFileID());
  const auto listed = includes_.find(prelude ? &prelude->getFileEntry() : nullptr);
  constexpr int most_levels = 8;
  if (listed != includes_.end() &&
      std::ranges::all_of(listed->second, [&](const auto& one) { return does_nothing_again(one, most_levels); }))
    return;
  result_.mentioned.push_back(hash_of_name(unguarded));
}

void PreludeWatch::HasInclude(clang::SourceLocation, llvm::StringRef name, bool, clang::OptionalFileEntryRef,
                              clang::SrcMgr::CharacteristicKind) {
  result_.mentioned.push_back(hash_of_name(name));
}

void PreludeWatch::EmbedDirective(clang::SourceLocation, llvm::StringRef, bool, clang::OptionalFileEntryRef,
                                  const clang::LexEmbedParametersResult&) {
  add_objection("#embed");
}

void PreludeWatch::HasEmbed(clang::SourceLocation, llvm::StringRef, bool, clang::OptionalFileEntryRef) {
  add_objection("__has_embed");
}

void PreludeWatch::PragmaDirective(clang::SourceLocation, clang::PragmaIntroducerKind) {
  const std::string_view text = pragma_text(preprocessor_);
  if (!is_harmless_pragma(text)) add_objection("#pragma" + std::string(text));
  std::string_view rest = text;
  const std::string_view word = next_word(rest);
  if (word == "omp" && preprocessor_.getLangOpts().OpenMP) add_objection("#pragma omp");
}

NameWatch::NameWatch(const clang::SourceManager& sources, const HeaderPlan& plan, std::vector<std::uint64_t>& mentioned)
    : sources_(sources), mentioned_(mentioned) {
  for (const Prelude& prelude : plan.preludes) names_.insert(prelude.unmentioned.begin(), prelude.unmentioned.end());
}

// The module's own texts may mention them.
void NameWatch::note(const clang::Token& name) {
  const auto found = names_.find(hash_of_name(name.getIdentifierInfo()->getName()));
  if (found == names_.end()) return;
  const clang::SourceLocation place = sources_.getExpansionLoc(name.getLocation());
  if (sources_.isInMainFile(place) || sources_.getFilename(place).starts_with(std::string(module_dir) + "/")) return;
  mentioned_.push_back(*found);
  names_.erase(found);
}

void MacroStack::PragmaDirective(clang::SourceLocation, clang::PragmaIntroducerKind) {
  std::string_view text = pragma_text(preprocessor_);
  const std::string_view word = next_word(text);
  if (word == "push_macro") ++pushed_;
  if (word == "pop_macro" && --pushed_ < 0) is_unpushed_ = true;
}

}  // namespace dijitso::compilation

// Source code can crash or hang Clang. That is acceptable for a separate compiler process, but here it would end the
// host program. Clang calls back for each token, within the recursion of its parser, for each template instantiation,
// after each declaration and before each optimiser pass. At these points the stack, the time and the memory are
// checked. A callback cannot leave Clang, so it reports a fatal error; after that Clang instantiates nothing more and
// reads only the end of the file.
//
// Work that continues all the same (the rest of a long pass, a constant expression, pending template instantiations) is
// abandoned at its next memory allocation.
//
// The parser may use a quarter of the stack, because code that walks the syntax tree needs up to three times as much
// for one level. Two kinds of depth are estimated from the tokens: trees that are deeper than the parser's recursion
// (sums), and text that is parsed a second time without callbacks (bodies of functions in classes). Nested classes are
// counted. Tested in unittests/compile/compile_watch_test.cpp.

#include "compile/limits/compile_watch.h"

#include "compile/limits/code_limits.h"
#include "compile/limits/type_size.h"
#include "support/process.h"

#include <clang/AST/DeclCXX.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Lex/LexDiagnostic.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <clang/Sema/Sema.h>
#include <clang/Sema/SemaConsumer.h>
#include <clang/Sema/TemplateInstCallback.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace dijitso::compilation {
namespace {

constexpr std::uint64_t tokens_between_checks = 256;

// The grace period for a compile that was stopped: as long as the time limit, but within these bounds.
constexpr std::chrono::nanoseconds least_grace = std::chrono::seconds(1), most_grace = std::chrono::seconds(10);

// The resident memory of the process, which is the second number in the file.
std::uint64_t resident_bytes() {
  const std::string text = read_small_file("/proc/thread-self/statm");
  std::uint64_t pages = 0;
  if (const std::size_t space = text.find(' '); space != text.npos)
    std::from_chars(text.data() + space + 1, text.data() + text.size(), pages);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

// Watches the parser of one compiler instance.
class WatchedParser : public clang::SemaConsumer {
 public:
  WatchedParser(CompileWatch& watch, clang::CompilerInstance& instance)
      : watch_(watch), instance_(instance), preprocessor_(instance.getPreprocessor()) {}

  void check_token(clang::Token& token);
  void stop_if_needed(clang::SourceLocation place);

  void InitializeSema(clang::Sema& sema) override;

  // Returning false ends the parser.
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    watch_.must_stop();
    stop_if_needed(group.isNull() ? clang::SourceLocation() : (*group.begin())->getLocation());
    return !watch_.is_stopped();
  }

  // Code that walks the members of a class recurses into the members' classes.
  void HandleTagDeclDefinition(clang::TagDecl* tag) override {
    const auto* record = llvm::dyn_cast<clang::RecordDecl>(tag);
    if (!record) return;
    watch_.check_nesting(note_depth(*record) * Nesting::level);
    stop_if_needed(record->getLocation());
  }

  void check_template(const clang::Decl* entity, clang::SourceLocation place) {
    watch_.check_nesting(0);
    if (const auto* type = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(entity);
        type && sizes_.of(*type) > TypeSizes::largest)
      watch_.abandon("a type is made of more than " + std::to_string(TypeSizes::largest) + " other types");
    if (++templates_ % tokens_between_checks == 0) watch_.must_stop();
    stop_if_needed(place);
  }

 private:
  unsigned note_depth(const clang::RecordDecl& record);

  CompileWatch& watch_;
  clang::CompilerInstance& instance_;
  clang::Preprocessor& preprocessor_;
  Nesting nesting_;
  llvm::DenseMap<const clang::Decl*, unsigned> depths_;  // of classes, by their declarations
  TypeSizes sizes_;
  unsigned tokens_of_parser_ = 0;
  std::uint64_t templates_ = 0;
  bool stopped_here_ = false;
};

namespace {

class WatchedTemplates : public clang::TemplateInstantiationCallback {
 public:
  explicit WatchedTemplates(WatchedParser& parser) : parser_(parser) {}
  void initialize(const clang::Sema&) override {}
  void finalize(const clang::Sema&) override {}
  void atTemplateBegin(const clang::Sema&, const clang::Sema::CodeSynthesisContext& context) override {
    parser_.check_template(context.Entity, context.PointOfInstantiation);
  }
  void atTemplateEnd(const clang::Sema&, const clang::Sema::CodeSynthesisContext&) override {}

 private:
  WatchedParser& parser_;
};

// Clang does not report a missing file of #embed when it collects dependencies. This callback reports it.
class MissingEmbed : public clang::PPCallbacks {
 public:
  explicit MissingEmbed(clang::Preprocessor& preprocessor) : preprocessor_(preprocessor) {}
  bool EmbedFileNotFound(llvm::StringRef name) override {
    auto* lexer = static_cast<clang::Lexer*>(preprocessor_.getCurrentLexer());
    preprocessor_.Diag(lexer ? lexer->getSourceLocation() : clang::SourceLocation(), clang::diag::err_pp_file_not_found)
        << name;
    return true;
  }

 private:
  clang::Preprocessor& preprocessor_;
};

// The first pass of the optimiser. It refuses code that code_limits.h does not allow.
class CheckCode : public llvm::PassInfoMixin<CheckCode> {
 public:
  explicit CheckCode(CompileWatch& watch) : watch_(&watch) {}
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
    if (std::string reason = reason_to_refuse_code(module); !reason.empty()) watch_->stop(std::move(reason));
    return llvm::PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }

 private:
  CompileWatch* watch_;
};

// The last pass of the optimiser. When the compile was stopped, it removes the contents of all functions and variables.
class EmptyWhenStopped : public llvm::PassInfoMixin<EmptyWhenStopped> {
 public:
  explicit EmptyWhenStopped(CompileWatch& watch) : watch_(&watch) {}
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
    if (!watch_->must_stop()) return llvm::PreservedAnalyses::all();
    module.setModuleInlineAsm("");
    for (llvm::GlobalVariable& variable : module.globals())
      if (variable.hasInitializer() && !variable.getName().starts_with("llvm."))
        variable.setInitializer(llvm::Constant::getNullValue(variable.getValueType()));
    for (llvm::Function& function : module) {
      if (function.isDeclaration()) continue;
      function.deleteBody();
      new llvm::UnreachableInst(module.getContext(), llvm::BasicBlock::Create(module.getContext(), "", &function));
    }
    return llvm::PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }

 private:
  CompileWatch* watch_;
};

}  // namespace

void limit_depths(clang::LangOptions& language) {
  if (this_stack().bytes == 0) return;
  constexpr std::size_t least_for_call = 32 << 10, least_for_bracket = 64 << 10;
  const auto limit = [](auto depth, std::size_t least) {
    return static_cast<unsigned>(std::min<std::size_t>(depth, this_stack().bytes / least));
  };
  language.ConstexprCallDepth = limit(language.ConstexprCallDepth, least_for_call);
  language.BracketDepth = limit(language.BracketDepth, least_for_bracket);
}

CompileWatch::CompileWatch(const CompileLimits& limits)
    : limits_(limits), begin_(Clock::now()), memory_before_(limits.memory == 0 ? 0 : resident_bytes()) {}

void CompileWatch::stop(std::string reason) {
  if (is_stopped()) return;
  reason_ = std::move(reason);
  stopped_ = Clock::now();
}

bool CompileWatch::must_stop() {
  if (is_stopped()) return true;
  if (limits_.time.count() != 0 && Clock::now() - begin_ >= limits_.time)
    stop("this compile has run for longer than build.compile_timeout allows");
  else if (limits_.memory != 0 && resident_bytes() >= memory_before_ + limits_.memory)
    stop("this compile has taken more memory than build.compile_memory allows");
  return is_stopped();
}

std::string CompileWatch::too_deep() const {
  return std::string("this is nested too deeply for the compiler: divide it into smaller expressions or functions") +
         (stack_.bytes < large_stack_bytes ? ", or raise the limit on address space (ulimit -v)" : "");
}

void CompileWatch::check_nesting(std::uint64_t estimated) {
  const std::size_t used = stack_.top - reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (stack_.bytes != 0 && (estimated > stack_.bytes || used > stack_.bytes / 4)) stop(too_deep());
}

bool CompileWatch::is_grace_over() const {
  const auto grace = limits_.time.count() == 0 ? most_grace : std::clamp(limits_.time, least_grace, most_grace);
  return Clock::now() - stopped_ >= grace ||
         (limits_.memory != 0 && resident_bytes() >= memory_before_ + 2 * limits_.memory);
}

void CompileWatch::check_allocation(std::uint64_t stack_left) {
  if (stack_left <= stack_reserve()) abandon(too_deep());
  if (must_stop() && is_grace_over()) abandon(reason_);
}

void CompileWatch::abandon(std::string reason) {
  stop(std::move(reason));
  throw Abandoned(reason_);
}

void note_stop(const std::string& reason, CompileResult& result) {
  result.ok = false;
  result.object.clear();
  Diagnostic diagnostic;
  diagnostic.severity = Severity::fatal;
  diagnostic.message = reason;
  result.diagnostics_text += "fatal error: " + reason + "\n";
  result.diagnostics.push_back(std::move(diagnostic));
}

std::unique_ptr<clang::ASTConsumer> CompileWatch::watch_parser(clang::CompilerInstance& instance) {
  auto parser = std::make_unique<WatchedParser>(*this, instance);
  clang::Preprocessor& preprocessor = instance.getPreprocessor();
  preprocessor.addPPCallbacks(std::make_unique<MissingEmbed>(preprocessor));
  preprocessor.setPreprocessToken(true);  // includes tokens of directives and of macro arguments
  preprocessor.setTokenWatcher(
      [&parser = *parser](const clang::Token& token) { parser.check_token(const_cast<clang::Token&>(token)); });
  return parser;
}

// The parser reads the token after this function has returned, so it sees the changes that are made here.
void WatchedParser::check_token(clang::Token& token) {
  const bool is_for_parser = std::exchange(tokens_of_parser_, preprocessor_.getTokenCount()) != tokens_of_parser_;
  if (!watch_.is_stopped()) {
    if (is_for_parser) nesting_.add(token.getKind());
    watch_.check_nesting(nesting_.bytes());
    if (++watch_.tokens_ % tokens_between_checks == 0) watch_.must_stop();
    if (watch_.tokens_ > watch_.limits_.tokens)
      watch_.stop("macros and headers expand to more than " + std::to_string(watch_.limits_.tokens) + " tokens");
    if (!watch_.is_stopped()) return;
  }
  stop_if_needed(token.getLocation());
  // The end of a directive must remain. The code that reads macro arguments finds their end without help.
  if (is_for_parser || (preprocessor_.isParsingIfOrElifDirective() && token.isNot(clang::tok::eod)))
    token.setKind(clang::tok::eof);
}

void WatchedParser::stop_if_needed(clang::SourceLocation place) {
  if (!watch_.is_stopped() || std::exchange(stopped_here_, true)) return;
  clang::DiagnosticsEngine& diagnostics = instance_.getDiagnostics();
  diagnostics.Report(place, diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Fatal, "%0")) << watch_.reason();
  watch_.is_reported_ = true;
  preprocessor_.SetMacroExpansionOnlyInDirectives();
  instance_.getPreprocessorOpts().SingleFileParseMode = true;  // follows no #include any more
}

unsigned WatchedParser::note_depth(const clang::RecordDecl& record) {
  unsigned depth = 0;
  const auto update_depth = [&](clang::QualType type) {
    if (const clang::RecordDecl* inner = type->getBaseElementTypeUnsafe()->getAsRecordDecl())
      depth = std::max(depth, depths_.lookup(inner->getCanonicalDecl()));
  };
  for (const clang::FieldDecl* field : record.fields()) update_depth(field->getType());
  if (const auto* derived = llvm::dyn_cast<clang::CXXRecordDecl>(&record))
    for (const clang::CXXBaseSpecifier& base : derived->bases()) update_depth(base.getType());
  return depths_[record.getCanonicalDecl()] = depth + 1;
}

void WatchedParser::InitializeSema(clang::Sema& sema) {
  sema.TemplateInstCallbacks.push_back(std::make_unique<WatchedTemplates>(*this));
}

WatchedPasses::WatchedPasses(clang::CodeGenOptions& options, CompileWatch& watch) : options_(options) {
  options_.PassBuilderCallbacks.emplace_back([&watch](llvm::PassBuilder& builder) {
    if (llvm::PassInstrumentationCallbacks* passes = builder.getPassInstrumentationCallbacks())
      passes->registerShouldRunOptionalPassCallback(
          [&watch](llvm::StringRef, llvm::Any) { return !watch.must_stop(); });
    builder.registerPipelineStartEPCallback(
        [&watch](llvm::ModulePassManager& passes, llvm::OptimizationLevel) { passes.addPass(CheckCode(watch)); });
    builder.registerOptimizerLastEPCallback(
        [&watch](llvm::ModulePassManager& passes, llvm::OptimizationLevel, llvm::ThinOrFullLTOPhase) {
          passes.addPass(EmptyWhenStopped(watch));
        });
  });
}

}  // namespace dijitso::compilation

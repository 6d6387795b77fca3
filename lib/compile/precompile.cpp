// Clang's precompiled headers give back what the parser knew at the end of some text. There are two ways to use them.
//
// Made of a module's preamble (preamble.h), they stand for these bytes of its source. Made of the list of its headers
// (prelude.h), they stand before its first line, whereas the module reads the same headers a few macros later. That
// makes no difference when the headers never see the names of these macros, do nothing when the module then includes
// them, and the module's conditions ask for nothing that the headers change: so the identifiers that occur in the
// headers, and the macros that they change, are kept with them as hashes. (Two names with one hash cost an opportunity,
// not correctness.) More modules share the list, so it comes first. The two are made alike, and only the text says
// which modules they are for.
//
// That objects are the same is also tested over real code. Tested in unittests/compile/precompile_test.cpp, tests/ffc
// and tests/dolfin.

#include "compile/precompile.h"

#include "compile/compile_watch.h"
#include "compile/diagnostics.h"
#include "compile/preamble.h"
#include "compile/prelude.h"
#include "compile/prelude_watch.h"
#include "compile/read_files.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <clang/Sema/Sema.h>
#include <clang/Serialization/ASTWriter.h>
#include <clang/Serialization/PCHContainerOperations.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>

namespace dijitso::compile {
namespace {

// No module can have these names, which have a slash.
const std::string prelude_dir = std::string(module_dir) + "/prelude/";
const std::string prelude_name = prelude_dir + "headers.h";
const std::string pch_name = prelude_dir + "headers.pch";

void sort_unique(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

// How much was read.
std::uint64_t text_bytes(const clang::SourceManager& sources) {
  std::uint64_t bytes = 0;
  for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file)
    if (const auto buffer = file->second->getBufferIfLoaded()) bytes += buffer->getBufferSize();
  return bytes;
}

// Writes the precompiled headers into a buffer, unless they are not worth it, or nobody waits for them any more.
class Generator : public clang::PCHGenerator {
 public:
  Generator(clang::CompilerInstance& instance, const PreludeWatch& watch, std::shared_ptr<clang::PCHBuffer> buffer,
            const PrecompileLimits& limits, std::string& refusal, bool& constructs_members)
      : PCHGenerator(instance.getPreprocessor(), instance.getModuleCache(), /*OutputFile=*/"", /*isysroot=*/"",
                     std::move(buffer), instance.getCodeGenOpts(), instance.getFrontendOpts().ModuleFileExtensions,
                     /*AllowASTWithErrors=*/false,
                     /*IncludeTimestamps=*/false),  // contents are compared, by whoever keeps them
        sources_(instance.getSourceManager()),
        watch_(watch),
        limits_(limits),
        refusal_(refusal),
        constructs_members_(constructs_members) {}

  void InitializeSema(clang::Sema& sema) override {
    sema_ = &sema;
    PCHGenerator::InitializeSema(sema);
  }

  // False ends the parser.
  bool HandleTopLevelDecl(clang::DeclGroupRef declaration) override {
    return !stopped() && PCHGenerator::HandleTopLevelDecl(declaration);
  }

  void HandleTranslationUnit(clang::ASTContext& context) override {
    if (stopped() || text_bytes(sources_) < limits_.least_text) return;
    refusal_ = watch_.objection();
    if (refusal_.empty() && leaves_visibility(context)) refusal_ = "they leave a #pragma GCC visibility open";
    if (refusal_.empty()) PCHGenerator::HandleTranslationUnit(context);
  }

  void HandleCXXStaticMemberVarInstantiation(clang::VarDecl* variable) override {
    constructs_members_ |= !variable->isUsableInConstantExpressions(*context_) || variable->needsDestruction(*context_);
    PCHGenerator::HandleCXXStaticMemberVarInstantiation(variable);
  }

  void Initialize(clang::ASTContext& context) override {
    context_ = &context;
    PCHGenerator::Initialize(context);
  }

 private:
  bool stopped() const { return limits_.stop && *limits_.stop; }

  // Whether a "#pragma GCC visibility push" is open, which the precompiled headers would forget.
  bool leaves_visibility(clang::ASTContext& context) {
    auto* probe = clang::VarDecl::Create(context, context.getTranslationUnitDecl(), {}, {}, nullptr, context.IntTy,
                                         nullptr, clang::SC_None);
    sema_->AddPushedVisibilityAttribute(probe);
    return probe->hasAttrs();
  }

  const clang::SourceManager& sources_;
  const PreludeWatch& watch_;
  const PrecompileLimits& limits_;
  std::string& refusal_;
  bool& constructs_members_;
  clang::Sema* sema_ = nullptr;
  clang::ASTContext* context_ = nullptr;
};

class PrecompileAction : public clang::GeneratePCHAction {
 public:
  PrecompileAction(Precompiled& result, ReadFiles& files, const PrecompileLimits& limits, CompileWatch& watch)
      : result_(result), files_(files), limits_(limits), compile_watch_(watch) {}

  std::shared_ptr<const clang::PCHBuffer> buffer() const { return buffer_; }

  // Whether templates with static members were instantiated whose constructors or destructors run.
  bool constructs_members() const { return constructs_members_; }

 private:
  // Clang's own would write a file.
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance, llvm::StringRef) override {
    auto watch = std::make_unique<PreludeWatch>(instance.getPreprocessor(), result_);
    watch_ = watch.get();
    auto generator =
        std::make_unique<Generator>(instance, *watch, buffer_, limits_, result_.refusal, constructs_members_);
    instance.getPreprocessor().addPPCallbacks(std::move(watch));
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(compile_watch_.watch_parser(instance));
    consumers.push_back(std::move(generator));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

  void EndSourceFileAction() override {
    clang::CompilerInstance& instance = getCompilerInstance();
    const clang::Preprocessor& preprocessor = instance.getPreprocessor();
    for (const auto& identifier : preprocessor.getIdentifierTable())
      result_.mentioned.push_back(hash_of_name(identifier.getKey()));
    for (const auto& macro : preprocessor.macros()) {
      const clang::MacroDirective* last = macro.second.getLatest();
      if (last && !instance.getSourceManager().isInPredefinedFile(last->getLocation()))
        result_.changed.push_back(hash_of_name(macro.first->getName()));
    }
    watch_->note_unguarded();
    sort_unique(result_.mentioned);
    sort_unique(result_.changed);
    result_.is_cheap = text_bytes(instance.getSourceManager()) < limits_.least_text;
    files_.take_contents(instance);
    GeneratePCHAction::EndSourceFileAction();
  }

  bool constructs_members_ = false;
  Precompiled& result_;
  ReadFiles& files_;
  const PrecompileLimits& limits_;
  CompileWatch& compile_watch_;
  const PreludeWatch* watch_ = nullptr;
  std::shared_ptr<clang::PCHBuffer> buffer_ = std::make_shared<clang::PCHBuffer>();
};

bool any_of(const std::vector<std::string>& names, const std::vector<std::uint64_t>& hashes) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::binary_search(hashes.begin(), hashes.end(), hash_of_name(name));
  });
}

// The names in the texts of macros that flags define: an #if that asks for such a macro asks for them.
std::vector<std::string> names_in_flags(const clang::CompilerInvocation& invocation) {
  std::vector<std::string> names;
  for (const auto& [macro, is_undefined] : invocation.getPreprocessorOpts().Macros) {
    std::string name;
    for (const char c : macro.substr(std::min(macro.find_first_of("=("), macro.size())) + ";") {
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
        name += c;
      else if (!std::exchange(name, {}).empty())
        names.push_back(name);
    }
  }
  return names;
}

bool suits(const Precompiled& precompiled, const Prelude& prelude, const clang::CompilerInvocation& invocation) {
  return prelude.text == precompiled.prelude && !any_of({std::string(unguarded)}, precompiled.mentioned) &&
         !any_of(prelude.defines, precompiled.mentioned) && !any_of(prelude.conditions, precompiled.changed) &&
         (prelude.conditions.empty() || !any_of(names_in_flags(invocation), precompiled.changed));
}

}  // namespace

bool allows_precompiled(const clang::CompilerInvocation& invocation) {
  const clang::CodeGenOptions& code = invocation.getCodeGenOpts();
  return code.getDebugInfo() == llvm::codegenoptions::NoDebugInfo && !code.CoverageMapping &&
         invocation.getPreprocessorOpts().Includes.empty() && invocation.getPreprocessorOpts().MacroIncludes.empty() &&
         !invocation.getLangOpts().ModulesCodegen && !invocation.getLangOpts().ModulesDebugInfo;
}

std::vector<std::string> preludes_of(const CompileRequest& request, const clang::CompilerInvocation& invocation) {
  std::vector<std::string> texts;
  if (!allows_precompiled(invocation)) return texts;
  Prelude prelude = find_prelude(request, invocation.getLangOpts());
  Preamble preamble = find_preamble(request, invocation.getLangOpts());
  if (!prelude.text.empty()) texts.push_back(std::move(prelude.text));
  if (!preamble.text.empty() && (texts.empty() || texts.front() != preamble.text))
    texts.push_back(std::move(preamble.text));
  return texts;
}

std::optional<Use> use_of(const Precompiled& precompiled, const CompileRequest& request,
                          const clang::CompilerInvocation& invocation) {
  if (precompiled.pch.empty() || !allows_precompiled(invocation)) return std::nullopt;
  std::vector<std::string> in_memory;
  for (const MemoryHeader& header : request.headers) in_memory.push_back(header.name);
  if (any_of(in_memory, precompiled.mentioned)) return std::nullopt;
  std::optional<std::vector<Message>> messages = read_messages(precompiled.messages);
  if (!messages) return std::nullopt;
  const Prelude prelude = find_prelude(request, invocation.getLangOpts());
  if (suits(precompiled, prelude, invocation)) {
    include_from(*messages, prelude_name, prelude.places);
    return Use{0, std::move(*messages), prelude.places};
  }
  const Preamble preamble = find_preamble(request, invocation.getLangOpts());
  if (preamble.text != precompiled.prelude) return std::nullopt;
  include_from(*messages, prelude_name, preamble.places);
  return Use{preamble.bytes, std::move(*messages), preamble.places};
}

namespace {

// `is_told` becomes true when one can tell from what comes of it whether templates were instantiated.
Precompiled precompile_once(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits, bool instantiates, bool& is_told) {
  const std::vector<std::string> arguments = arguments_for(request, translation, prelude_name);
  const auto invocation = make_invocation(arguments);
  invocation->getFrontendOpts().ProgramAction = clang::frontend::GeneratePCH;
  invocation->getLangOpts().PCHInstantiateTemplates = instantiates;
  limit_depths(invocation->getLangOpts());

  Precompiled result;
  result.prelude = prelude;
  Files files(request.header_packs);
  files.add(prelude_name, prelude);
  clang::DiagnosticOptions options;
  DiagnosticCollector collector(options);
  const auto read_files = std::make_shared<ReadFiles>();
  {
    clang::CompilerInstance instance(invocation);
    instance.createVirtualFileSystem(files.over_disk(), &collector);
    instance.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    instance.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    instance.addDependencyCollector(read_files);
    CompileWatch watch({});
    PrecompileAction action(result, *read_files, limits, watch);
    instance.ExecuteAction(action);
    is_told = action.constructs_members() || collector.has_messages();
    if (const auto messages = messages_of_headers(collector.take_messages(), prelude_name))
      result.messages = write_messages(*messages);
    else if (result.refusal.empty())
      result.refusal = "the compiler says of them: " + collector.take_text();
    if (const auto buffer = action.buffer(); buffer->IsComplete && result.refusal.empty()) {
      result.pch = as_bytes({buffer->Data.data(), buffer->Data.size()});
      result.owner = buffer;
    }
  }
  files.check_packs();
  result.files = read_files->headers(arguments);
  return result;
}

}  // namespace

// Templates that the headers use are instantiated with them, once, and not in every module: that is most of the time
// that remains. What the compiler says of them, and constructors of their static members, come in another order then;
// so do the functions of code that is not optimised, where all of them stay.
Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits) {
  bool is_told = false;
  const bool is_optimized = make_invocation(translation.arguments)->getCodeGenOpts().OptimizationLevel > 0;
  Precompiled result = precompile_once(request, translation, prelude, limits, is_optimized, is_told);
  const bool is_stopped = limits.stop && *limits.stop;
  if (is_optimized && is_told && !result.is_cheap && !is_stopped)
    result = precompile_once(request, translation, prelude, limits, /*instantiates=*/false, is_told);
  return result;
}

void use_precompiled(clang::CompilerInvocation& invocation, Files& files, const Precompiled& precompiled,
                     const Use& use) {
  files.add(prelude_name, precompiled.prelude);
  files.add(pch_name, as_text(precompiled.pch));
  invocation.getPreprocessorOpts().ImplicitPCHInclude = pch_name;
  if (use.skipped != 0) invocation.getPreprocessorOpts().PrecompiledPreambleBytes = {use.skipped, true};
}

std::vector<Message> messages_with(const Use& use, std::vector<Message> of_module) {
  include_from(of_module, prelude_name, use.places);
  return joined(use.messages, std::move(of_module));
}

bool names_prelude(const std::string& diagnostics) { return diagnostics.find(prelude_dir) != std::string::npos; }

}  // namespace dijitso::compile

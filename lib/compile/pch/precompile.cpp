// Clang's precompiled headers restore the state of the parser at the end of some text. Which texts these are, and
// whether a module may use the result, is in the module's plan (plan_headers.h). To decide that, hashes of the
// identifiers in the headers and of the macros that they change are stored with them.
//
// Tests with real code compare the objects, too. Tested in unittests/compile/precompile_test.cpp, tests/ffc and
// tests/dolfin.

#include "compile/pch/precompile.h"

#include "compile/driver/toolchain_files.h"
#include "compile/frontend/command_inputs.h"
#include "compile/frontend/diagnostics.h"
#include "compile/frontend/read_files.h"
#include "compile/limits/compile_watch.h"
#include "compile/pch/common_instantiations.h"
#include "compile/pch/file_names.h"
#include "compile/pch/lost_declarations.h"
#include "compile/pch/prelude_watch.h"
#include "llvm-config/out_of_memory.h"
#include "support/memory_room.h"

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
#include <llvm/ADT/StringSet.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <string_view>

namespace dijitso::compilation {
namespace {

// No name of a module contains a slash, so none is equal to one of these.
const std::string prelude_dir = std::string(module_dir) + "/prelude/";
constexpr std::string_view prelude_of_command = ".dijitso-headers.h";
const std::string pch_name = prelude_dir + "headers.pch";

// For a command, in the directory of the source: headers in quotes are looked for there.
std::string prelude_name(const CompileRequest& request) {
  if (!request.command) return prelude_dir + "headers.h";
  const std::string& source = request.command->name;
  return source.substr(0, source.rfind('/') + 1) + std::string(prelude_of_command);
}

// The headers of a command, in the order in which they were read, stand before the messages.
std::string write_inputs(const std::vector<NamedInput>& inputs) {
  std::string bytes;
  for (const NamedInput& input : inputs) bytes.append(input.is_system ? "s" : "u").append(input.name).push_back('\0');
  return bytes + '\0';
}

// Removes them from the beginning of `bytes`.
std::vector<NamedInput> read_inputs(std::string_view& bytes) {
  std::vector<NamedInput> inputs;
  for (;;) {
    const std::string_view field = bytes.substr(0, bytes.find('\0'));
    bytes.remove_prefix(std::min(field.size() + 1, bytes.size()));
    if (field.empty()) return inputs;
    inputs.push_back({std::string(field.substr(1)), field.front() == 's'});
  }
}

void sort_unique(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

// Writes the precompiled headers into a buffer, unless they are too small or memory gets scarce.
class Generator : public clang::PCHGenerator {
 public:
  Generator(clang::CompilerInstance& instance, const PreludeWatch& watch, std::shared_ptr<clang::PCHBuffer> buffer,
            const PrecompileLimits& limits, Precompiled& result, bool& constructs_members)
      : PCHGenerator(instance.getPreprocessor(), instance.getModuleCache(), /*OutputFile=*/"", /*isysroot=*/"",
                     std::move(buffer), instance.getCodeGenOpts(), instance.getFrontendOpts().ModuleFileExtensions,
                     /*AllowASTWithErrors=*/false,
                     /*IncludeTimestamps=*/false),  // the caller compares contents instead
        sources_(instance.getSourceManager()),
        watch_(watch),
        limits_(limits),
        result_(result),
        constructs_members_(constructs_members) {}

  void InitializeSema(clang::Sema& sema) override {
    sema_ = &sema;
    PCHGenerator::InitializeSema(sema);
  }

  // Returning false ends the parser.
  bool HandleTopLevelDecl(clang::DeclGroupRef declaration) override {
    return !lacks_memory() && PCHGenerator::HandleTopLevelDecl(declaration);
  }

  void HandleTranslationUnit(clang::ASTContext& context) override {
    if (lacks_memory()) return;
    result_.is_cheap = header_bytes(sources_) < limits_.least_text;
    if (result_.is_cheap) return;
    std::string& refusal = result_.refusal;
    refusal = watch_.objection();
    if (const auto lost = lost_declaration(*context.getTranslationUnitDecl()); refusal.empty() && !lost.empty())
      refusal = "they have " + lost + ", which would be lost";
    if (refusal.empty() && leaves_visibility(context)) refusal = "they leave a #pragma GCC visibility open";
    result_.is_refused = !refusal.empty();
    if (!result_.is_refused) PCHGenerator::HandleTranslationUnit(context);
  }

  void HandleCXXStaticMemberVarInstantiation(clang::VarDecl* variable) override {
    const bool has_value = variable->isUsableInConstantExpressions(*context_) || variable->hasConstantInitialization();
    constructs_members_ |= !has_value || variable->needsDestruction(*context_);
    PCHGenerator::HandleCXXStaticMemberVarInstantiation(variable);
  }

  void Initialize(clang::ASTContext& context) override {
    context_ = &context;
    PCHGenerator::Initialize(context);
  }

 private:
  bool lacks_memory() {
    constexpr unsigned interval = 64;  // declarations; they take much less than `memory_to_leave`
    if (calls_++ % interval == 0) lacks_memory_ |= !can_map(limits_.memory_to_leave);
    return lacks_memory_;
  }

  // Whether a "#pragma GCC visibility push" is still open; precompiled headers do not store that.
  bool leaves_visibility(clang::ASTContext& context) {
    auto* probe = clang::VarDecl::Create(context, context.getTranslationUnitDecl(), {}, {}, nullptr, context.IntTy,
                                         nullptr, clang::SC_None);
    sema_->AddPushedVisibilityAttribute(probe);
    return probe->hasAttrs();
  }

  const clang::SourceManager& sources_;
  const PreludeWatch& watch_;
  const PrecompileLimits& limits_;
  Precompiled& result_;
  bool& constructs_members_;
  unsigned calls_ = 0;
  bool lacks_memory_ = false;
  clang::Sema* sema_ = nullptr;
  clang::ASTContext* context_ = nullptr;
};

class PrecompileAction : public clang::GeneratePCHAction {
 public:
  PrecompileAction(Precompiled& result, const PrecompileLimits& limits, CompileWatch& watch)
      : result_(result), limits_(limits), compile_watch_(watch) {}

  std::shared_ptr<const clang::PCHBuffer> buffer() const { return buffer_; }

  // Whether a static member with a constructor or destructor was instantiated from a template.
  bool constructs_members() const { return constructs_members_; }

 private:
  // Clang's own function would write a file.
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance, llvm::StringRef) override {
    auto watch = std::make_unique<PreludeWatch>(instance.getPreprocessor(), result_);
    watch_ = watch.get();
    auto generator = std::make_unique<Generator>(instance, *watch, buffer_, limits_, result_, constructs_members_);
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
    GeneratePCHAction::EndSourceFileAction();
  }

  bool constructs_members_ = false;
  Precompiled& result_;
  const PrecompileLimits& limits_;
  CompileWatch& compile_watch_;
  const PreludeWatch* watch_ = nullptr;
  std::shared_ptr<clang::PCHBuffer> buffer_ = std::make_shared<clang::PCHBuffer>();
};

// For a reason that may not exist the next time.
void refuse_now(Precompiled& result, const std::string& reason) {
  result.refusal = reason;
  result.is_cheap = result.is_refused = false;
}

// `is_observable` becomes true when the result shows whether templates were instantiated.
Precompiled precompile_once(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits, CompileWatch& watch, bool instantiates,
                            bool& is_observable) {
  const std::string name = prelude_name(request);
  const std::string directory = request.command ? request.directory : "";
  const auto invocation = invocation_for(translation, name);
  invocation->getFrontendOpts().ProgramAction = clang::frontend::GeneratePCH;
  invocation->getLangOpts().PCHInstantiateTemplates = instantiates;
  limit_depths(invocation->getLangOpts());

  Precompiled result;
  result.prelude = prelude;
  const std::string text = with_common_instantiations(prelude, instantiates);
  Files files(request.header_packs, directory);
  files.add(path_in(directory, name), text);
  clang::DiagnosticOptions options;
  DiagnosticCollector collector(options);
  const auto read_files = std::make_shared<ReadFiles>(directory);
  bool uses_time = false;  // which the watch of the prelude objects to
  const auto inputs = std::make_shared<CommandInputs>(uses_time);
  {
    const llvm_config::AbandonedOnThrow<PrecompileAction> action(result, limits, watch);
    const llvm_config::AbandonedOnThrow<clang::CompilerInstance> instance(invocation);
    instance->createVirtualFileSystem(request.command ? with_relative_names(files.over_disk()) : files.over_disk(),
                                      &collector);
    instance->createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    instance->setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    instance->addDependencyCollector(read_files);
    if (request.command) instance->addDependencyCollector(inputs);
    instance->ExecuteAction(*action);
    is_observable = action->constructs_members() || collector.has_messages();
    if (request.command && !instantiates && collector.has_messages() && !result.is_cheap && result.refusal.empty()) {
      result.refusal = "they have messages, which the compiler counts at the end";
      result.is_refused = true;
    }
    if (const auto messages = messages_of_headers(collector.take_messages(), name))
      result.messages = (request.command ? write_inputs(inputs->take()) : "") + write_messages(*messages);
    else
      refuse_now(result, "the compiler reports: " + collector.take_text());
    if (watch.is_stopped()) refuse_now(result, watch.reason());
    if (const auto buffer = action->buffer(); buffer->IsComplete && result.refusal.empty()) {
      result.pch = as_bytes({buffer->Data.data(), buffer->Data.size()});
      result.owner = buffer;
    }
  }
  files.check_packs();
  result.files = read_files->headers(translation, files.disk(), files.asked());
  std::erase_if(result.files, [&](const HeaderRead& file) {
    return normal_path(path_in(directory, file.path)) == normal_path(path_in(directory, name));
  });
  result.missing = read_files->missing(translation, files.disk(), files.asked());
  return result;
}

}  // namespace

// Templates that the headers use are instantiated here once instead of in every module, which saves most of the
// remaining time. But this changes the order of warnings and of the constructors of static members, so in these cases
// templates are not instantiated. The same holds without optimisation, where the order of functions in the object would
// change.
Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits) {
  bool is_observable = false;
  const bool is_optimized = translation.invocation->getCodeGenOpts().OptimizationLevel > 0;
  CompileWatch watch(request.limits);
  Precompiled result = precompile_once(request, translation, prelude, limits, watch, is_optimized, is_observable);
  if (is_optimized && is_observable && !result.is_cheap && !result.is_refused && !watch.is_stopped())
    result = precompile_once(request, translation, prelude, limits, watch, /*instantiates=*/false, is_observable);
  return result;
}

std::optional<Use> use_of(const Precompiled& precompiled, const CompileRequest& request) {
  Use use{request.header_plan.suited_by(precompiled), prelude_name(request), {}, {}, {}};
  std::string_view bytes = precompiled.messages;
  if (request.command) use.inputs = read_inputs(bytes);
  auto messages = read_messages(bytes);
  if (!use.prelude || !messages) return std::nullopt;
  use.messages = std::move(*messages);
  include_from(use.messages, use.name, use.prelude->places);
  use.text = with_common_instantiations(precompiled.prelude, /*instantiates=*/false);
  return use;
}

void use_precompiled(const CompileRequest& request, clang::CompilerInvocation& invocation, Files& files,
                     const Precompiled& precompiled, const Use& use) {
  files.add(path_in(request.directory, use.name), use.text);
  files.add_large(pch_name, as_text(precompiled.pch));
  invocation.getPreprocessorOpts().ImplicitPCHInclude = pch_name;
  if (const std::size_t bytes = use.prelude->skipped; bytes != 0)
    invocation.getPreprocessorOpts().PrecompiledPreambleBytes = {bytes, true};
}

std::vector<Message> messages_with(const Use& use, std::vector<Message> of_module) {
  include_from(of_module, use.name, use.prelude->places);
  return joined(use.messages, std::move(of_module));
}

std::vector<NamedInput> inputs_with(const Use& use, const CompileRequest& request,
                                    const std::vector<NamedInput>& inputs) {
  const auto name_for_make = [](const std::string& name) { return llvm::sys::path::remove_leading_dotslash(name); };
  llvm::StringSet<> names;
  names.insert(name_for_make(use.name));
  std::vector<NamedInput> all;
  const auto add = [&](const NamedInput& input) {
    if (names.insert(name_for_make(input.name)).second) all.push_back(input);
  };
  const auto source = std::ranges::find(inputs, source_name(request), &NamedInput::name);
  if (source != inputs.end()) add(*source);
  std::ranges::for_each(use.inputs, add);
  std::ranges::for_each(inputs, add);
  return all;
}

bool names_prelude(const std::string& diagnostics) {
  return diagnostics.find(prelude_dir) != diagnostics.npos || diagnostics.find(prelude_of_command) != diagnostics.npos;
}

}  // namespace dijitso::compilation

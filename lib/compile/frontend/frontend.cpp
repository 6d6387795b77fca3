// One compile: the module's texts in an in-memory file system over the real one, the arguments that the driver made,
// Clang's parser and code generator, and an object in a buffer. It starts no process and writes nothing to disk. Tested
// in unittests/compile/compiler_test.cpp.

#include "compile/frontend/frontend.h"

#include "compile/driver/invocation.h"
#include "compile/driver/toolchain_files.h"
#include "compile/frontend/command_inputs.h"
#include "compile/frontend/diagnostics.h"
#include "compile/frontend/needed_features.h"
#include "compile/frontend/prototypes.h"
#include "compile/frontend/read_files.h"
#include "compile/pch/file_names.h"
#include "compile/pch/precompile.h"
#include "compile/pch/text_order.h"
#include "compile/tiers/backend_steps.h"
#include "llvm-config/out_of_memory.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/Version.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <optional>
#include <type_traits>

namespace dijitso::compilation {
namespace {

// Adds a CompileWatch and a PrototypeCollector to one of Clang's CodeGenActions.
template <class Emit>
class Watched : public Emit {
 public:
  // `prototypes` is null when they are not wanted.
  Watched(Clock::time_point& done, std::uint64_t& header_bytes, CompileWatch& watch, std::string* prototypes)
      : done_(done), header_bytes_(header_bytes), watch_(watch), prototypes_(prototypes) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance,
                                                        llvm::StringRef file) override {
    const llvm::StringRef name_in_object = file == "<stdin>" ? "-" : file;  // as invocation_for
    std::unique_ptr<clang::ASTConsumer> emitter = Emit::CreateASTConsumer(instance, name_in_object);
    if (!emitter) return nullptr;
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(watch_.watch_parser(instance));
    if (prototypes_) consumers.push_back(std::make_unique<PrototypeCollector>(*prototypes_));
    consumers.push_back(std::move(emitter));
    return std::make_unique<InTextOrder>(std::move(consumers));
  }

 private:
  void EndSourceFileAction() override {
    done_ = Clock::now();
    header_bytes_ = header_bytes(this->getCompilerInstance().getSourceManager());
    Emit::EndSourceFileAction();
  }

  Clock::time_point& done_;
  std::uint64_t& header_bytes_;
  CompileWatch& watch_;
  std::string* const prototypes_;
};

// What a person reads at the end: "2 warnings generated."
std::unique_ptr<llvm::raw_ostream> summary_stream(const CompileRequest& request, std::string& summary) {
  if (request.command) return std::make_unique<llvm::raw_string_ostream>(summary);
  return std::make_unique<llvm::raw_null_ostream>();
}

// Of a command, leaves only the headers: the source, and the file that stands for precompiled ones, are in memory.
void remove_own_files(const CompileRequest& request, const std::optional<Use>& use, std::vector<HeaderRead>& files) {
  const auto path = [&](const std::string& name) { return normal_path(path_in(request.directory, name)); };
  const std::string source = path(source_name(request));
  const std::string prelude = use ? path(use->name) : source;
  std::erase_if(files, [&](const HeaderRead& file) { return path(file.path) == source || path(file.path) == prelude; });
}

// Runs Clang. `take` gets the LLVM module, if there is one, and the action that owns its context; the action is
// destroyed afterwards.
template <class Emit, class Take>
CompileResult run_clang(const CompileRequest& request, const Translation& translation, const Precompiled* precompiled,
                        CompileWatch& watch, llvm::SmallVectorImpl<char>& object, Take take) {
  const Clock::time_point begin = Clock::now();
  const std::shared_ptr<clang::CompilerInvocation> invocation = invocation_for(translation, source_name(request));
  limit_depths(invocation->getLangOpts());
  Files files = files_of(request);
  CompileResult result;
  const std::optional<Use> use = precompiled ? use_of(*precompiled, request) : std::nullopt;
  if (use) use_precompiled(request, *invocation, files, *precompiled, *use);
  result.used_precompiled = use.has_value();
  constexpr bool has_backend = !std::is_same_v<Emit, clang::EmitLLVMOnlyAction>;
  if (!has_backend) invocation->getCodeGenOpts().DisableLLVMPasses = true;

  clang::DiagnosticOptions diagnostic_options;
  DiagnosticCollector collector(request.command ? invocation->getDiagnosticOpts() : diagnostic_options);
  std::string summary;
  result.dropped_flags = translation.dropped_flags;
  result.diagnostics_text = translation.messages;
  result.compiler_version = clang::getClangFullVersion();
  Clock::time_point done = begin;
  const BackendSteps backend(invocation->getCodeGenOpts());
  const WatchedPasses passes(invocation->getCodeGenOpts(), watch);
  const auto read_files = std::make_shared<ReadFiles>(request.command ? request.directory : "");
  const auto inputs = std::make_shared<CommandInputs>(result.uses_time, use ? use->inputs : std::vector<NamedInput>());
  if (use)
    read_files->add(*precompiled);
  else
    read_files->watch_names(request.header_plan, result.mentioned);
  {
    // The action owns the LLVM context of the IR that the instance holds.
    const llvm_config::AbandonedOnThrow<Watched<Emit>> action(done, result.header_bytes, watch,
                                                              request.command ? nullptr : &result.prototypes);
    const llvm_config::AbandonedOnThrow<clang::CompilerInstance> instance(invocation);
    instance->createVirtualFileSystem(use ? with_written_names(files.over_disk()) : files.over_disk(), &collector);
    instance->createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    instance->setVerboseOutputStream(summary_stream(request, summary));
    instance->setOutputStream(std::make_unique<llvm::raw_svector_ostream>(object));
    instance->addDependencyCollector(read_files);
    if (request.command) instance->addDependencyCollector(inputs);
    result.ok = instance->ExecuteAction(*action) && collector.getNumErrors() == 0;
    if (use && read_files->pops_unpushed_macro()) {
      result.ok = false;  // must be compiled without precompiled headers; these messages do not count
      collector.take_messages();
    }
    std::unique_ptr<llvm::Module> module = action->takeModule();
    result.ok = result.ok && module;
    if (result.ok) {
      result.isa_features = needed_features(instance->getTarget(), instance->getDiagnostics(), *module);
      take(std::move(module), *action);
    }
  }
  files.check_packs();
  if (has_backend) result.steps = backend.until(done);
  result.steps.insert(result.steps.begin(),
                      {Step::frontend, begin, result.steps.empty() ? done : result.steps.front().begin});
  for (Message& message : use ? messages_with(*use, collector.take_messages()) : collector.take_messages()) {
    result.diagnostics_text += message.text;
    result.diagnostics.push_back(std::move(message.diagnostic));
  }
  result.diagnostics_text += summary;
  if (watch.is_stopped()) result.ok = false;
  if (watch.is_stopped() && !watch.is_reported()) note_stop(watch.reason(), result);  // after the parser
  result.files = read_files->headers(translation, files.disk(), files.asked());
  result.missing = read_files->missing(translation, files.disk(), files.asked());
  result.inputs = use ? inputs_with(*use, request, inputs->take()) : inputs->take();
  if (request.command) remove_own_files(request, use, result.files);
  return result;
}

}  // namespace

CompileResult compile_to_object(const CompileRequest& request, const Translation& translation,
                                const Precompiled* precompiled, CompileWatch& watch) {
  llvm::SmallVector<char, 0> object;
  CompileResult result =
      run_clang<clang::EmitObjAction>(request, translation, precompiled, watch, object, [](auto&&...) {});
  if (result.ok) result.object.assign(object.begin(), object.end());
  return result;
}

CompileResult compile_to_intermediate_code(const CompileRequest& request, const Translation& translation,
                                           const Precompiled* precompiled, IntermediateCode& code,
                                           CompileWatch& watch) {
  llvm::SmallVector<char, 0> no_object;
  CompileResult result = run_clang<clang::EmitLLVMOnlyAction>(request, translation, precompiled, watch, no_object,
                                                              [&](auto module, auto& action) {
                                                                code.module = std::move(module);
                                                                code.context.reset(action.takeLLVMContext());
                                                              });
  return result;
}

}  // namespace dijitso::compilation

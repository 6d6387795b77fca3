// One compile: the module's texts in an in-memory file system over the real one, the arguments that the driver made,
// Clang's parser and code generator, and an object in a buffer. Nothing is started, and nothing is written to disk.
// Tested in unittests/compile/compiler_test.cpp.

#include "compile/frontend.h"

#include "compile/backend_steps.h"
#include "compile/diagnostics.h"
#include "compile/invocation.h"
#include "compile/precompile.h"
#include "compile/read_files.h"
#include "compile/text_order.h"
#include "llvm-config/host.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/TargetInfo.h>
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

namespace dijitso::compile {
namespace {

// `Emit` is one of Clang's CodeGenActions.
template <class Emit>
class Watched : public Emit {
 public:
  Watched(Clock::time_point& done, ReadFiles& files, CompileWatch& watch) : done_(done), files_(files), watch_(watch) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance,
                                                        llvm::StringRef file) override {
    std::unique_ptr<clang::ASTConsumer> emitter = Emit::CreateASTConsumer(instance, file);
    if (!emitter) return nullptr;
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(watch_.watch_parser(instance));
    consumers.push_back(std::move(emitter));
    return std::make_unique<InTextOrder>(std::move(consumers));
  }

 private:
  void EndSourceFileAction() override {
    done_ = Clock::now();
    files_.take_contents(this->getCompilerInstance());
    Emit::EndSourceFileAction();
  }

  Clock::time_point& done_;
  ReadFiles& files_;
  CompileWatch& watch_;
};

// Features that the target has beyond the plainest processor of its kind, and that a processor may lack: the compiler's
// list also has ways of making code (-mretpoline, -moutline-atomics), which every processor runs.
std::vector<std::string> features_beyond_baseline(const clang::TargetInfo& target,
                                                  clang::DiagnosticsEngine& diagnostics) {
  clang::TargetOptions plain;
  plain.Triple = target.getTriple().str();
  plain.CPU = target.getTriple().isX86() ? "x86-64" : "generic";
  if (target.getTriple().isAArch64()) plain.FeaturesAsWritten = {"+fp-armv8", "+neon"};  // the driver adds them
  const std::unique_ptr<clang::TargetInfo> baseline(clang::TargetInfo::CreateTargetInfo(diagnostics, plain));
  std::vector<std::string> features;
  for (const auto& feature : target.getTargetOpts().FeatureMap)
    if (feature.second && llvm_config::is_detectable(plain.Triple, feature.first()) &&
        !(baseline && baseline->getTargetOpts().FeatureMap.lookup(feature.first())))
      features.push_back(feature.first().str());
  std::sort(features.begin(), features.end());
  return features;
}

// What was stopped after the parser has no place in the source.
void note_stop(const CompileWatch& watch, CompileResult& result) {
  result.ok = false;
  if (watch.has_been_told()) return;
  Diagnostic diagnostic;
  diagnostic.severity = Severity::fatal;
  diagnostic.message = watch.reason();
  result.diagnostics_text += "fatal error: " + watch.reason() + "\n";
  result.diagnostics.push_back(std::move(diagnostic));
}

// Runs Clang; `take` gets what the action made before that goes with it.
template <class Emit, class Take>
CompileResult run_clang(const CompileRequest& request, const Translation& translation, const Precompiled* precompiled,
                        CompileWatch& watch, llvm::SmallVectorImpl<char>& object, Take take) {
  const Clock::time_point begin = Clock::now();
  const std::vector<std::string> arguments = arguments_for(request, translation, source_name(request));
  const std::shared_ptr<clang::CompilerInvocation> invocation = make_invocation(arguments);
  limit_depths(invocation->getLangOpts());
  Files files = files_of(request);
  CompileResult result;
  const std::optional<Use> use = precompiled ? use_of(*precompiled, request, *invocation) : std::nullopt;
  if (use) use_precompiled(*invocation, files, *precompiled, *use);
  result.used_precompiled = use.has_value();
  constexpr bool has_backend = !std::is_same_v<Emit, clang::EmitLLVMOnlyAction>;
  if (!has_backend) invocation->getCodeGenOpts().DisableLLVMPasses = true;

  clang::DiagnosticOptions diagnostic_options;
  DiagnosticCollector collector(diagnostic_options);
  result.dropped_flags = translation.dropped_flags;
  result.compiler_version = clang::getClangFullVersion();
  Clock::time_point done = begin;
  const BackendSteps backend(invocation->getCodeGenOpts());
  const WatchedPasses passes(invocation->getCodeGenOpts(), watch);
  const auto read_files = std::make_shared<ReadFiles>();
  if (result.used_precompiled) read_files->add(precompiled->files);
  {
    clang::CompilerInstance instance(invocation);
    instance.createVirtualFileSystem(files.over_disk(), &collector);
    instance.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    instance.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());  // "1 error generated."
    instance.setOutputStream(std::make_unique<llvm::raw_svector_ostream>(object));
    instance.addDependencyCollector(read_files);
    Watched<Emit> action(done, *read_files, watch);
    result.ok = instance.ExecuteAction(action) && collector.getNumErrors() == 0;
    if (use && read_files->brings_back_macros()) result.ok = false;  // to be compiled without
    if (result.ok) result.isa_features = features_beyond_baseline(instance.getTarget(), instance.getDiagnostics());
    take(action);
  }
  files.check_packs();
  if (has_backend) result.steps = backend.until(done);
  result.steps.insert(result.steps.begin(),
                      {Step::frontend, begin, result.steps.empty() ? done : result.steps.front().begin});
  for (Message& message : use ? messages_with(*use, collector.take_messages()) : collector.take_messages()) {
    result.diagnostics_text += message.text;
    result.diagnostics.push_back(std::move(message.diagnostic));
  }
  if (watch.is_stopped()) note_stop(watch, result);
  result.files = read_files->headers(arguments);
  return result;
}

}  // namespace

CompileResult compile_to_object(const CompileRequest& request, const Translation& translation,
                                const Precompiled* precompiled, CompileWatch& watch) {
  llvm::SmallVector<char, 0> object;
  CompileResult result =
      run_clang<clang::EmitObjAction>(request, translation, precompiled, watch, object, [](auto&) {});
  if (result.ok) result.object.assign(object.begin(), object.end());
  return result;
}

CompileResult compile_to_intermediate_code(const CompileRequest& request, const Translation& translation,
                                           const Precompiled* precompiled, IntermediateCode& code,
                                           CompileWatch& watch) {
  llvm::SmallVector<char, 0> no_object;
  CompileResult result =
      run_clang<clang::EmitLLVMOnlyAction>(request, translation, precompiled, watch, no_object, [&](auto& action) {
        code.module = action.takeModule();
        code.context.reset(action.takeLLVMContext());
      });
  result.ok = result.ok && code.module != nullptr;
  return result;
}

}  // namespace dijitso::compile

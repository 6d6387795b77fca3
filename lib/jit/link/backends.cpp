// Each library is looked for beside this one, then where the dynamic loader searches. It is never closed, because its
// code may be running until the process ends. Tested in unittests/jit/backends_test.cpp.

#include "jit/link/backends.h"

#include "jit/build/process_end.h"
#include "jit/link/compiler_library.h"
#include "params/layers.h"
#include "support/fork.h"

#include <future>
#include <type_traits>
#include <utility>

namespace dijitso {
namespace {

// Leaks the optimizer in a child of fork() that opened a copy of the compiler library: only the library that made an
// object may touch it.
class CountedOptimizer final : public compilation::Optimizer {
 public:
  explicit CountedOptimizer(std::unique_ptr<compilation::Optimizer> optimizer) : optimizer_(std::move(optimizer)) {}
  ~CountedOptimizer() override {
    if (copy_ != CompilerUse::copy()) {
      static_cast<void>(optimizer_.release());
      return;
    }
    const CompilerUse use;
    optimizer_.reset();
  }

  compilation::CompileResult optimize() override {
    const CompilerUse use;
    return optimizer_->optimize();
  }

 private:
  std::unique_ptr<compilation::Optimizer> optimizer_;
  const std::uint64_t copy_ = CompilerUse::copy();
};

class CountedCompiler final : public compilation::Compiler {
 public:
  compilation::CompileResult compile(const compilation::CompileRequest& request,
                                     const compilation::Precompiled* precompiled) override {
    return CompilerUse().compiler().compile(request, precompiled);
  }

  compilation::QuickResult compile_quickly(const compilation::CompileRequest& request,
                                           const compilation::Precompiled* precompiled) override {
    compilation::QuickResult result = CompilerUse().compiler().compile_quickly(request, precompiled);
    if (result.optimizer) result.optimizer = std::make_unique<CountedOptimizer>(std::move(result.optimizer));
    return result;
  }

  compilation::HeaderPlan plan_headers(const compilation::CompileRequest& request) override {
    return CompilerUse().compiler().plan_headers(request);
  }

  compilation::Precompiled precompile(const compilation::CompileRequest& request, const std::string& prelude,
                                      const compilation::PrecompileLimits& limits) override {
    return CompilerUse().compiler().precompile(request, prelude, limits);
  }

  compilation::CommandPlan plan_command(const compilation::CommandRequest& request) override {
    return CompilerUse().compiler().plan_command(request);
  }

  bool run_job(const compilation::CommandJob& job, const compilation::CommandRequest& request) override {
    return CompilerUse().compiler().run_job(job, request);
  }

  std::vector<compilation::SystemDirectory> system_directories(bool libcxx) override {
    return CompilerUse().compiler().system_directories(libcxx);
  }
};

// lld uses thread_local objects. At the end of the process those of the main thread are destroyed already, so lld then
// runs on another thread. It does so only then: a static constructor may ask for a link while its thread holds the
// dynamic loader's lock.
class CountedLinker final : public exporter::SharedLinker {
 public:
  Bytes link(const exporter::SharedRequest& request) override {
    return run([&](exporter::SharedLinker& linker) { return linker.link(request); });
  }

  Bytes link_statically(const std::string& name, ByteView object,
                        const std::vector<exporter::LibraryInput>& inputs) override {
    return run([&](exporter::SharedLinker& linker) { return linker.link_statically(name, object, inputs); });
  }

  std::optional<Bytes> link_command(const std::vector<std::string>& arguments, std::string& messages) override {
    return run([&](exporter::SharedLinker& linker) { return linker.link_command(arguments, messages); });
  }

 private:
  template <class Link>
  static std::invoke_result_t<Link, exporter::SharedLinker&> run(const Link& link) {
    const auto work = [&] { return link(CompilerUse().linker()); };
    return process_is_ending() ? std::async(std::launch::async, work).get() : work();
  }
};

compilation::Compiler& counted_compiler() {
  static constinit forking::Once<CountedCompiler> compiler;
  return compiler.get();
}

exporter::SharedLinker& counted_linker() {
  static constinit forking::Once<CountedLinker> linker;
  return linker.get();
}

void open_for_command() {
  open_compiler_library("a command that the cache does not answer needs the compiler, but ",
                        "install the compiler library");
}

void open_for_module(const std::string& signature, const std::string& need) {
  open_compiler_library("module '" + signature + "' is not in the cache and " + need + ", but ",
                        "install the compiler library, or bring the module from a machine that has it "
                        "(dijitso-cache export and import, or cache.readonly_dirs)");
}

}  // namespace

std::shared_ptr<orc::Session> new_link_session() {
  const orc::SessionOptions options{.perf_map = params::perf_map_is_wanted(params::read_environment())};
  void* library = open_library("libdijitso-orc.so", "code cannot be linked: ", "install dijitso completely");
  const auto make =
      reinterpret_cast<decltype(&dijitso_orc_new_session)>(entry_point(library, "dijitso_orc_new_session"));
  const std::unique_ptr<std::shared_ptr<orc::Session>> session(make(options));
  return *session;
}

bool has_compiler() { return compiler_library_is_there(); }

compilation::Compiler& compiler_for(const std::string& signature) {
  open_for_module(signature, "must be compiled");
  return counted_compiler();
}

compilation::Compiler& compiler_for_headers() {
  open_compiler_library("headers are found and precompiled by the compiler, but ", "install the compiler library");
  return counted_compiler();
}

compilation::Compiler& compiler_for_command() {
  open_for_command();
  return counted_compiler();
}

exporter::SharedLinker& linker_for_command() {
  open_for_command();
  return counted_linker();
}

exporter::SharedLinker& shared_linker_for(const std::string& signature) {
  open_for_module(signature, "must be made a shared library");
  return counted_linker();
}

}  // namespace dijitso

// Tested in unittests/orc/session_test.cpp.
#include "orc/linker.h"

#include "llvm-config/abandoned_locks.h"
#include "llvm-config/error.h"
#include "orc/code_memory.h"

#include <llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h>
#include <llvm/ExecutionEngine/Orc/ObjectFileInterface.h>
#include <llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TaskDispatch.h>

namespace dijitso::orc {

namespace {

using llvm_config::check_link;

// Refers to the object without copying it, and keeps it as long as ORC needs it.
class ObjectBuffer final : public llvm::MemoryBuffer {
 public:
  ObjectBuffer(SharedBytes bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {
    const auto text = as_text(*bytes_);
    init(text.data(), text.data() + text.size(), false);
  }

  llvm::StringRef getBufferIdentifier() const override { return name_; }
  BufferKind getBufferKind() const override { return MemoryBuffer_Malloc; }

 private:
  SharedBytes bytes_;
  std::string name_;
};

}  // namespace

Linker::Linker() { start(); }

void Linker::start() {
  const std::string what = "the run-time linker cannot start";
  auto process =
      check_link(llvm::orc::SelfExecutorProcessControl::Create(
                     nullptr, std::make_unique<llvm::orc::InPlaceTaskDispatcher>(), std::make_unique<CodeMemory>()),
                 what);
  session_ = std::make_unique<llvm::orc::ExecutionSession>(std::move(process));
  session_->setErrorReporter([this](llvm::Error error) DIJITSO_REQUIRES(mutex_) {
    reported_ += (reported_.empty() ? "" : "; ") + llvm_config::take_message(std::move(error));
  });
  layer_ = std::make_unique<llvm::orc::ObjectLinkingLayer>(*session_);
  passes_ = std::make_shared<GraphPasses>();
  auto frames = llvm::orc::EHFrameRegistrationPlugin::Create(*session_);
  if (!frames) {
    const auto reason = llvm_config::take_message(frames.takeError());
    llvm::consumeError(session_->endSession());
    layer_.reset();
    session_.reset();  // otherwise the next module would be linked in a session that has ended
    throw LinkFailed(what + ": " + reason);
  }
  layer_->addPlugin(std::move(*frames));
  layer_->addPlugin(passes_);
}

// When memory runs out, ORC's state is inconsistent (llvm-config/out_of_memory.h). Linked code stays in memory, and the
// next module is linked in a new session.
void Linker::abandon() noexcept {
  static_cast<void>(layer_.release());
  static_cast<void>(session_.release());
}

Linker::~Linker() {
  if (session_) try {
      llvm::consumeError(session_->endSession());
    } catch (...) {
      abandon();
    }
}

llvm::orc::JITDylib* Linker::map(const std::string& name, const SharedBytes& object, LinkJob& job,
                                 const std::string& what) {
  const Lock lock(mutex_);
  try {
    const llvm_config::AbandonedLocks locks;
    if (!session_) start();
    return map_in_session(name, object, job, what);
  } catch (const LinkFailed&) {
    throw;
  } catch (...) {
    abandon();
    throw;
  }
}

llvm::orc::JITDylib* Linker::map_in_session(const std::string& name, const SharedBytes& object, LinkJob& job,
                                            const std::string& what) {
  reported_.clear();
  auto& library = session_->createBareJITDylib(name + "#" + std::to_string(++count_));
  passes_->set_job(&job);
  auto error = materialise(library, object, job);
  passes_->set_job(nullptr);
  if (!error) return &library;
  const auto symptom = llvm_config::take_message(std::move(error));
  llvm::consumeError(session_->removeJITDylib(library));
  if (!job.missing.empty()) return nullptr;
  throw LinkFailed(what + ": " + (reported_.empty() ? symptom : reported_));
}

llvm::Error Linker::materialise(llvm::orc::JITDylib& library, const SharedBytes& object, const LinkJob& job) {
  auto buffer = std::make_unique<ObjectBuffer>(object, library.getName());
  auto interface = llvm::orc::getObjectFileInterface(*session_, buffer->getMemBufferRef());
  if (!interface) return interface.takeError();
  if (job.replaced) {
    for (const auto& name : job.replaced->shared_symbols) interface->SymbolFlags.erase(session_->intern(name));
  }
  // ORC maps the object as a whole when any of its symbols is looked up. This symbol exists in every object.
  if (!interface->InitSymbol) llvm::orc::addInitSymbol(*interface, *session_, library.getName());
  llvm::orc::SymbolLookupSet any(interface->InitSymbol, llvm::orc::SymbolLookupFlags::WeaklyReferencedSymbol);
  if (auto error = layer_->add(library, std::move(buffer), std::move(*interface))) return error;
  return session_->lookup({{&library, llvm::orc::JITDylibLookupFlags::MatchAllSymbols}}, std::move(any)).takeError();
}

void Linker::unmap(llvm::orc::JITDylib& library) noexcept {
  const Lock lock(mutex_);
  if (&library.getExecutionSession() != session_.get()) return;  // belongs to an abandoned session
  try {
    const llvm_config::AbandonedLocks locks;
    // This fails only when memory cannot be unmapped, which cannot be handled.
    llvm::consumeError(session_->removeJITDylib(library));
  } catch (...) {
    abandon();
  }
}

}  // namespace dijitso::orc

// One run of Clang uses an in-memory file system with the module's texts, over the header packs and the disk, and the
// arguments from the driver. Nothing is written to disk. Tested in unittests/compile/compiler_test.cpp.

#include "compile/driver/invocation.h"

#include "compile/driver/toolchain_files.h"
#include "compile/frontend/diagnostics.h"
#include "compile/frontend/lent_file.h"
#include "compile/frontend/regular_files.h"

#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>

#include <optional>

namespace dijitso::compilation {

std::string source_name(const CompileRequest& request) {
  if (request.command) return request.command->name;
  return std::string(module_dir) + "/" + request.signature + (request.is_c ? ".c" : ".cpp");
}

std::string path_of_source(const CompileRequest& request) { return path_in(request.directory, source_name(request)); }

Files::Files(const HeaderPacks& packs, const std::string& directory)
    : memory_(llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>()) {
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> machine;
  if (packs.empty()) {
    // It has its own working directory, because the process may change or lose its current directory at any time.
    machine = regular_files_of(llvm::vfs::createPhysicalFileSystem());
    machine->setCurrentWorkingDirectory("/");
  } else {
    // Packs ask it for absolute names only. A file system with its own working directory would start with system calls.
    machine = regular_files_of(llvm::vfs::getRealFileSystem());
  }
  disk_ = llvm::makeIntrusiveRefCnt<DiskFiles>(std::move(machine));
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> below = disk_;
  if (!packs.empty()) below = packed_ = llvm::makeIntrusiveRefCnt<PackedFiles>(packs, disk_);
  auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(std::move(below));
  overlay->pushOverlay(memory_);
  all_ = std::move(overlay);
  if (!directory.empty()) all_ = files_from(directory, std::move(all_), asked_);
}

void Files::check_packs() const {
  if (packed_ && !packed_->fault().empty()) throw CacheError(packed_->fault());
}

void Files::add(const std::string& path, std::string_view content) {
  memory_->addFile(path, 0, llvm::MemoryBuffer::getMemBuffer(content, path, /*RequiresNullTerminator=*/false));
}

void Files::add_large(const std::string& path, std::string_view content) {
  // Clang looks for the directory first.
  memory_->addFile(llvm::sys::path::parent_path(path), 0, llvm::MemoryBuffer::getMemBuffer(""), std::nullopt,
                   std::nullopt, llvm::sys::fs::file_type::directory_file);
  all_ = with_lent_file(std::move(all_), path, content);
}

Files files_of(const CompileRequest& request) {
  Files files(request.header_packs, request.command ? request.directory : "");
  files.add(path_of_source(request), request.source);
  for (const MemoryHeader& header : request.headers)
    files.add(std::string(module_dir) + "/" + header.name, header.text);
  return files;
}

std::shared_ptr<const clang::CompilerInvocation> make_invocation(const std::vector<std::string>& arguments) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  clang::DiagnosticOptions options;
  DiagnosticCollector collector(options);
  clang::DiagnosticsEngine diagnostics(clang::DiagnosticIDs::create(), options, &collector, /*ShouldOwnClient=*/false);
  auto invocation = std::make_shared<clang::CompilerInvocation>();
  if (!clang::CompilerInvocation::CreateFromArgs(*invocation, pointers, diagnostics))
    throw InvalidArgument("the compiler refuses its flags: " + collector.take_text());
  return invocation;
}

std::shared_ptr<clang::CompilerInvocation> invocation_for(const Translation& translation, const std::string& name) {
  auto invocation = std::make_shared<clang::CompilerInvocation>(*translation.invocation);
  // Standard input has one name in the object, and another one in messages.
  invocation->getCodeGenOpts().MainFileName = name == "<stdin>" ? "-" : name.substr(name.rfind('/') + 1);
  clang::FrontendInputFile& input = invocation->getFrontendOpts().Inputs.front();
  input = clang::FrontendInputFile(name, input.getKind(), input.isSystem());
  return invocation;
}

}  // namespace dijitso::compilation

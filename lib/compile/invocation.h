// What a compile and the compile of a prelude have in common: the files and the options of one run of Clang.
#pragma once

#include "compile/arguments.h"
#include "compile/compiler.h"
#include "compile/disk_files.h"
#include "compile/packed_files.h"

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso::compile {

// The name of the module's source among the files in memory.
std::string source_name(const CompileRequest& request);

// The files in memory over those of the packs over those on disk. What is added must outlive its users.
class Files {
 public:
  explicit Files(const HeaderPacks& packs);
  void add(const std::string& path, std::string_view content);
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> over_disk() const { return overlay_; }
  const DiskFiles& disk() const { return *disk_; }

  // To be called when Clang is done: throws what was wrong with a pack, which Clang only saw as a file that is missing.
  void check_packs() const;

 private:
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> memory_;
  llvm::IntrusiveRefCntPtr<DiskFiles> disk_;
  llvm::IntrusiveRefCntPtr<PackedFiles> packed_;  // nullptr without packs
  llvm::IntrusiveRefCntPtr<llvm::vfs::OverlayFileSystem> overlay_;
};

// The module's source and headers.
Files files_of(const CompileRequest& request);

// The arguments of a translation for the source of this name.
std::vector<std::string> arguments_for(const CompileRequest& request, const Translation& translation,
                                       const std::string& name);

// InvalidArgument when Clang refuses the arguments.
std::shared_ptr<clang::CompilerInvocation> make_invocation(const std::vector<std::string>& arguments);

}  // namespace dijitso::compile

// The files and options of one run of Clang: code that compiles of modules and of preludes share.
#pragma once

#include "compile/compiler.h"
#include "compile/driver/arguments.h"
#include "compile/frontend/disk_files.h"
#include "compile/frontend/packed_files.h"
#include "compile/frontend/relative_files.h"

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso::compilation {

// The name of the source as Clang gets it, and the path of that file in the in-memory file system.
std::string source_name(const CompileRequest& request);
std::string path_of_source(const CompileRequest& request);

// Files in memory, over the files of the packs, over the files on disk. Added contents must outlive their use.
class Files {
 public:
  // Relative names start at `directory`, or at the root when it is empty.
  explicit Files(const HeaderPacks& packs, const std::string& directory = "");
  void add(const std::string& path, std::string_view content);
  void add_large(const std::string& path, std::string_view content);
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> over_disk() const { return all_; }
  const DiskFiles& disk() const { return *disk_; }
  const AskedNames& asked() const { return *asked_; }  // empty without a `directory`

  // Call it after Clang has ended. It throws the error of a damaged pack, which Clang only noticed as a missing file.
  void check_packs() const;

 private:
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> memory_;
  llvm::IntrusiveRefCntPtr<DiskFiles> disk_;
  llvm::IntrusiveRefCntPtr<PackedFiles> packed_;  // nullptr without packs
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> all_;
  const std::shared_ptr<AskedNames> asked_ = std::make_shared<AskedNames>();
};

// The module's source and headers.
Files files_of(const CompileRequest& request);

// Parses the arguments. Throws InvalidArgument when Clang refuses them.
std::shared_ptr<const clang::CompilerInvocation> make_invocation(const std::vector<std::string>& arguments);

// A copy of the translation's invocation for one run of Clang, with this name for the source.
std::shared_ptr<clang::CompilerInvocation> invocation_for(const Translation& translation, const std::string& name);

}  // namespace dijitso::compilation

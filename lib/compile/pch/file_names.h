// Clang writes the names of files into precompiled headers as absolute paths without "." parts. A compiler command
// needs them as they were asked for ("include/a.h", "./a.h"), because __FILE__, messages and rules for make show them.
// A file that is asked for by several names keeps the first one in all of these but the rules.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/IntrusiveRefCntPtr.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

using FileSystemPointer = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

// The same files, for a run of Clang that writes precompiled headers: relative names get into these as they are, but
// those with "." parts in a form that Clang does not change.
FileSystemPointer with_relative_names(FileSystemPointer files);

// The same files, for a run of Clang that uses precompiled headers: files have the relative names that they had before.
FileSystemPointer with_written_names(FileSystemPointer files);

// Makes the first name of each of these files its name. Call it before precompiled headers are read. `inputs` are their
// files in the order in which they were read.
void keep_first_names(const std::vector<NamedInput>& inputs, clang::SourceManager& sources);

// A relative name, out of what Clang has written. Other names stay as they are.
std::string written_name(llvm::StringRef name);

}  // namespace dijitso::compilation

// Clang writes the names of files into precompiled headers as absolute paths without "." parts. A compiler command
// needs them as they were asked for ("include/a.h", "./a.h"), because __FILE__, messages and rules for make show them.
#pragma once

#include "compile/compiler.h"

#include <llvm/ADT/IntrusiveRefCntPtr.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <map>
#include <string>
#include <vector>

namespace dijitso::compilation {

using FileSystemPointer = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

// The same files, for a run of Clang that writes precompiled headers: relative names get into these as they are, but
// those with "." parts in a form that Clang does not change.
FileSystemPointer with_relative_names(FileSystemPointer files);

// Absolute names with "." parts, by what Clang writes: these names without the parts.
using LostNames = std::map<std::string, std::string>;

// Those of the files in precompiled headers, which are in the order in which they were read: a file has its first name.
LostNames lost_names(const std::vector<NamedInput>& inputs);

// The same files, for a run of Clang that uses precompiled headers: files have the names that they had before.
FileSystemPointer with_written_names(FileSystemPointer files, LostNames lost);

// A relative name, out of what Clang has written. Other names stay as they are.
std::string written_name(llvm::StringRef name);

}  // namespace dijitso::compilation

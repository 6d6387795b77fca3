// A file in memory whose content is lent. llvm::vfs::InMemoryFileSystem computes a hash of each content; of precompiled
// headers, which have up to 40 MB, that would take a tenth of the parser's time.
#pragma once

#include <llvm/Support/VirtualFileSystem.h>

#include <string>
#include <string_view>

namespace dijitso::compilation {

// A file system that has one file more than `files`. The content must outlive it.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> with_lent_file(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
                                                               const std::string& path, std::string_view content);

}  // namespace dijitso::compilation

// A header may be edited while it is being compiled. A digest made from the disk afterwards would then belong to a text
// that was never compiled, and the object would pass for up to date. So the digests are made of the compiler's own
// buffers; only a file that it reads without keeping (#embed) is read again. Tested in
// unittests/compile/toolchain_files_test.cpp.

#include "compile/read_files.h"

#include "compile/prelude_watch.h"
#include "compile/regular_files.h"
#include "compile/toolchain_files.h"

#include <clang/Basic/SourceManager.h>
#include <llvm/Support/MemoryBuffer.h>

namespace dijitso::compile {
namespace {

Digest digest_of(llvm::StringRef text) { return blake3(std::string_view(text.data(), text.size())); }

Digest digest_on_disk(const std::string& path) {
  const auto content =
      regular_files_of(llvm::vfs::getRealFileSystem())
          ->getBufferForFile(path, /*FileSize=*/-1, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  return content ? digest_of((*content)->getBuffer()) : Digest();
}

}  // namespace

void ReadFiles::attachToPreprocessor(clang::Preprocessor& preprocessor) {
  DependencyCollector::attachToPreprocessor(preprocessor);
  preprocessor.addPPCallbacks(std::make_unique<MacroStack>(preprocessor, brings_back_macros_));
}

void ReadFiles::take_contents(clang::CompilerInstance& instance) {
  const clang::SourceManager& sources = instance.getSourceManager();
  for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file)
    if (const auto buffer = file->second->getBufferIfLoaded())
      contents_[normal_path(file->first.getName().str())] = digest_of(buffer->getBuffer());
}

void ReadFiles::add(const std::vector<HeaderRead>& precompiled) {
  for (const HeaderRead& header : precompiled) contents_[header.path] = header.content;
}

std::vector<HeaderRead> ReadFiles::headers(const std::vector<std::string>& arguments) const {
  std::vector<HeaderRead> headers;
  for (const std::string& path : outside_toolchain(getDependencies(), arguments)) {
    const auto read = contents_.find(normal_path(path));
    headers.push_back({path, read != contents_.end() ? read->second : digest_on_disk(path)});
  }
  return headers;
}

}  // namespace dijitso::compile

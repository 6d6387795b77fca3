// Clang reports every header that a module includes or looks for. Other files that it reads (#embed, lists that a flag
// names) and the texts are known from its file system (disk_files.h). A file that was only looked for, by
// __has_include, was not read: its digest is computed afterwards. Tested in unittests/compile/toolchain_files_test.cpp.

#include "compile/frontend/read_files.h"

#include "compile/driver/toolchain_files.h"
#include "compile/frontend/regular_files.h"
#include "compile/pch/prelude_watch.h"

#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <set>

namespace dijitso::compilation {
namespace {

Digest digest_on_disk(const std::string& path) {
  const auto content =
      regular_files_of(llvm::vfs::getRealFileSystem())
          ->getBufferForFile(path, /*FileSize=*/-1, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  if (!content) return {};
  const llvm::StringRef text = (*content)->getBuffer();
  return blake3(std::string_view(text.data(), text.size()));
}

}  // namespace

std::uint64_t header_bytes(const clang::SourceManager& sources) {
  const clang::OptionalFileEntryRef source = sources.getFileEntryRefForID(sources.getMainFileID());
  std::uint64_t bytes = 0;
  for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file)
    if (const auto buffer = file->second->getBufferIfLoaded(); buffer && file->first != source)
      bytes += buffer->getBufferSize();
  return bytes;
}

void ReadFiles::attachToPreprocessor(clang::Preprocessor& preprocessor) {
  DependencyCollector::attachToPreprocessor(preprocessor);
  preprocessor.addPPCallbacks(std::make_unique<MacroStack>(preprocessor, pops_unpushed_macro_));
  if (plan_)
    preprocessor.addPPCallbacks(std::make_unique<NameWatch>(preprocessor.getSourceManager(), *plan_, *mentioned_));
}

void ReadFiles::watch_names(const HeaderPlan& plan, std::vector<std::uint64_t>& mentioned) {
  plan_ = &plan;
  mentioned_ = &mentioned;
}

void ReadFiles::add(const Precompiled& precompiled) {
  for (const HeaderRead& header : precompiled.files) precompiled_[header.path] = header.content;
  missing_when_precompiled_ = precompiled.missing;
}

std::vector<HeaderRead> ReadFiles::headers(const Translation& translation, const DiskFiles& disk) const {
  std::map<std::string, Digest> contents = disk.contents();
  std::set<std::string> files;
  for (const std::string& name : getDependencies()) files.insert(path_in(directory_, name));
  for (const auto& [path, content] : contents) files.insert(path);
  for (const std::string& path : files)  // Clang reports some paths with dots
    if (const auto read = contents.find(path); read != contents.end())
      contents.emplace(normal_path(path), read->second);
  for (const auto& [path, content] : precompiled_) {
    const auto [read, is_new] = contents.emplace(path, content);
    if (!is_new && read->second != content) read->second = Digest();  // two different texts: matches neither
  }
  const std::vector<std::string> paths(files.begin(), files.end());
  std::vector<HeaderRead> headers;
  for (const std::string& path : outside_toolchain(paths, translation)) {
    const auto read = contents.find(path);
    headers.push_back({path, read != contents.end() ? read->second : digest_on_disk(path)});
  }
  return headers;
}

std::vector<std::string> ReadFiles::missing(const Translation& translation, const DiskFiles& disk) const {
  std::vector<std::string> all = missing_when_precompiled_;
  all.insert(all.end(), disk.missing().begin(), disk.missing().end());
  std::vector<std::string> as_directories;  // also matches toolchain directories that do not exist
  for (const std::string& path : all) as_directories.push_back(path + "/");
  const std::vector<std::string> outside = outside_toolchain(as_directories, translation);
  std::erase_if(all,
                [&](const std::string& path) { return !std::ranges::binary_search(outside, normal_path(path + "/")); });
  std::ranges::sort(all);
  const auto again = std::ranges::unique(all);
  all.erase(again.begin(), again.end());
  return all;
}

}  // namespace dijitso::compilation

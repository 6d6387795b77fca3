// Clang reports every header that a module includes or looks for. Other files that it reads (#embed, lists that a flag
// names) and the texts are known from its file system (disk_files.h). A file that was only looked for, by
// __has_include, was not read: its digest is computed afterwards. Tested in unittests/compile/toolchain_files_test.cpp.

#include "compile/frontend/read_files.h"

#include "compile/driver/toolchain_files.h"
#include "compile/frontend/regular_files.h"
#include "compile/pch/file_names.h"
#include "compile/pch/prelude_watch.h"

#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <iterator>
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

void ReadFiles::maybeAddDependency(llvm::StringRef file, bool from_module, bool is_system, bool is_module_file,
                                   bool is_missing) {
  DependencyCollector::maybeAddDependency(written_name(file), from_module, is_system, is_module_file, is_missing);
}

void ReadFiles::add(const Precompiled& precompiled) {
  for (const auto& [name, content] : precompiled.files)
    precompiled_[name.starts_with('/') ? name : normal_path(path_in(directory_, name))] = content;
  missing_when_precompiled_ = precompiled.missing;
}

// A path is known by each of its relative names, and by itself unless it was only asked for by these.
std::vector<std::string> ReadFiles::names_of(const std::string& path, const AskedNames& asked) const {
  std::vector<std::string> names;
  const std::string above = directory_ + "/";
  if (path.starts_with(above))
    if (std::string name = path.substr(above.size()); asked.relative.contains(name)) names.push_back(std::move(name));
  if (names.empty() || asked.absolute.contains(path)) names.push_back(path);
  return names;
}

std::vector<HeaderRead> ReadFiles::headers(const Translation& translation, const DiskFiles& disk,
                                           const AskedNames& asked) const {
  std::map<std::string, Digest> contents = disk.contents();
  std::map<std::string, std::set<std::string>> names;  // of each path
  for (const std::string& name : getDependencies()) names[path_in(directory_, name)].insert(name);
  for (const auto& [path, content] : contents)
    for (std::string& name : names_of(path, asked)) names[path].insert(std::move(name));
  for (const auto& [path, given] : names)  // Clang reports some paths with dots
    if (const auto read = contents.find(path); read != contents.end())
      contents.emplace(normal_path(path), read->second);
  for (const auto& [path, content] : precompiled_) {
    const auto [read, is_new] = contents.emplace(path, content);
    if (!is_new && read->second != content) read->second = Digest();  // two different texts: matches neither
  }
  std::map<std::string, Digest> headers;
  for (const auto& [file, given] : names)
    for (const std::string& path : outside_toolchain(file, translation)) {
      const auto read = contents.find(path);
      const Digest content = read != contents.end() ? read->second : digest_on_disk(path);
      for (const std::string& name : given)
        headers.emplace(directory_.empty() || name.starts_with('/') ? path : name, content);
    }
  std::vector<HeaderRead> all;
  for (auto& [name, content] : headers) all.push_back({name, content});
  return all;
}

std::vector<std::string> ReadFiles::missing(const Translation& translation, const DiskFiles& disk,
                                            const AskedNames& asked) const {
  std::vector<std::string> all = missing_when_precompiled_;
  for (const std::string& path : disk.missing())
    if (!outside_toolchain(path + "/", translation).empty())  // nor in a toolchain directory that does not exist
      std::ranges::move(names_of(path, asked), std::back_inserter(all));
  std::ranges::sort(all);
  const auto again = std::ranges::unique(all);
  all.erase(again.begin(), again.end());
  return all;
}

}  // namespace dijitso::compilation

#include "jit/static_libraries.h"

#include "jit/backends.h"
#include "orc/library_search.h"
#include "support/file.h"

#include <dijitso/error.h>

#include <optional>
#include <string_view>
#include <utility>

namespace dijitso {
namespace {

Bytes read_static_library(const std::string& path, const std::string& signature) {
  const std::string what = "module '" + signature + "' names the static library '" + path + "', ";
  std::optional<Bytes> content;
  try {
    content = read_file(path);
  } catch (const FileError& error) {
    throw LinkFailed(what + "and it " + error.what());
  }
  if (!content) throw LinkFailed(what + "which does not exist: correct build.libs");
  if (as_text(*content).starts_with("!<thin>\n"))
    throw LinkFailed(what + "which is a thin archive, without content of its own: make an ordinary one (ar rcs)");
  return std::move(*content);
}

}  // namespace

StaticLibraries find_static_libraries(const Request& request) {
  StaticLibraries found;
  for (const std::string& name : request.libs)
    if (std::optional<std::string> file = orc::find_static_library(name, request.lib_dirs))
      found.files.push_back(std::move(*file));
    else
      found.shared.push_back(name);
  return found;
}

void link_static_libraries(const std::vector<std::string>& files, const std::string& signature,
                           compile::CompileResult& result) {
  if (files.empty()) return;
  std::vector<Bytes> contents;
  std::vector<exporter::LibraryInput> inputs;
  for (const std::string& file : files) contents.push_back(read_static_library(file, signature));
  for (std::size_t i = 0; i < files.size(); ++i) inputs.push_back({files[i], contents[i]});
  result.object = shared_linker_for(signature).link_statically(signature, result.object, inputs);
  for (const exporter::LibraryInput& input : inputs) result.files.push_back({input.path, blake3(input.content)});
}

}  // namespace dijitso

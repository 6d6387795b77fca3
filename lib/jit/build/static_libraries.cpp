#include "jit/build/static_libraries.h"

#include "cache/format/entry.h"
#include "jit/link/backends.h"
#include "orc/library_search.h"
#include "support/file.h"

#include <dijitso/error.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace dijitso {
namespace {

// Whether a file, or a member of an archive, is LLVM bitcode. lld would compile it on threads of its own, where an
// error could end the process.
bool has_bitcode(std::string_view file) {
  constexpr std::string_view bitcode = "BC\xC0\xDE", archive = "!<arch>\n";
  if (!file.starts_with(archive)) return file.starts_with(bitcode);
  constexpr std::size_t header_size = 60, size_at = 48, size_digits = 10;
  for (std::size_t at = archive.size(); at + header_size <= file.size();) {
    const std::string_view digits = file.substr(at + size_at, size_digits);
    std::size_t size = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    at += header_size;
    if (file.substr(at).starts_with(bitcode)) return true;
    if (size > file.size()) return false;
    at += size + size % 2;
  }
  return false;
}

Bytes read_static_library(const std::string& path, const std::string& signature) {
  const std::string what = "module '" + signature + "' names the static library '" + path + "', ";
  std::optional<Bytes> content;
  try {
    content = read_file(path);
  } catch (const FileError& error) {
    throw LinkFailed(what + "which cannot be read: " + std::generic_category().message(error.error_number()));
  }
  if (!content) throw LinkFailed(what + "which does not exist: correct build.libs");
  if (as_text(*content).starts_with("!<thin>\n"))
    throw LinkFailed(what + "which is a thin archive, without content of its own: make an ordinary one (ar rcs)");
  if (has_bitcode(as_text(*content)))
    throw LinkFailed(what + "which holds intermediate code of LLVM in place of an object: compile it without -flto");
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
                           compilation::CompileResult& result) {
  if (files.empty()) return;
  std::vector<Bytes> contents;
  std::vector<exporter::LibraryInput> inputs;
  for (const std::string& file : files) {
    contents.push_back(read_static_library(file, signature));
    result.files.push_back({file, blake3(contents.back())});
    cache::hide_entry(contents.back());  // build_object makes objects that have one
  }
  for (std::size_t i = 0; i < files.size(); ++i) inputs.push_back({files[i], contents[i]});
  result.object = shared_linker_for(signature).link_statically(signature, result.object, inputs);
}

}  // namespace dijitso

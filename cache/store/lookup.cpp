// The walk along the slots of one request. An entry that does not match names the files and modules that matter; the
// digest of these names and of their present state is the next slot. So equal states lead to equal slots in every
// process. The walk is bounded: it ends after 32 entries or when it comes back to a slot, and the last entry read is
// then the one to replace, which the next walk reaches as well. Tested in unittests/cache/lookup_test.cpp.
#include "cache/store/lookup.h"

#include "cache/format/inputs.h"
#include "cache/store/absent_names.h"
#include "cache/store/stamp.h"
#include "support/file.h"
#include "support/trace.h"

#include <algorithm>
#include <ctime>
#include <set>
#include <string_view>
#include <vector>

namespace dijitso::cache {
namespace {

std::int64_t now_ns() {
  struct timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  return ns_of(now);
}

// Takes the stamp before and after reading the file, so that stamp and digest belong together.
std::optional<ReadFile> read_and_stamp(const std::string& path) {
  std::optional<ReadFile> before = stamp_of_file(path);
  for (int attempt = 0; before && attempt < 3; ++attempt) {
    std::optional<Bytes> content;
    try {
      content = read_file(path);
    } catch (const FileError&) {
      return std::nullopt;
    }
    std::optional<ReadFile> after = stamp_of_file(path);
    if (!content || !after) return std::nullopt;
    if (has_same_stamp(*before, *after) && after->size == content->size()) {
      after->digest = blake3(*content);
      return after;
    }
    before = after;
  }
  return std::nullopt;
}

// The inputs of an entry as they are today, in the entry's order.
struct Present {
  std::vector<std::optional<Digest>> files;
  std::vector<std::optional<Digest>> dependencies;
  std::vector<std::string> appeared;  // paths that were absent
};

Present look_at_inputs(const Entry& entry, FileDigests& files, const ResolveDependency& resolve) {
  Present present;
  present.files.reserve(entry.files.size());
  for (const ReadFile& file : entry.files) present.files.push_back(files.current(file));
  for (const Dependency& dependency : entry.dependencies) present.dependencies.push_back(resolve(dependency));
  for (const AbsentNames& absent : entry.absent)
    for (std::string& path : appeared(absent)) present.appeared.push_back(std::move(path));
  return present;
}

bool is_current(const Entry& entry, const Present& present) {
  for (std::size_t i = 0; i < entry.files.size(); ++i)
    if (present.files[i] != entry.files[i].digest) return false;
  for (std::size_t i = 0; i < entry.dependencies.size(); ++i)
    if (present.dependencies[i] != entry.dependencies[i].identity) return false;
  return present.appeared.empty();
}

InputState named(const Entry& entry, const Present& present) {
  InputState state;
  for (std::size_t i = 0; i < entry.files.size(); ++i) state["file " + escape(entry.files[i].path)] = present.files[i];
  for (std::size_t i = 0; i < entry.dependencies.size(); ++i)
    state["dependency " + escape(entry.dependencies[i].signature)] = present.dependencies[i];
  for (const std::string& path : present.appeared) state["appeared " + escape(path)] = std::nullopt;
  return state;
}

// Guards against two requests with the same slot.
bool answers(const Entry& entry, const std::string& signature, const Digest& request, const std::string& request_text) {
  if (entry.signature != signature) return false;
  return request_text.empty() ? blake3(entry.request) == request : entry.request == request_text;
}

// `look` gives the inputs of an entry on the chain, in the state for which an entry is searched.
template <class Look>
Lookup walk(Store& store, const std::string& signature, const Digest& request, const std::string& request_text,
            Look look) {
  std::vector<Slot> visited;
  Slot slot = request;
  while (visited.size() < longest_chain && std::find(visited.begin(), visited.end(), slot) == visited.end()) {
    std::optional<StoredEntry> found = store.read(signature, slot);
    if (!found) return {std::nullopt, slot, false};
    if (!answers(found->entry, signature, request, request_text)) return {std::nullopt, slot, true};
    Present present = look(found->entry);
    if (is_current(found->entry, present)) return {std::move(found), slot, false};
    visited.push_back(slot);
    slot = next_slot(request, named(found->entry, present));
  }
  return {std::nullopt, visited.back(), true};
}

}  // namespace

std::optional<Digest> FileDigests::current(const ReadFile& known) {
  std::optional<ReadFile> now = stamp_of_file(known.path);
  if (!now) return std::nullopt;
  if (has_same_stamp(known, *now)) return known.digest;
  {
    const Lock lock(mutex_);
    auto seen = seen_.find(known.path);
    if (seen != seen_.end() && has_same_stamp(seen->second, *now)) return seen->second.digest;
  }
  std::optional<ReadFile> file = read_and_stamp(known.path);
  if (!file) return std::nullopt;
  if (is_settled(file->mtime_ns, file->inode, now_ns())) {
    const Lock lock(mutex_);
    seen_[known.path] = *file;
  }
  return file->digest;
}

bool FileDigests::are_current(const std::vector<ReadFile>& files, const std::vector<AbsentNames>& absent) {
  return std::ranges::all_of(files, [this](const ReadFile& file) { return current(file) == file.digest; }) &&
         std::ranges::all_of(absent, [](const AbsentNames& names) { return appeared(names).empty(); });
}

ReadFile FileDigests::describe(const std::string& path, const Digest& content, std::int64_t began_ns) {
  ReadFile file = stamp_of_file(path).value_or(ReadFile{});
  file.path = path;
  file.digest = content;
  if (!is_settled(file.mtime_ns, file.inode, began_ns)) file.mtime_ns = 0;
  return file;
}

Slot next_slot(const Digest& request, const InputState& present) {
  std::string text = "request " + request.hex() + "\n";
  for (const auto& [input, digest] : present) text += input + " " + (digest ? digest->hex() : "-") + "\n";
  return blake3(text);
}

Lookup lookup(Store& store, const std::string& signature, const Digest& request, const std::string& request_text,
              FileDigests& files, const ResolveDependency& resolve) {
  const trace::Span span("lookup", signature);
  return walk(store, signature, request, request_text,
              [&](const Entry& found) { return look_at_inputs(found, files, resolve); });
}

Lookup place_of(Store& store, const Entry& entry, FileDigests& files) {
  std::map<std::string_view, Digest> known_files, known_dependencies;
  for (const ReadFile& file : entry.files) known_files[file.path] = file.digest;
  for (const Dependency& dependency : entry.dependencies)
    known_dependencies[dependency.signature] = dependency.identity;
  const std::vector<std::string> known_absent = paths_of(entry.absent);
  const std::set<std::string_view> absent(known_absent.begin(), known_absent.end());
  const auto look = [&](const Entry& found) {
    Present present;
    for (const ReadFile& file : found.files) {
      const auto known = known_files.find(file.path);
      present.files.push_back(known == known_files.end() ? files.current(file) : known->second);
    }
    for (const Dependency& dependency : found.dependencies) {
      const auto known = known_dependencies.find(dependency.signature);
      present.dependencies.push_back(known == known_dependencies.end() ? std::nullopt : std::optional(known->second));
    }
    for (const std::string& path : paths_of(found.absent))
      if (known_files.contains(path)) present.appeared.push_back(path);
    for (const AbsentNames& names : found.absent)
      for (std::string& path : appeared(names))
        if (!known_files.contains(path) && !absent.contains(path)) present.appeared.push_back(std::move(path));
    return present;
  };
  return walk(store, entry.signature, blake3(entry.request), entry.request, look);
}

}  // namespace dijitso::cache

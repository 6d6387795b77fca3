// A file is one request to the engine: the key has the flags and the environment; the signature is a digest of the text
// and the key, so a text has its own entries; and the entry has the headers that were read, and what was looked for in
// vain. So all that holds for modules holds for files: variants, claims, verification. Beside the object the entry has
// the messages and the names for make, so a hit prints and writes what the compile did.
//
// The current directory is in the key only when the object depends on it. Flags tell that before a compile
// (directory_use.h). Otherwise the object is looked for under both keys, and after a compile it tells itself under
// which one it belongs: it must not contain the directory. Tested in tests/cc.

#include "cc/compile_file.h"

#include "cache/store/lookup.h"
#include "cc/output_file.h"
#include "jit/build/build.h"
#include "jit/build/preludes.h"
#include "jit/link/backends.h"
#include "jit/request/directory_use.h"
#include "jit/request/key.h"
#include "jit/request/waiting.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace dijitso::cc {
namespace {

// The name of the source as the compiler gets it.
std::string source_name(const Input& input) { return input.name == "-" ? "<stdin>" : input.name; }

compilation::CompileRequest compile_request(const BuildTask& task) {
  const Request& request = task.request;
  compilation::CompileRequest compile;
  compile.signature = request.signature;
  compile.is_c = request.is_c;
  compile.source = task.generated.source;
  compile.arguments = request.arguments;
  compile.header_packs = request.header_packs;
  compile.machine_headers = request.machine_headers;
  compile.directory = request.directory;
  compile.limits.time = std::chrono::seconds(task.params.build.compile_timeout);
  compile.limits.memory = static_cast<std::uint64_t>(task.params.build.compile_memory) << 20;
  compile.limits.tokens = std::numeric_limits<std::uint64_t>::max();
  compile.command = request.command;
  return compile;
}

// What lib/jit/build wrote into the entry for a hit. An entry is verified, so it has what was written.
CompiledFile from_entry(const cache::StoredEntry& stored) {
  CompiledFile file;
  const nlohmann::json info = nlohmann::json::parse(stored.entry.build_info);
  file.messages = info.value("messages", "");
  for (const nlohmann::json& input : info.value("inputs", nlohmann::json::array()))
    file.inputs.push_back({input.value("name", ""), input.value("is_system", false)});
  file.object = cache::object_of(*stored.bytes);
  file.ok = true;
  return file;
}

// Code that contains the time of its compile is not kept, unless the environment fixes the time.
bool may_be_kept(const compilation::CompileResult& result) {
  return !result.uses_time || std::getenv("SOURCE_DATE_EPOCH") != nullptr;
}

// A key under which the object may be, and what is there.
struct Place {
  Request request;
  cache::Lookup lookup;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Whether the same command would give something else in a directory that has the same files. Flags that replace the
// beginnings of paths are in the key without these, so paths that they change must not occur.
bool depends_on_directory(const BuildTask& task, const compilation::CompileResult& result) {
  const std::string& directory = task.request.directory;
  if (contains(as_text(result.object), directory) || contains(result.diagnostics_text, directory)) return true;
  return std::ranges::any_of(mapped_directories(task.request.arguments), [&](std::string_view mapped) {
    const auto is_below = [&](const compilation::NamedInput& input) { return input.name.starts_with(mapped); };
    return contains(task.generated.source, mapped) || std::ranges::any_of(result.inputs, is_below);
  });
}

// What files with the same precompiled headers have in common: the key of a file in their directory, where headers in
// quotes are looked for. It is for this current directory only, because the headers' names are in them.
Digest key_of_headers(const BuildTask& task) {
  compilation::CommandSource file = *task.request.command;
  file.name.erase(file.name.rfind('/') + 1);  // npos + 1 is 0
  return make_file_requests(file, "", task.request.arguments, task.params).back().build;
}

// Uses precompiled headers, if there are any, or makes them.
compilation::CompileResult compile(Context& context, const BuildTask& task) {
  compilation::Compiler& compiler = compiler_for_command();
  compilation::CompileRequest request = compile_request(task);
  if (task.params.build.pch != "off") request.header_plan = compiler.plan_headers(request);
  const Digest key = key_of_headers(task);
  const Preludes::User user{context.precompiled_store_for(task.params.cache), compiler, request, key};
  const std::shared_ptr<const compilation::Precompiled> headers = context.preludes->find(user).headers;
  compilation::CompileResult result = compiler.compile(request, headers.get());
  if (result.ok && !headers) context.preludes->note_parsed(user, result);
  return result;
}

CompiledFile compile_and_publish(Context& context, cache::Store& store, BuildTask& task,
                                 const std::vector<Place>& places) {
  Compilation done;
  done.began_ns = now_ns();
  done.code.result = compile(context, task);
  compilation::CompileResult& result = done.code.result;
  store.usage().compiled(result.seconds());
  if (result.ok && may_be_kept(result)) {
    const Place& place = depends_on_directory(task, result) ? places.back() : places.front();
    task.request = place.request;
    cache::Entry entry = describe(task, {}, done);
    const SharedBytes bytes = encode(entry, task, result);
    if (task.params.cache.use_disk)
      count_published(context, store,
                      store.publish(entry.signature, place.lookup.slot, *bytes, "", "", "", place.lookup.slot_taken));
  }
  return {result.ok, std::move(result.object), std::move(result.diagnostics_text), std::move(result.inputs)};
}

}  // namespace

Params command_params() {
  Params params = Params::load();
  const BuildParams configured = std::move(params.build);
  params.build = BuildParams();
  params.build.header_packs = configured.header_packs;
  params.build.pch = configured.pch;
  params.build.compile_timeout = configured.compile_timeout;
  params.build.compile_memory = configured.compile_memory;
  return params;
}

CompiledFile compile_file(Context& context, const Params& params, const CommandLine& line, const Input& input) {
  BuildTask task;
  task.params = params;
  task.generated.source = read_source(input.name);
  std::vector<Place> places;
  for (Request& request : make_file_requests({source_name(input), input.language, line.is_cxx}, task.generated.source,
                                             line.compile_flags, params))
    places.push_back({std::move(request), {}});
  cache::Store& store = context.store_for(params.cache);
  std::optional<cache::StoredEntry> hit;
  const auto look = [&] {
    for (Place& place : places) {
      place.lookup = look_up(context, store, place.request, {});
      if (place.lookup.hit) hit = std::move(place.lookup.hit);
      if (hit) return true;
    }
    return false;
  };
  Claim claim;
  if (!look()) claim = claim_or_wait(context, store, places.front().request, params, places.front().lookup, look);
  task.request = places.front().request;
  if (!hit) return compile_and_publish(context, store, task, places);
  store.usage().disk_hit(recorded_seconds(hit->entry));
  return from_entry(*hit);
}

}  // namespace dijitso::cc

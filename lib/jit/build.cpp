// The module's header and those of everything it depends on are given to the compiler in memory; the cache's include
// folder is searched after all others, for headers that were stored there by hand. Headers from disk are
// recorded with the digests of the texts that were compiled. Tested in tests/jit.

#include "jit/build.h"

#include "jit/backends.h"
#include "jit/failure.h"
#include "llvm-config/host.h"

#include <dijitso/log.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

namespace dijitso {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

compile::CompileRequest compile_request(cache::Store& store, const Request& request, const Params& params,
                                        const Generated& generated, const std::vector<ModulePointer>& dependencies) {
  compile::CompileRequest compile;
  compile.signature = request.signature;
  compile.is_c = request.is_c;
  compile.source = generated.source;
  compile.headers.push_back({request.signature + params.cache.inc_postfix, generated.header});
  for (const ModulePointer& module : closure(dependencies))
    compile.headers.push_back({module->signature + params.cache.inc_postfix, module->header});
  compile.arguments = request.arguments;
  compile.include_dirs = request.include_dirs;
  // After the system's headers: a module called "math" must not hide <math.h> from all others.
  if (const auto stored = store.header_dir())
    compile.arguments.insert(compile.arguments.end(), {"-idirafter", stored->string()});
  compile.target_cpu = request.target_cpu;
  compile.target_features = request.target_features;
  return compile;
}

Digest digest_of_inputs(const Request& request, const Generated& generated,
                        const std::vector<ModulePointer>& dependencies) {
  std::string inputs = request.digest.hex() + blake3(generated.header).hex() + blake3(generated.source).hex();
  for (const ModulePointer& module : dependencies) inputs += module->identity.hex();
  return blake3(inputs);
}

const char* name_of(Severity severity) {
  constexpr const char* names[] = {"note", "remark", "warning", "error", "fatal error"};
  return names[static_cast<int>(severity)];
}

std::string build_info(const compile::CompileResult& result, const std::string& command) {
  nlohmann::json info;
  info["command"] = command;
  info["compiler"] = result.compiler_version;
  info["dropped_flags"] = result.dropped_flags;
  info["precompiled_headers"] = result.used_precompiled;
  info["seconds"] = {{"frontend", result.frontend_seconds}, {"backend", result.backend_seconds}};
  info["created_ns"] = now_ns();
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) == 0) info["host"] = host;
  info["diagnostics"] = nlohmann::json::array();
  for (const Diagnostic& diagnostic : result.diagnostics)
    info["diagnostics"].push_back({{"file", diagnostic.file},
                                   {"line", diagnostic.line},
                                   {"column", diagnostic.column},
                                   {"severity", name_of(diagnostic.severity)},
                                   {"message", diagnostic.message}});
  return info.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void warn_of_dropped_flags(const Request& request, const std::vector<std::string>& flags) {
  if (flags.empty()) return;
  std::string list;
  for (const std::string& flag : flags) list += " " + flag;
  static std::mutex mutex;
  static std::set<std::string> told;
  bool is_new;
  {
    const std::lock_guard lock(mutex);
    is_new = told.insert(list).second;
  }
  if (is_new)  // without the lock: a handler may call jit
    log::get_logger().warning("flags unknown to this compiler are left out:" + list + " (module '" + request.signature +
                              "')");
}

std::vector<cache::ReadFile> described(const compile::CompileResult& result, std::int64_t began) {
  std::vector<cache::ReadFile> files;
  for (const compile::HeaderRead& header : result.files)
    files.push_back(cache::FileDigests::describe(header.path, header.content, began));
  return files;
}

// When a header is missing nobody can tell where it will appear: such a failure is not remembered.
bool is_about_missing_header(const compile::CompileResult& result) {
  const auto fatal = [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::fatal; };
  return std::any_of(result.diagnostics.begin(), result.diagnostics.end(), fatal);
}

}  // namespace

Built build_entry(Context& context, const Request& request, const Params& params, const Generated& generated,
                  const std::vector<ModulePointer>& dependencies) {
  const Digest inputs = digest_of_inputs(request, generated, dependencies);
  if (const std::optional<CompileFailed> failure = context.known_failure(inputs)) throw *failure;

  const compile::CompileRequest compile =
      compile_request(context.store_for(params.cache), request, params, generated, dependencies);
  compile::Compiler& compiler = compiler_for(request.signature);
  std::shared_ptr<const compile::Precompiled> headers;
  if (params.build.pch != "off")
    headers = context.preludes.find(context.precompiled_store_for(params.cache), compiler, compile, request);
  ++context.counters.compiles;
  const std::int64_t began = now_ns();
  const compile::CompileResult result = compiler.compile(compile, headers.get());
  if (result.used_precompiled) ++context.counters.precompiled;
  warn_of_dropped_flags(request, result.dropped_flags);
  if (!result.ok) {
    const CompileFailed failure = make_compile_failure(compile, result, request, params);
    if (!is_about_missing_header(result)) context.remember_failure(inputs, failure, described(result, began));
    throw failure;
  }

  Built built;
  const std::string command = compile_command(request, params, request.signature + (request.is_c ? ".c" : ".cpp"));
  cache::Entry& entry = built.entry;
  entry.signature = request.signature;
  entry.request = request.text;
  entry.build = request.build;
  entry.header = generated.header;
  entry.source = blake3(generated.source);
  for (const ModulePointer& module : dependencies)
    entry.dependencies.push_back({module->signature, module->request, module->build, module->identity});
  entry.files = described(result, began);
  entry.isa_features = result.isa_features;
  entry.libs = request.libs;
  entry.lib_dirs = request.lib_dirs;
  entry.rpath_dirs = request.rpath_dirs;
  entry.build_info = build_info(result, command);
  built.bytes = std::make_shared<const Bytes>(cache::encode(entry, result.object));
  built.log = build_log(command, result);
  return built;
}

}  // namespace dijitso

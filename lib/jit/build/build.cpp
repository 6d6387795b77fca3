// The compiler gets the headers of the module and of all its dependencies from memory. The cache's include folder is
// searched last, for headers that were stored there by hand. Headers from disk are recorded with the digests of the
// texts that were compiled. Tested in tests/jit.

#include "jit/build/build.h"

#include "cache/store/absent_names.h"
#include "jit/build/compile_command.h"
#include "jit/build/failure.h"
#include "jit/build/preludes.h"
#include "jit/build/static_libraries.h"
#include "jit/link/backends.h"
#include "jit/packages/openmp.h"
#include "llvm-config/host.h"
#include "support/fork.h"
#include "support/trace.h"

#include <dijitso/log.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace dijitso {
namespace {

compilation::CompileRequest compile_request(cache::Store& store, compilation::Compiler& compiler, const BuildTask& task,
                                            const std::vector<ModulePointer>& dependencies) {
  const Request& request = task.request;
  const CacheParams& cache = task.params.cache;
  compilation::CompileRequest compile;
  compile.signature = request.signature;
  compile.is_c = request.is_c;
  compile.source = task.generated.source;
  compile.headers.push_back({request.signature + cache.inc_postfix, task.generated.header});
  for (const ModulePointer& module : closure(dependencies))
    compile.headers.push_back({module->signature + cache.inc_postfix, module->header});
  compile.arguments = request.arguments;
  compile.include_dirs = request.include_dirs;
  compile.header_packs = request.header_packs;
  compile.machine_headers = request.machine_headers;
  compile.directory = request.directory;
  // After the system's headers: a module called "math" must not hide <math.h> from all others.
  if (const auto stored = store.header_dir())
    compile.arguments.insert(compile.arguments.end(), {"-idirafter", stored->string()});
  // Not in the key: headers that are read are recorded, and nodes that only run the code need none.
  if (task.params.build.openmp)
    if (const std::string dir = openmp_include_dir(request.header_packs); !dir.empty())
      compile.arguments.insert(compile.arguments.end(), {"-idirafter", dir});
  compile.target_triple = request.target_triple;
  compile.target_cpu = request.target_cpu;
  compile.target_features = request.target_features;
  compile.limits.time = std::chrono::seconds(task.params.build.compile_timeout);
  compile.limits.memory = static_cast<std::uint64_t>(task.params.build.compile_memory) << 20;
  if (task.params.build.pch != "off") compile.header_plan = compiler.plan_headers(compile);
  return compile;
}

// A digest of all inputs of the compile except the headers on disk.
Digest digest_of_inputs(const BuildTask& task, const std::vector<ModulePointer>& dependencies) {
  std::string inputs =
      task.request.digest.hex() + blake3(task.generated.header).hex() + blake3(task.generated.source).hex();
  for (const ModulePointer& module : closure(dependencies))
    inputs += blake3(module->signature).hex() + blake3(module->header).hex();
  return blake3(inputs);
}

const char* name_of(Severity severity) {
  constexpr const char* names[] = {"note", "remark", "warning", "error", "fatal error"};
  return names[static_cast<int>(severity)];
}

// Writes JSON value by value, because destroying lists and objects of nlohmann::json allocates memory, which ends the
// process when there is none left. Numbers and strings do not.
template <class Value>
std::string json(const Value& text_or_number) {
  return nlohmann::json(text_or_number).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_list(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) text += (text.size() > 1 ? "," : "") + item;
  return text + "]";
}

std::string json_object(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  return text + "}";
}

// Writes the members in the order of their names.
std::string build_info(const compilation::CompileResult& result, const std::string& command, bool is_file) {
  std::vector<std::string> diagnostics, dropped_flags;
  for (const Diagnostic& diagnostic : result.diagnostics)
    diagnostics.push_back(json_object({{"column", json(diagnostic.column)},
                                       {"file", json(diagnostic.file)},
                                       {"line", json(diagnostic.line)},
                                       {"message", json(diagnostic.message)},
                                       {"severity", json(name_of(diagnostic.severity))}}));
  for (const std::string& flag : result.dropped_flags) dropped_flags.push_back(json(flag));
  std::vector<std::pair<std::string, std::string>> info = {{"command", json(command)},
                                                           {"compiler", json(result.compiler_version)},
                                                           {"created_ns", json(now_ns())},
                                                           {"diagnostics", json_list(diagnostics)},
                                                           {"dropped_flags", json_list(dropped_flags)}};
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) == 0) info.emplace_back("host", json(host));
  if (is_file) {  // a compiler command needs these again on a hit
    std::vector<std::string> inputs;
    for (const compilation::NamedInput& input : result.inputs)
      inputs.push_back(json_object({{"is_system", json(input.is_system)}, {"name", json(input.name)}}));
    info.emplace_back("inputs", json_list(inputs));
    info.emplace_back("messages", json(result.diagnostics_text));
  }
  info.emplace_back("precompiled_headers", json(result.used_precompiled));
  info.emplace_back("seconds", json_object({{"codegen", json(result.seconds(compilation::Step::code_generation))},
                                            {"frontend", json(result.seconds(compilation::Step::frontend))},
                                            {"optimiser", json(result.seconds(compilation::Step::optimiser))}}));
  return json_object(info);
}

void warn_of_dropped_flags(const Request& request, const std::vector<std::string>& flags) {
  if (flags.empty()) return;
  std::string list;
  for (const std::string& flag : flags) list += " " + flag;
  static constinit forking::Mutex mutex;
  static constinit forking::Once<std::set<std::string>> told DIJITSO_GUARDED_BY(mutex);
  bool is_new;
  {
    const Lock lock(mutex);
    is_new = told.get().insert(list).second;
  }
  if (is_new)  // without the lock, because a handler may call jit
    log::get_logger().warning("flags that this compiler does not know or cannot use are left out:" + list +
                              " (module '" + request.signature + "')");
}

std::vector<cache::ReadFile> described(const compilation::CompileResult& result, std::int64_t began) {
  std::vector<cache::ReadFile> files;
  for (const compilation::HeaderRead& header : result.files)
    files.push_back(cache::FileDigests::describe(header.path, header.content, began));
  return files;
}

// Failures that may not repeat are not remembered: a missing header may appear in any directory, and a compile that was
// stopped at its limits may have other limits next time. Both are fatal errors.
bool may_succeed_later(const compilation::CompileResult& result) {
  const auto fatal = [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::fatal; };
  return std::any_of(result.diagnostics.begin(), result.diagnostics.end(), fatal);
}

// What a person types to make the object of a file.
std::string command_of_file(const compilation::CommandSource& file, const std::vector<std::string>& flags) {
  std::string command = file.is_cxx_driver ? "dijitso-c++" : "dijitso-cc";
  for (const std::string& flag : flags) command += " " + shell_quoted(flag);
  return command + " -x " + file.language + " -c " + shell_quoted(file.name);
}

std::string command_of(const BuildTask& task) {
  if (task.request.command) return command_of_file(*task.request.command, task.request.arguments);
  return compile_command(task.request, task.params, task.request.signature + (task.request.is_c ? ".c" : ".cpp"));
}

}  // namespace

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<Prepared> prepare_compile(Context& context, const BuildTask& task,
                                        const std::vector<ModulePointer>& dependencies,
                                        const std::function<void()>& resume) {
  Prepared prepared{.inputs = digest_of_inputs(task, dependencies)};
  if (const std::optional<CompileFailed> failure = context.known_failure(prepared.inputs)) throw *failure;
  const CacheParams& cache = task.params.cache;
  compilation::Compiler& compiler = compiler_for(task.request.signature);
  prepared.request = compile_request(context.store_for(cache), compiler, task, dependencies);
  const Preludes::User user{context.precompiled_store_for(cache), compiler, prepared.request, task.request.build};
  Preludes::Found found = context.preludes->find(user, resume);
  if (found.is_being_made) return std::nullopt;
  prepared.headers = std::move(found.headers);
  return prepared;
}

build::PrecompiledHeaders precompile_headers(Context& context, const BuildTask& task) {
  const CacheParams& cache = task.params.cache;
  compilation::Compiler& compiler = compiler_for_headers();
  const compilation::CompileRequest compile = compile_request(context.store_for(cache), compiler, task, {});
  return context.preludes->make_now({context.precompiled_store_for(cache), compiler, compile, task.request.build});
}

Compilation compile_module(Context& context, const BuildTask& task, const Prepared& prepared) {
  const CacheParams& cache = task.params.cache;
  compilation::Compiler& compiler = compiler_for(task.request.signature);
  const compilation::CompileRequest& compile = prepared.request;
  const compilation::Precompiled* const headers = prepared.headers.get();
  ++context.counters.compiles;
  Compilation done;
  done.began_ns = now_ns();
  StaticLibraries libraries = find_static_libraries(task.request);
  done.libs = std::move(libraries.shared);
  {
    const trace::Span span("compile", task.request.signature);
    if (task.tier == Tier::full || !libraries.files.empty())
      done.code.result = compiler.compile(compile, headers);
    else
      done.code = compiler.compile_quickly(compile, headers);
  }
  const compilation::CompileResult& result = done.code.result;
  trace_steps(result, task.request.signature);
  if (result.used_precompiled) ++context.counters.precompiled;
  context.store_for(cache).usage().compiled(result.seconds());
  warn_of_dropped_flags(task.request, result.dropped_flags);
  if (result.ok) {
    if (!headers)
      context.preludes->note_parsed({context.precompiled_store_for(cache), compiler, compile, task.request.build},
                                    result);
    link_static_libraries(libraries.files, task.request.signature, done.code.result);
    return done;
  }
  const CompileFailed failure = make_compile_failure(compile, result, task.request, task.params);
  if (!may_succeed_later(result))
    context.remember_failure(prepared.inputs, failure, described(result, done.began_ns),
                             cache::describe_absent(result.missing, done.began_ns));
  throw failure;
}

void trace_steps(const compilation::CompileResult& result, const std::string& signature, bool with_frontend) {
  if (!trace::is_on.load(std::memory_order_relaxed)) return;
  constexpr const char* names[] = {"frontend", "optimise", "codegen"};
  for (const compilation::TimedStep& step : result.steps)
    if (with_frontend || step.step != compilation::Step::frontend)
      trace::record(names[static_cast<int>(step.step)], signature, step.begin, step.end);
}

cache::Entry describe(const BuildTask& task, const std::vector<ModulePointer>& dependencies,
                      const Compilation& compilation) {
  const compilation::CompileResult& result = compilation.code.result;
  const Request& request = task.request;
  cache::Entry entry;
  entry.signature = request.signature;
  entry.request = request.text;
  entry.build = request.build;
  entry.header = task.generated.header;
  entry.source = blake3(task.generated.source);
  for (const ModulePointer& module : dependencies)
    entry.dependencies.push_back({module->signature, module->request, module->build, module->identity()});
  entry.files = described(result, compilation.began_ns);
  entry.absent = cache::describe_absent(result.missing, compilation.began_ns);
  entry.isa_features = result.isa_features;
  entry.libs = compilation.libs;
  entry.lib_dirs = request.lib_dirs;
  entry.rpath_dirs = request.rpath_dirs;
  entry.prototypes = result.prototypes;
  return entry;
}

SharedBytes encode(cache::Entry& entry, const BuildTask& task, const compilation::CompileResult& result) {
  entry.build_info = build_info(result, command_of(task), task.request.command.has_value());
  return std::make_shared<const Bytes>(cache::encode(entry, result.object));
}

// Reads only the end of the text, which may be long. That works because names are sorted, and a quote inside a JSON
// string has a backslash before it.
double recorded_seconds(const cache::Entry& entry) {
  constexpr std::string_view key = "\"seconds\":";
  const std::size_t begin = entry.build_info.rfind(key);
  if (begin == std::string::npos) return 0;
  const char* const last =
      entry.build_info.data() + std::min(entry.build_info.find('}', begin), entry.build_info.size());
  double sum = 0;
  for (const char* at = entry.build_info.data() + begin + key.size(); (at = std::find(at, last, ':')) != last;) {
    double part = 0;
    if (std::from_chars(++at, last, part).ec == std::errc()) sum += part;
  }
  return sum;
}

void count_published(Context& context, cache::Store& store, bool published) {
  ++(published ? context.counters.published : context.counters.fallbacks);
  store.usage().add(published ? cache::Use::published : cache::Use::unpublished);
  store.usage().save();
}

cache::Lookup look_up(Context& context, cache::Store& store, const Request& request,
                      const std::vector<ModulePointer>& dependencies) {
  const auto resolve = [&](const cache::Dependency& wanted) -> std::optional<Digest> {
    for (const ModulePointer& module : dependencies)
      if (module->signature == wanted.signature) return module->identity();
    return std::nullopt;
  };
  return cache::lookup(store, request.signature, request.digest, request.text, context.files, resolve);
}

bool publish(Context& context, const BuildTask& task, const cache::Lookup& lookup, const Bytes& bytes,
             const compilation::CompileResult& result, bool replaces) {
  if (!task.params.cache.use_disk) return false;
  cache::Store& store = context.store_for(task.params.cache);
  const bool published = store.publish(task.request.signature, lookup.slot, bytes, task.generated.header,
                                       task.generated.source, build_log(command_of(task), result), replaces);
  count_published(context, store, published);
  return published;
}

}  // namespace dijitso

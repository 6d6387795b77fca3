// The functions of the core that mpi::jit needs; nothing here uses MPI. Tested in tests/jit/peers_test.cpp and, with
// real processes, in tests/mpi.

#include <dijitso/peers.h>

#include "jit/build/builder.h"
#include "jit/impl.h"
#include "jit/link/backends.h"
#include "jit/link/loader.h"
#include "jit/peers/exchange.h"
#include "jit/peers/plans.h"
#include "jit/request/generating.h"
#include "jit/request/key.h"
#include "llvm-config/host.h"
#include "params/check.h"
#include "support/trace.h"

#include <utility>

namespace dijitso {
namespace {

// Waits for the code, and for the entry, which other processes need.
Library finished(ModulePointer module) {
  module->code();
  module->entry();
  return Library(std::move(module));
}

bool asks_for_target(const std::string& flag) { return flag.starts_with("-march=") || flag.starts_with("-mcpu="); }

}  // namespace

Peers::Peers(Jit& jit) : jit_(jit), plans_(std::make_shared<Plans>(jit.impl_->context)) {}
Peers::~Peers() = default;

Peers::Asked Peers::asked(const std::string& name, const Params& params) {
  params::check_params(params);
  const Request request = make_request(name, params);
  if (is_foreign(request))
    throw InvalidArgument("module '" + name + "': ranks share code that they run, and build.target_triple '" +
                          params.build.target_triple +
                          "' is of another kind of machine; put it into the cache with build_object, on one rank");
  return {request.text, request.digest.bytes, llvm_config::target_text({request.target_cpu, request.target_features})};
}

bool Peers::can_build() { return has_compiler(); }

std::string Peers::common_target(const std::vector<std::string>& targets) {
  if (targets.empty()) throw InvalidArgument("there is no common target of no targets");
  std::vector<llvm_config::Target> resolved;
  for (const std::string& target : targets) resolved.push_back(llvm_config::resolve_target(target));
  return llvm_config::target_text(llvm_config::common_target(resolved));
}

Params Peers::for_target(const Params& params, const std::string& target) {
  Params result = params;
  BuildParams& build = result.build;
  for (auto* flags : {&build.cxxflags, &build.cxxflags_debug, &build.cxxflags_opt})
    std::erase_if(*flags, asks_for_target);
  build.target_cpu = target;
  return result;
}

std::optional<Library> Peers::find_in_memory(const std::string& name, const Params& params) {
  ModulePointer module = jit_.impl_->find(name, params, Source::memory);
  if (!module) return std::nullopt;
  module->usage->memory_hit();
  return finished(std::move(module));
}

std::optional<Library> Peers::find(const std::string& name, const Params& params) {
  if (std::optional<Library> library = find_in_memory(name, params)) return library;
  ModulePointer module = jit_.impl_->find(name, params, Source::cache);
  if (!module) return std::nullopt;
  return finished(std::move(module));
}

Peers::Digest Peers::identity(const Library& library) { return module_of(library)->identity().bytes; }

Peers::Digest Peers::request(const Library& library) { return module_of(library)->request.bytes; }

std::vector<Peers::Part> Peers::parts(const Library& library) {
  std::vector<Part> parts;
  for (const ModulePointer& part : closure({module_of(library)}))
    parts.push_back({part->identity().bytes, size_in_message(*part->entry())});
  return parts;
}

Peers::Likenesses Peers::likenesses_in_memory(const Params& params) {
  return jit_.impl_->context->memory.likenesses(memory_namespace(params.cache));
}

std::vector<bool> Peers::missing_parts(const std::vector<Part>& parts, const Params& params) {
  const std::string name_space = memory_namespace(params.cache);
  std::vector<bool> missing;
  plans_->present.clear();
  for (const Part& part : parts) {
    ModulePointer present = jit_.impl_->context->memory.find_identity({part.identity}, name_space);
    missing.push_back(!present);
    if (present) plans_->present.push_back(std::move(present));
  }
  return missing;
}

Peers::Message Peers::pack(const Library& library, const std::vector<bool>& wanted) {
  const std::vector<ModulePointer> parts = closure({module_of(library)});
  if (wanted.size() != parts.size())
    throw InvalidArgument("module '" + library.signature() + "' has " + std::to_string(parts.size()) + " parts, not " +
                          std::to_string(wanted.size()));
  std::vector<SharedBytes> entries;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (wanted[i]) entries.push_back(parts[i]->entry());
  return encode_entries(entries);
}

std::uint64_t Peers::packed_size(const std::vector<Part>& parts, const std::vector<bool>& wanted) {
  std::uint64_t size = size_of_no_entries;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (wanted[i]) size += parts[i].bytes;
  return size;
}

Library Peers::unpack(const std::string& name, const Params& params, const Message& message) {
  params::check_params(params);
  Context& context = *jit_.impl_->context;
  const Request request = make_request(name, params);
  Loader loader(context, params);
  loader.hold(std::exchange(plans_->present, {}));
  const auto is_loaded = [&](const cache::Dependency& dependency) {
    return loader.find_identity(dependency.signature, dependency.identity) != nullptr;
  };
  const auto decoded = decode_message(message);
  if (const auto* failed = std::get_if<Failure>(&decoded))
    throw_again(*failed, "the builder of '" + name + "' failed: ");
  ModulePointer module;
  // Check everything before storing an entry or running any of the code.
  for (const cache::StoredEntry& part : checked_modules(expect_kind<SentEntries>(decoded), request, is_loaded))
    module = loader.adopt(part, plans_.get());
  if (!request.is_relative) context.memory.answer(params, module);
  return finished(std::move(module));
}

Peers::Message Peers::pack_failure(std::exception_ptr failure, std::size_t most_bytes) {
  return encode_failure(failure, most_bytes);
}

void Peers::throw_failure(const Message& message, const std::string& origin) {
  throw_again(expect_kind<Failure>(decode_message(message)), origin);
}

Generated Peers::generate(const std::string& name, const Params& params, const Generate& generate) {
  const trace::Span span("generate", name);
  Generating generating(*jit_.impl_->context, /*never_waits=*/true);
  Generated generated = generate(name, name, params.generator);
  plans_->asked = generating.asked();
  plans_->requested_meanwhile = generating.left_unfinished();
  return generated;
}

Library Peers::begin(const std::string& name, const Params& params, Generated generated) {
  const std::shared_ptr<Context>& context = jit_.impl_->context;
  const Request request = make_request(name, params);
  std::vector<ModulePointer> requested_meanwhile = std::exchange(plans_->requested_meanwhile, {});
  Loader loader(*context, params);
  loader.hold(plans_->known());
  loader.hold_asked(std::exchange(plans_->asked, {}));
  Dependencies dependencies = loader.resolve(request, generated.dependencies);
  plans_->begun.push_back(begin_build(context, {request, params, std::move(generated), Tier::full},
                                      std::move(dependencies), std::move(requested_meanwhile), std::nullopt, Claim()));
  return Library(plans_->begun.back());
}

Peers::Message Peers::announce(const Library& library) { return encode_plans(plans_->tell(module_of(library))); }

void Peers::expect(const Message& announcement, const Params& params) {
  plans_->expect(expect_kind<SentPlans>(decode_message(announcement)), memory_namespace(params.cache),
                 jit_.impl_->context->store_for(params.cache).usage());
}

}  // namespace dijitso

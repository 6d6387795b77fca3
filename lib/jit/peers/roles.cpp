// Tested in tests/jit/exchange_test.cpp and tests/mpi.

#include "jit/peers/roles.h"

#include "jit/peers/exchange.h"

#include <dijitso/error.h>

#include <exception>

namespace dijitso {
namespace {

// Calls wait() even after a failure here, so that the other processes continue. Throws the first failure.
void finish(const Exchange& exchange, std::exception_ptr failure) {
  const std::exception_ptr later = failure_of([&] {
    if (exchange.wait) exchange.wait();
  });
  if (!failure) failure = later;
  if (failure) std::rethrow_exception(failure);
}

ModulePointer build_and_send(const Exchange& exchange, const std::function<ModulePointer()>& find_or_build) {
  ModulePointer module;
  const std::exception_ptr failure = failure_of([&] {
    module = find_or_build();
    module->code();
  });
  const std::exception_ptr unsent = failure_of([&] {
    if (!exchange.send) return;
    std::vector<SharedBytes> entries;
    if (!failure)
      for (const ModulePointer& part : closure({module})) entries.push_back(part->entry());
    exchange.send(failure ? encode_failure(failure) : encode_entries(entries));
  });
  finish(exchange, failure ? failure : unsent);
  return module;
}

ModulePointer receive(const Request& request, Loader& loader, const Exchange& exchange) {
  ModulePointer module;
  const std::exception_ptr failure = failure_of([&] {
    const auto message = decode_message(exchange.receive());
    if (const auto* failed = std::get_if<Failure>(&message))
      throw_again(*failed, "the builder of '" + request.signature + "' failed: ");
    // Check everything before storing an entry or running any of the code.
    for (const cache::StoredEntry& part : checked_modules(expect_kind<SentEntries>(message), request))
      module = loader.adopt(part);
  });
  finish(exchange, failure);
  return module;
}

ModulePointer wait_for_builder(const Request& request, Loader& loader, const Exchange& exchange) {
  exchange.wait();
  cache::Lookup lookup;
  if (ModulePointer module = loader.find(request, lookup)) return module;
  throw GenerateFailed("module '" + request.signature + "' was not in the cache '" +
                       loader.store().layout().root().string() +
                       "' after waiting for its builder: the build failed there, or it uses another directory");
}

}  // namespace

Role role_of(const std::string& name, const Generate& generate, const Exchange& exchange) {
  if (generate && exchange.receive)
    throw InvalidArgument("jit of '" + name + "': give only one of generate and receive");
  if (generate && (exchange.send || exchange.wait)) return Role::builder;
  if (exchange.receive) return Role::receiver;
  return exchange.wait ? Role::waiter : Role::alone;
}

ModulePointer play(Role role, const Request& request, Loader& loader, const Exchange& exchange,
                   const std::function<ModulePointer()>& find_or_build) {
  switch (role) {
    case Role::builder:
      return build_and_send(exchange, find_or_build);
    case Role::receiver:
      return receive(request, loader, exchange);
    case Role::waiter:
      return wait_for_builder(request, loader, exchange);
    case Role::alone:
      break;
  }
  return find_or_build();
}

}  // namespace dijitso

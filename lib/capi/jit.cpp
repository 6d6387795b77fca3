// jit and related functions. Each calls one function of the C++ API. Tested in tests/capi/jit_test.c.
#include "capi/callbacks.h"
#include "capi/calls.h"

#include <utility>

namespace dijitso::capi {
namespace {

Jit& jit_of(dijitso_jit_t* jit) { return jit ? jit->jit : default_jit(); }

dijitso_library_t* new_library(std::optional<Library> library) {
  return library ? new dijitso_library_t(*std::move(library)) : nullptr;
}

std::uint64_t value_of(const Counters& counters, dijitso_counter_t counter) {
  switch (counter) {
    case DIJITSO_COUNTER_MEMORY_HITS:
      return counters.memory_hits;
    case DIJITSO_COUNTER_DISK_HITS:
      return counters.disk_hits;
    case DIJITSO_COUNTER_COMPILES:
      return counters.compiles;
    case DIJITSO_COUNTER_WAITS:
      return counters.waits;
    case DIJITSO_COUNTER_QUARANTINED:
      return counters.quarantined;
    case DIJITSO_COUNTER_PUBLISHED:
      return counters.published;
    case DIJITSO_COUNTER_FALLBACKS:
      return counters.fallbacks;
    case DIJITSO_COUNTER_PRECOMPILED:
      return counters.precompiled;
    case DIJITSO_COUNTER_QUICK:
      return counters.quick;
    case DIJITSO_COUNTER_OPTIMIZED:
      return counters.optimized;
  }
  throw InvalidArgument("there is no counter " + std::to_string(counter) + ": see dijitso_counter_t");
}

}  // namespace
}  // namespace dijitso::capi

using namespace dijitso::capi;

dijitso_status_t dijitso_jit_create(dijitso_jit_t** jit, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_jit_t*& place = result_at(jit, "jit");
    place = new dijitso_jit_t;
  });
}

void dijitso_jit_free(dijitso_jit_t* jit) { delete jit; }

dijitso_status_t dijitso_jit(dijitso_jit_t* jit, const char* name, const dijitso_params_t* params,
                             dijitso_generate_t generate, void* user_data, dijitso_library_t** library,
                             dijitso_error_t** error) {
  return dijitso_jit_exchange(jit, name, params, generate, user_data, nullptr, library, error);
}

dijitso_status_t dijitso_jit_exchange(dijitso_jit_t* jit, const char* name, const dijitso_params_t* params,
                                      dijitso_generate_t generate, void* user_data, const dijitso_exchange_t* exchange,
                                      dijitso_library_t** library, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_library_t*& place = result_at(library, "library");
    const std::string text = need_text(name, "name");
    const auto resolved = resolve(need(params, "params"));
    place = new_library(jit_of(jit)
                            .jit(text, resolved->params, generate_function(generate, *params, user_data),
                                 exchange_functions(exchange, text))
                            .first);
  });
}

dijitso_status_t dijitso_jit_signature(const char* name, const dijitso_params_t* params, char** signature,
                                       dijitso_error_t** error) {
  return guarded(error, [&] {
    char*& place = result_at(signature, "signature");
    const std::string text = need_text(name, "name");
    place = new_string(dijitso::jit_signature(text, resolve(need(params, "params"))->params));
  });
}

dijitso_status_t dijitso_lookup_lib(dijitso_jit_t* jit, const char* signature, const dijitso_params_t* params,
                                    dijitso_library_t** library, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_library_t*& place = result_at(library, "library");
    const std::string text = need_text(signature, "signature");
    const auto resolved = resolve(need(params, "params"));
    auto found = jit_of(jit).find_loaded(text, resolved->params.cache);
    place = new_library(found ? found : jit_of(jit).load(text, resolved->params.cache));
  });
}

dijitso_status_t dijitso_load_library(dijitso_jit_t* jit, const char* signature, const dijitso_params_t* params,
                                      dijitso_library_t** library, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_library_t*& place = result_at(library, "library");
    const std::string text = need_text(signature, "signature");
    place = new_library(jit_of(jit).load(text, resolve(need(params, "params"))->params.cache));
  });
}

dijitso_status_t dijitso_build_shared_library(dijitso_jit_t* jit, const char* signature, const char* header,
                                              const char* source, const char* const* dependencies,
                                              size_t dependency_count, const dijitso_params_t* params, char** filename,
                                              dijitso_error_t** error) {
  return guarded(error, [&] {
    char*& place = result_at(filename, "filename");
    const std::string name = need_text(signature, "signature"), code = need_text(source, "source");
    const auto names = need_texts(dependencies, dependency_count, "dependencies");
    const auto resolved = resolve(need(params, "params"));
    place = new_string(jit_of(jit).build_shared_library(name, header ? header : "", code, names, resolved->params));
  });
}

dijitso_status_t dijitso_jit_forget(dijitso_jit_t* jit, const char* cache_dir, dijitso_error_t** error) {
  return guarded(error, [&] { cache_dir ? jit_of(jit).forget(cache_dir) : jit_of(jit).forget(); });
}

dijitso_status_t dijitso_jit_counter(dijitso_jit_t* jit, dijitso_counter_t counter, uint64_t* value,
                                     dijitso_error_t** error) {
  return guarded(error, [&] {
    std::uint64_t& place = result_at(value, "value");
    place = value_of(jit_of(jit).counters(), counter);
  });
}

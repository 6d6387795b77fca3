// Reference-counted libraries. Tested in tests/capi/library_test.c.
#include "capi/calls.h"

#include <dijitso/prototypes.h>

using namespace dijitso::capi;

void dijitso_library_retain(dijitso_library_t* library) {
  if (library) library->references.fetch_add(1, std::memory_order_relaxed);
}

void dijitso_library_release(dijitso_library_t* library) {
  if (library && library->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete library;
}

int dijitso_library_equal(const dijitso_library_t* a, const dijitso_library_t* b) {
  if (!a || !b) return a == b;
  return a->library == b->library;
}

dijitso_status_t dijitso_library_signature(const dijitso_library_t* library, const char** signature,
                                           dijitso_error_t** error) {
  return guarded(error, [&] {
    const char*& place = result_at(signature, "signature");
    place = need(library, "library").library.signature().c_str();
  });
}

dijitso_status_t dijitso_library_find(const dijitso_library_t* library, const char* symbol, void** address,
                                      dijitso_error_t** error) {
  return guarded(error, [&] {
    void*& place = result_at(address, "address");
    place = need(library, "library").library.find(need_text(symbol, "symbol"));
  });
}

dijitso_status_t dijitso_library_symbol(const dijitso_library_t* library, const char* symbol, void** address,
                                        dijitso_error_t** error) {
  return guarded(error, [&] {
    void*& place = result_at(address, "address");
    place = need(library, "library").library.symbol(need_text(symbol, "symbol"));
  });
}

dijitso_status_t dijitso_library_function(const dijitso_library_t* library, const char* symbol,
                                          dijitso_function_t* function, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_function_t& place = result_at(function, "function");
    place = need(library, "library").library.function<void()>(need_text(symbol, "symbol"));
  });
}

dijitso_status_t dijitso_library_prototype(const dijitso_library_t* library, const char* name, char** declaration,
                                           dijitso_error_t** error) {
  return guarded(error, [&] {
    char*& place = result_at(declaration, "declaration");
    const std::string text = need_text(name, "name");
    const dijitso::Prototypes all = need(library, "library").library.prototypes();
    const dijitso::Prototype* const found = all.find(text);
    place = new_string(found ? found->declaration : "");
  });
}

dijitso_status_t dijitso_library_wait_optimized(const dijitso_library_t* library, int* optimized,
                                                dijitso_error_t** error) {
  return guarded(error, [&] {
    int& place = result_at(optimized, "optimized");
    place = dijitso::wait_optimized(need(library, "library").library) ? 1 : 0;
  });
}

dijitso_status_t dijitso_extract_factory_function(const dijitso_library_t* library, const char* name,
                                                  dijitso_factory_function_t* function, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_factory_function_t& place = result_at(function, "function");
    place = dijitso::extract_factory_function(need(library, "library").library, need_text(name, "name"));
  });
}

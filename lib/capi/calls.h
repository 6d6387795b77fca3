// Helpers for every function of the C API: they check arguments and convert exceptions to a status and an error.
#pragma once

#include "capi/handles.h"

#include <exception>
#include <string>
#include <vector>

namespace dijitso::capi {

// Returns the code of an exception; sets *error, unless `error` is null, to a new object.
dijitso_status_t report(const std::exception_ptr& failure, dijitso_error_t** error);

// Throws the exception that `error` describes, to pass it from a callback through the library to a C caller.
[[noreturn]] void raise(const dijitso_error_t& error);

// Runs `body`; no exception leaves this function.
template <class Body>
dijitso_status_t guarded(dijitso_error_t** error, const Body& body) {
  if (error) *error = nullptr;
  std::exception_ptr failure;
  try {
    body();
    return DIJITSO_OK;
  } catch (...) {
    failure = std::current_exception();
    // Not a C++ exception: a log handler is ending the thread, for example with pthread_exit. It must be rethrown.
    if (!failure) throw;
  }
  return report(failure, error);
}

// Throws InvalidArgument when `pointer` is null; returns the object otherwise.
template <class Object>
Object& need(Object* pointer, const char* name) {
  if (!pointer) throw InvalidArgument(std::string("the argument '") + name + "' must not be NULL");
  return *pointer;
}

inline std::string need_text(const char* text, const char* name) { return &need(text, name); }

// Like need(), for an output argument, which is cleared first.
template <class Result>
Result& result_at(Result* pointer, const char* name) {
  Result& result = need(pointer, name);
  result = Result();
  return result;
}

// Converts `count` texts. None of them may be null, nor `items` unless `count` is 0.
std::vector<std::string> need_texts(const char* const* items, std::size_t count, const char* name);

// The validated parameters. Throws InvalidArgument like validate_params.
std::shared_ptr<const dijitso_params_t::Resolved> resolve(const dijitso_params_t& params);

// The caller must free the result.
char* new_string(const std::string& text);
dijitso_list_t* new_list(std::vector<std::string> items);

}  // namespace dijitso::capi

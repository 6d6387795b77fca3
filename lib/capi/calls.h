// What every function of the C API is wrapped in: arguments are checked, exceptions become a status and an error.
#pragma once

#include "capi/handles.h"

#include <exception>
#include <string>
#include <vector>

namespace dijitso::capi {

// The code of an exception; fills *error, unless it is null, with a new object.
dijitso_status_t report(const std::exception_ptr& failure, dijitso_error_t** error);

// The exception that `error` describes, for the way from a callback through the library back to a C caller.
[[noreturn]] void raise(const dijitso_error_t& error);

// Runs `body`, from which no exception leaves.
template <class Body>
dijitso_status_t guarded(dijitso_error_t** error, const Body& body) {
  if (error) *error = nullptr;
  std::exception_ptr failure;
  try {
    body();
    return DIJITSO_OK;
  } catch (...) {
    failure = std::current_exception();
    // No exception of C++: a handler of messages is ending the thread, as by pthread_exit. That must go on.
    if (!failure) throw;
  }
  return report(failure, error);
}

// InvalidArgument when `pointer` is null; else what it points to.
template <class Object>
Object& need(Object* pointer, const char* name) {
  if (!pointer) throw InvalidArgument(std::string("the argument '") + name + "' must not be NULL");
  return *pointer;
}

inline std::string need_text(const char* text, const char* name) { return &need(text, name); }

// The same for a place for a result, which becomes empty first.
template <class Result>
Result& result_at(Result* pointer, const char* name) {
  Result& result = need(pointer, name);
  result = Result();
  return result;
}

// `count` texts; none of them is null, nor `items` unless `count` is 0.
std::vector<std::string> need_texts(const char* const* items, std::size_t count, const char* name);

// The values as they hold. InvalidArgument as from validate_params.
std::shared_ptr<const dijitso_params_t::Resolved> resolve(const dijitso_params_t& params);

// For the caller to free.
char* new_string(const std::string& text);
dijitso_list_t* new_list(std::vector<std::string> items);

}  // namespace dijitso::capi

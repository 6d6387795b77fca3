// A handle for parameters: a dictionary that is filled value by value, and validated at its first use. Tested in
// tests/capi/params_test.c.
#include "capi/calls.h"

#include <utility>

namespace dijitso::capi {

std::shared_ptr<const dijitso_params_t::Resolved> resolve(const dijitso_params_t& params) {
  {
    const Lock lock(params.mutex);
    if (params.resolved) return params.resolved;
  }
  // Not under the lock: a warning may call a handler that uses the same parameters.
  auto fresh = std::make_shared<dijitso_params_t::Resolved>();
  fresh->params = validate_params(params.given);
  fresh->dict = params::as_dict(fresh->params);
  const Lock lock(params.mutex);
  if (!params.resolved) params.resolved = std::move(fresh);
  return params.resolved;
}

namespace {

const char* kind_name(std::size_t index) {
  static constexpr const char* names[] = {"none", "bool", "int", "double", "text", "list"};
  return names[index];
}

// Throws InvalidArgument with the nearest valid name, unless the category exists and has the names in `dict`.
void check_names(const std::string& category, const ParamDict& dict) {
  params::check_params_keys(params::default_params(), {{category, dict}});
}

dijitso_status_t set(dijitso_params_t* params, const char* category, const char* name, dijitso_error_t** error,
                     const auto& make_value) {
  return guarded(error, [&] {
    dijitso_params_t& all = need(params, "params");
    const std::string in = need_text(category, "category"), what = need_text(name, "name");
    Value value = make_value();
    check_names(in, {{what, Value()}});
    all.given[in].insert_or_assign(what, std::move(value));
    const Lock lock(all.mutex);
    all.resolved.reset();
  });
}

// The reference is valid until the parameters are changed.
const Value& value_of(const dijitso_params_t* params, const char* category, const char* name) {
  const dijitso_params_t& all = need(params, "params");
  const std::string in = need_text(category, "category"), what = need_text(name, "name");
  check_names(in, {{what, Value()}});
  const ParamDict& dict = resolve(all)->dict.at(in);
  const auto found = dict.find(what);
  if (found == dict.end()) throw InvalidArgument("the parameter '" + in + "." + what + "' was not set");
  return found->second;
}

template <class Type, class Result>
dijitso_status_t get(const dijitso_params_t* params, const char* category, const char* name, Result* result,
                     dijitso_error_t** error, const auto& convert) {
  return guarded(error, [&] {
    Result& place = result_at(result, "value");
    const Value& value = value_of(params, category, name);
    if (const Type* typed = std::get_if<Type>(&value)) {
      place = convert(*typed);
      return;
    }
    throw InvalidArgument(std::string("the parameter '") + category + "." + name + "' is not of the kind " +
                          kind_name(Value(Type()).index()) + " but " + kind_name(value.index()));
  });
}

}  // namespace
}  // namespace dijitso::capi

using namespace dijitso::capi;
using dijitso::Value;

dijitso_status_t dijitso_params_create(dijitso_params_t** params, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_params_t*& place = result_at(params, "params");
    place = new dijitso_params_t;
  });
}

dijitso_status_t dijitso_params_copy(const dijitso_params_t* params, dijitso_params_t** copy, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_params_t*& place = result_at(copy, "copy");
    auto made = std::make_unique<dijitso_params_t>();
    made->given = need(params, "params").given;
    place = made.release();
  });
}

void dijitso_params_free(dijitso_params_t* params) { delete params; }

dijitso_status_t dijitso_params_set_none(dijitso_params_t* params, const char* category, const char* name,
                                         dijitso_error_t** error) {
  return set(params, category, name, error, [] { return Value(); });
}

dijitso_status_t dijitso_params_set_bool(dijitso_params_t* params, const char* category, const char* name, int value,
                                         dijitso_error_t** error) {
  return set(params, category, name, error, [&] { return Value(value != 0); });
}

dijitso_status_t dijitso_params_set_int(dijitso_params_t* params, const char* category, const char* name, int64_t value,
                                        dijitso_error_t** error) {
  return set(params, category, name, error, [&] { return Value(value); });
}

dijitso_status_t dijitso_params_set_double(dijitso_params_t* params, const char* category, const char* name,
                                           double value, dijitso_error_t** error) {
  return set(params, category, name, error, [&] { return Value(value); });
}

dijitso_status_t dijitso_params_set_text(dijitso_params_t* params, const char* category, const char* name,
                                         const char* value, dijitso_error_t** error) {
  return set(params, category, name, error, [&] { return Value(need_text(value, "value")); });
}

dijitso_status_t dijitso_params_set_list(dijitso_params_t* params, const char* category, const char* name,
                                         const char* const* items, size_t count, dijitso_error_t** error) {
  return set(params, category, name, error, [&] { return Value(need_texts(items, count, "items")); });
}

dijitso_status_t dijitso_params_validate(const dijitso_params_t* params, dijitso_error_t** error) {
  return guarded(error, [&] { resolve(need(params, "params")); });
}

dijitso_status_t dijitso_params_names(const dijitso_params_t* params, const char* category, dijitso_list_t** names,
                                      dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_list_t*& place = result_at(names, "names");
    const dijitso_params_t& all = need(params, "params");
    const std::string in = need_text(category, "category");
    check_names(in, {});
    std::vector<std::string> found;
    for (const auto& [name, value] : resolve(all)->dict.at(in)) found.push_back(name);
    place = new_list(std::move(found));
  });
}

dijitso_status_t dijitso_params_kind(const dijitso_params_t* params, const char* category, const char* name,
                                     dijitso_kind_t* kind, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_kind_t& place = result_at(kind, "kind");
    place = static_cast<dijitso_kind_t>(value_of(params, category, name).index());
  });
}

dijitso_status_t dijitso_params_get_bool(const dijitso_params_t* params, const char* category, const char* name,
                                         int* value, dijitso_error_t** error) {
  return get<bool>(params, category, name, value, error, [](bool found) { return found ? 1 : 0; });
}

dijitso_status_t dijitso_params_get_int(const dijitso_params_t* params, const char* category, const char* name,
                                        int64_t* value, dijitso_error_t** error) {
  return get<std::int64_t>(params, category, name, value, error, [](std::int64_t found) { return found; });
}

dijitso_status_t dijitso_params_get_double(const dijitso_params_t* params, const char* category, const char* name,
                                           double* value, dijitso_error_t** error) {
  return get<double>(params, category, name, value, error, [](double found) { return found; });
}

dijitso_status_t dijitso_params_get_text(const dijitso_params_t* params, const char* category, const char* name,
                                         const char** value, dijitso_error_t** error) {
  return get<std::string>(params, category, name, value, error, [](const std::string& found) { return found.c_str(); });
}

dijitso_status_t dijitso_params_get_list(const dijitso_params_t* params, const char* category, const char* name,
                                         dijitso_list_t** value, dijitso_error_t** error) {
  return get<std::vector<std::string>>(params, category, name, value, error,
                                       [](const std::vector<std::string>& found) { return new_list(found); });
}

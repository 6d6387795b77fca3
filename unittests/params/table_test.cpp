#include "params/table.h"

#include "surroundings.h"

#include <catch2/catch.hpp>

#include <set>

using namespace dijitso;
using namespace dijitso::params;

namespace {

struct Expected {
  const char* name;
  Type type;
  Value value;  // the default
};

const std::vector<std::string> none;

const std::vector<Expected> documented_cache{
    {"cache_dir", Type::text, {}},
    {"inc_dir", Type::text, "include"},
    {"src_dir", Type::text, "src"},
    {"lib_dir", Type::text, "lib"},
    {"fail_dir_root", Type::optional_text, {}},
    {"temp_dir_root", Type::optional_text, {}},
    {"comm_dir", Type::text, "comm"},
    {"log_dir", Type::text, "log"},
    {"enable_build_log", Type::boolean, true},
    {"src_storage", Type::text, "compress"},
    {"src_postfix", Type::text, ".cpp"},
    {"log_postfix", Type::text, ".txt"},
    {"inc_postfix", Type::text, ".h"},
    {"lib_postfix", Type::text, ".so"},
    {"lib_prefix", Type::text, "lib"},
    {"lib_basename", Type::text, "dijitso-"},
    {"lib_loader", Type::text, "orc"},
};
const std::vector<Expected> further_cache{
    {"obj_dir", Type::text, "obj"},       {"readonly_dirs", Type::list, none}, {"shared_group", Type::boolean, false},
    {"claim_timeout", Type::integer, 60}, {"use_disk", Type::boolean, true},
};
const std::vector<Expected> documented_build{
    {"cxx", Type::text, "c++"},
    {"cxxflags", Type::list, {"-Wall", "-shared", "-fPIC", "-std=c++11"}},
    {"cxxflags_debug", Type::list, {"-g", "-O0"}},
    {"cxxflags_opt", Type::list, {"-O3", "-fno-math-errno", "-fno-trapping-math", "-ffinite-math-only"}},
    {"include_dirs", Type::list, none},
    {"lib_dirs", Type::list, none},
    {"rpath_dirs", Type::list, none},
    {"libs", Type::list, none},
    {"debug", Type::boolean, false},
};
const std::vector<Expected> further_build{
    {"language", Type::text, "auto"},
    {"target_cpu", Type::text, "baseline"},
    {"target_triple", Type::text, ""},
    {"pch", Type::text, "auto"},
    {"header_packs", Type::list, {"default"}},
    {"jobs", Type::integer, 0},
    {"tier", Type::text, "full"},
    {"compile_timeout", Type::integer, 0},
    {"compile_memory", Type::integer, 0},
    {"packages", Type::list, none},
    {"mpi", Type::boolean, false},
    {"openmp", Type::boolean, false},
    {"lenient", Type::boolean, false},
};

void check_rows(std::string_view category, const std::vector<Expected>& rows, bool documented, ParamDict dictionary) {
  for (const auto& row : rows) {
    INFO(category << "." << row.name);
    const Parameter* parameter = find_parameter(category, row.name);
    REQUIRE(parameter);
    CHECK(parameter->type == row.type);
    CHECK(parameter->documented == documented);
    const bool is_cache_dir = std::string_view(row.name) == "cache_dir";
    if (!is_cache_dir) CHECK(parameter->default_value() == row.value);
    REQUIRE(dictionary.count(row.name));
    CHECK(dictionary.at(row.name) == (documented ? row.value : Value()));
  }
}

}  // namespace

TEST_CASE("every parameter has the documented type and default, and no other exists", "[params]") {
  const surroundings::EmptyUser user;
  check_rows("cache", documented_cache, true, default_cache_params());
  check_rows("cache", further_cache, false, default_cache_params());
  check_rows("build", documented_build, true, default_build_params());
  check_rows("build", further_build, false, default_build_params());
  CHECK(default_cache_params().size() == documented_cache.size() + further_cache.size());
  CHECK(default_build_params().size() == documented_build.size() + further_build.size());
  CHECK(parameters().size() == default_cache_params().size() + default_build_params().size());
  CHECK(default_generator_params().empty());
  CHECK(default_params() ==
        ParamsDict{{"cache", default_cache_params()}, {"build", default_build_params()}, {"generator", {}}});
}

TEST_CASE("the defaults of the table are those of the typed structs", "[params]") {
  Params params;
  for (const auto& parameter : parameters()) {
    if (parameter.find_out || parameter.category == "build") continue;
    INFO(parameter.full_name());
    CHECK(get_member(Params{}, parameter) == parameter.fallback);
    set_member(params, parameter, parameter.fallback);
  }
  CHECK(params == Params{});
}

TEST_CASE("what is stored in a member is read back from it, and from no other", "[params]") {
  std::set<std::string> variables;
  for (const auto& parameter : parameters()) {
    INFO(parameter.full_name());
    Value value = "changed";
    if (parameter.type == Type::boolean) value = !std::get<bool>(parameter.fallback);
    if (parameter.type == Type::integer) value = 7;
    if (parameter.type == Type::list) value = {"changed"};
    Params params;
    set_member(params, parameter, value);
    CHECK(get_member(params, parameter) == value);
    for (const auto& other : parameters()) {
      if (&other != &parameter) CHECK(get_member(params, other) == get_member(Params{}, other));
    }
    CHECK_FALSE(parameter.documentation.empty());
    CHECK(parameter.documentation.ends_with('.'));
    CHECK(variables.insert(parameter.variable).second);
  }
}

TEST_CASE("None clears an optional text", "[params]") {
  Params params;
  params.cache.fail_dir_root = "x";
  set_member(params, *find_parameter("cache", "fail_dir_root"), Value());
  CHECK_FALSE(params.cache.fail_dir_root.has_value());
}

TEST_CASE("parameters are found by category and name; variables follow one rule", "[params]") {
  CHECK_FALSE(find_parameter("cache", "debug"));
  CHECK_FALSE(find_parameter("", ""));
  CHECK(find_parameter("cache", "cache_dir")->variable == "DIJITSO_CACHE_DIR");
  CHECK(find_parameter("cache", "src_storage")->variable == "DIJITSO_CACHE_SRC_STORAGE");
  CHECK(find_parameter("build", "cxxflags_opt")->variable == "DIJITSO_BUILD_CXXFLAGS_OPT");
}

TEST_CASE("every type has a name for people", "[params]") {
  CHECK(type_name(Type::boolean) == "boolean");
  CHECK(type_name(Type::integer) == "integer");
  CHECK(type_name(Type::text) == "text");
  CHECK(type_name(Type::optional_text) == "text or None");
  CHECK(type_name(Type::list) == "list of texts");
}

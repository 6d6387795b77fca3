// The functions of the modules `build` and `jit`, and those that the package itself offers.
#include "parity.h"

#include <dijitso/build.h>
#include <dijitso/log.h>

namespace dijitso::testing {
namespace {

const Generate gives_factory = gives("extern \"C\" void* create() { static int made = 3; return &made; }\n");

bool makes_three(const Built& built) {
  const auto [library, signature] = dijitso::jit("factory", built.params, gives_factory);
  return signature == "factory" && *static_cast<int*>(extract_factory_function(library, "create")()) == 3;
}

// generate sees the object, the name, the signature and the parameters.
bool translates_an_object(const Built& built) {
  Params params = built.params;
  params.generator["seven"] = 7;
  const auto generate = [](int jitable, const std::string& name, const std::string& signature,
                           const GeneratorParams& generator) {
    if (name != signature || generator.at("seven") != Value(7)) throw Error("wrong arguments");
    return Generated{"", value_source(jitable), {}};
  };
  return value(dijitso::jit(42, "translated", params, generate)) == 42;
}

bool uses_roles(const Built& built) {
  int sent = 0, waited = 0;
  const Exchange exchange{[&](const auto&) { ++sent; }, {}, [&] { ++waited; }};
  return value(dijitso::jit("sent", built.params, gives_value(5), exchange)) == 5 && sent == 1 && waited == 1;
}

}  // namespace

Calls build_calls(const Built& built) {
  using namespace dijitso::build;
  const Params& p = built.params;
  const std::string root = built.cache;
  return {
      {"build_shared_library",
       [=] {
         const std::string file = build_shared_library("built", "", value_source(1), {}, p);
         return file == root + "/lib/libdijitso-built.so" && fs::is_regular_file(file);
       }},
      {"make_compile_command",
       [=] {
         const auto command = make_compile_command("x.cpp", "libx.so", {"m"}, p.build, p.cache);
         const auto has = [&](const std::string& word) { return std::ranges::count(command, word) == 1; };
         return command.at(0) == p.build.cxx && has("x.cpp") && has("-olibx.so") && has("-I" + root + "/include");
       }},
      {"make_unique",
       [] {
         return make_unique(std::vector<int>{2, 1, 2}) == std::vector<int>{2, 1} &&
                make_unique(std::vector<int>{}).empty();
       }},
      {"temp_dir",
       [=] {
         CacheParams cache = p.cache;
         cache.temp_dir_root = root;
         const fs::path dir = temp_dir(cache);
         return dir.parent_path() == root && fs::remove(dir);
       }},
  };
}

Calls jit_calls(const Built& built) {
  return {
      {"extract_factory_function", [&built] { return makes_three(built); }},
      {"jit", [&built] { return translates_an_object(built) && uses_roles(built); }},
      {"jit_signature",
       [&built] {
         Params other = built.params;
         other.generator["x"] = 1;
         const std::string signature = jit_signature("name", built.params);
         return signature.starts_with("name_") && signature == jit_signature("name", built.params) &&
                signature != jit_signature("name", other);
       }},
  };
}

Calls dijitso_calls(const Built& built) {
  return {
      {"extract_factory_function", [&built] { return makes_three(built); }},
      {"jit", [&built] { return value(dijitso::jit("m", built.params, never)) == 7; }},
      {"set_log_level",
       [] {
         const log::Level before = log::get_logger().level();
         dijitso::set_log_level("error");
         const bool set = log::get_logger().level() == log::Level::error;
         dijitso::set_log_level(before);
         return set;
       }},
      {"validate_params", [] { return dijitso::validate_params({{"build", {{"debug", true}}}}).build.debug; }},
  };
}

}  // namespace dijitso::testing

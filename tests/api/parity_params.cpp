// The functions of the modules `params`, `signatures` and `log`.
#include "parity.h"

#include <dijitso/log.h>
#include <dijitso/signatures.h>

namespace dijitso::testing {
namespace {

using Words = std::vector<std::string>;

bool refuses_unknown_name() {
  try {
    params::check_params_keys(params::default_params(), {{"build", {{"cxx_flags", Words{}}}}});
  } catch (const InvalidArgument& error) {
    return std::string(error.what()).find("cxxflags") != std::string::npos;
  }
  return false;
}

// What a handler hears of a message that passes the level, and of one that does not.
Words heard_by_handler() {
  Words heard;
  const log::Handler before = log::get_log_handler();
  log::set_log_handler([&heard](log::Level, std::string_view message) { heard.emplace_back(message); });
  log::get_logger().warning("100%");
  log::get_logger().debug("not this");
  log::set_log_handler(before);
  return heard;
}

}  // namespace

Calls params_calls() {
  using namespace dijitso::params;
  return {
      {"as_bool", [] { return as_bool("Yes") && as_bool(true) && !as_bool("off"); }},
      {"as_str_tuple", [] { return as_str_tuple("-g") == Words{"-g"} && as_str_tuple({"a", "b"}) == Words{"a", "b"}; }},
      {"check_params_keys",
       [] { return check_params_keys(default_params(), {{"build", {}}}), refuses_unknown_name(); }},
      {"copy_params",
       [] { return copy_params({{"build", {{"debug", true}}}}).at("build").at("debug") == Value(true); }},
      {"default_build_params", [] { return default_build_params().at("debug") == Value(false); }},
      {"default_cache_params", [] { return default_cache_params().at("src_storage") == Value("compress"); }},
      {"default_cxx_compiler", [] { return !default_cxx_compiler().empty(); }},
      {"default_cxx_debug_flags", [] { return default_cxx_debug_flags() == Words{"-g", "-O0"}; }},
      {"default_cxx_flags", [] { return default_cxx_flags() == Words{"-Wall", "-shared", "-fPIC", "-std=c++11"}; }},
      {"default_cxx_release_flags", [] { return default_cxx_release_flags().at(0) == "-O3"; }},
      {"default_generator_params", [] { return default_generator_params().empty(); }},
      {"default_params",
       [] {
         return default_params() == ParamsDict{{"build", default_build_params()},
                                               {"cache", default_cache_params()},
                                               {"generator", default_generator_params()}};
       }},
      {"discover_config_filename",
       [] {
         const auto file = discover_config_filename();
         return !file || fs::exists(*file);
       }},
      {"merge_params",
       [] {
         const ParamsDict merged = merge_params(default_params(), {{"build", {{"debug", true}, {"libs", {}}}}});
         return merged.at("build").at("debug") == Value(true) && merged.at("build").at("libs") == Value(Words{});
       }},
      {"read_config_file", [] { return read_config_file().empty() == !discover_config_filename(); }},
      {"session_default_params", [] { return session_default_params() == validate_params({}); }},
      {"validate_params",
       [] { return validate_params({{"cache", {{"cache_dir", "/somewhere"}}}}).cache.cache_dir == "/somewhere"; }},
  };
}

Calls signatures_calls() {
  using namespace dijitso::signatures;
  const ParamDict one = {{"x", 1}};
  return {
      {"canonicalize_params_for_hashing",
       [=] { return canonicalize_params_for_hashing(one) != canonicalize_params_for_hashing(ParamDict{{"x", "1"}}); }},
      {"hash_params",
       [=] {
         return hash_params(one) == hashit(canonicalize_params_for_hashing(one)) &&
                hash_params(one) != hash_params(ParamDict{{"x", 2}});
       }},
      {"hashit", [] { return hashit("text").size() == 40 && hashit("text") != hashit("test"); }},
  };
}

Calls log_calls() {
  using namespace dijitso::log;
  return {
      {"get_log_handler",
       [] {
         const Handler before = get_log_handler();
         set_log_handler([](Level, std::string_view) {});
         const bool set = static_cast<bool>(get_log_handler());
         set_log_handler(before);
         return set;
       }},
      {"get_logger", [] { return &get_logger() == &get_logger() && get_logger().level() == Level::warning; }},
      {"set_log_handler", [] { return heard_by_handler() == Words{"100%"}; }},
      {"set_log_level",
       [] {
         const Level before = get_logger().level();
         set_log_level(Level::error);
         const bool silent = heard_by_handler().empty();
         set_log_level("debug");
         const bool all = heard_by_handler().size() == 2;
         set_log_level(25);
         const bool some = heard_by_handler().size() == 1;
         set_log_level(before);
         return silent && all && some;
       }},
  };
}

}  // namespace dijitso::testing

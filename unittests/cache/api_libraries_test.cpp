#include "unittests/cache/store_fixture.h"
#include "unittests/support/sample_library.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

struct Libraries : CachePlace {
  Libraries() {
    write_library(lib("base"), {});
    write_library(lib("top"),
                  {{"libdijitso-base.so", "libdijitso-gone.so", "libc.so.6", "libabsent_1.so"}, "", "$ORIGIN"});
  }
  std::string lib(const std::string& name) const { return create_lib_filename(name, params); }
};

}  // namespace

TEST_CASE("dependencies within the cache", "[api_libraries]") {
  const Libraries cache;
  const auto found = get_dijitso_dependencies(cache.lib("top"), cache.params);
  REQUIRE(found.size() == 2);
  CHECK(fs::equivalent(found.at("libdijitso-base.so"), cache.lib("base")));
  CHECK(found.at("libdijitso-gone.so").empty());
  CHECK(get_dijitso_dependencies(cache.lib("base"), cache.params).empty());
  CHECK_THROWS_AS(get_dijitso_dependencies(cache.lib("gone"), cache.params), Error);
}

TEST_CASE("why a library cannot be loaded", "[api_libraries]") {
  const Libraries cache;
  const Error error("the loader's message");
  const std::string text = analyse_load_error(error, cache.lib("top"), cache.params);
  CHECK_THAT(text, Catch::Contains("the loader's message") && Catch::Contains(cache.lib("top")));
  CHECK_THAT(text, Catch::Contains("build the module 'gone' again"));
  CHECK_THAT(text, Catch::Contains("'libabsent_1.so', which is not found: install it"));
  CHECK_THAT(text, !Catch::Contains("libdijitso-base") && !Catch::Contains("libc.so.6"));

  CHECK_THAT(analyse_load_error(error, cache.lib("base"), cache.params), Catch::Contains("All libraries"));
  CHECK_THAT(analyse_load_error(error, cache.lib("gone"), cache.params), Catch::Contains("No such file"));
  write_text(cache / "text", "text");
  CHECK_THAT(analyse_load_error(error, cache / "text", cache.params), Catch::Contains("not a 64-bit ELF"));
}

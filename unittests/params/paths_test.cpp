#include "params/paths.h"

#include "surroundings.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <pwd.h>

using namespace dijitso::params;
using surroundings::CurrentDirectory;
using surroundings::EmptyUser;
using surroundings::TemporaryDirectory;
using surroundings::Variable;

TEST_CASE("the home directory is $HOME, else that of the user database", "[params]") {
  {
    const Variable home("HOME", "/some/home");
    CHECK(home_directory() == "/some/home");
  }
  const passwd* user = getpwuid(geteuid());
  const std::string expected = user && user->pw_dir && *user->pw_dir ? user->pw_dir : "/";
  for (const auto& value : {std::optional<std::string>(), std::optional<std::string>("")}) {
    const Variable home("HOME", value);
    CHECK(home_directory() == expected);
  }
}

TEST_CASE("the tilde, alone and before a user, becomes a home directory", "[params]") {
  const Variable home("HOME", "/some/home");
  CHECK(expand_home("~") == "/some/home");
  CHECK(expand_home("~/a/~b") == "/some/home/a/~b");
  CHECK(expand_home("a/~") == "a/~");
  CHECK(expand_home("").empty());
  CHECK(expand_home("~no-such-user-here/x") == "~no-such-user-here/x");
  const passwd* root = getpwnam("root");
  REQUIRE(root);
  CHECK(expand_home("~root/x") == std::string(root->pw_dir) + "/x");
}

TEST_CASE("an absolute path has no empty and no . parts, and keeps ..", "[params]") {
  const TemporaryDirectory here;
  const CurrentDirectory in(here.path());
  CHECK(absolute_path("a/./b//c/") == here.path("a/b/c"));
  CHECK(absolute_path(".") == here.path());
  CHECK(absolute_path("//x/.") == "/x");
  CHECK(absolute_path("/a/../b") == "/a/../b");
  CHECK(absolute_path("/") == "/");
}

TEST_CASE("a relative path in a removed current directory is refused, an absolute one is not", "[params]") {
  const TemporaryDirectory parent;
  std::filesystem::create_directory(parent.path("gone"));
  const CurrentDirectory in(parent.path());
  const CurrentDirectory inner(parent.path("gone"));
  std::filesystem::remove(parent.path("gone"));
  CHECK_THROWS_WITH(absolute_path("a"), Catch::Contains("'a' is relative") && Catch::Contains("starts with '/'"));
  CHECK_THROWS_AS(absolute_path("a"), dijitso::InvalidArgument);
  CHECK(absolute_path("/a") == "/a");
  std::filesystem::create_directory(parent.path("gone"));
}

TEST_CASE("the default cache directory follows the active environment when it exists", "[params]") {
  const EmptyUser user;
  CHECK(default_cache_dir() == user.home + "/.cache/dijitso");
  const TemporaryDirectory conda;
  const Variable conda_prefix("CONDA_PREFIX", conda.path());
  CHECK(default_cache_dir() == conda.path(".cache/dijitso"));
  const TemporaryDirectory venv;
  {
    const Variable virtual_env("VIRTUAL_ENV", venv.path());
    CHECK(default_cache_dir() == venv.path(".cache/dijitso"));
  }
  for (const std::string& unusable : {venv.path("absent"), venv.write("file", ""), std::string()}) {
    const Variable virtual_env("VIRTUAL_ENV", unusable);
    CHECK(default_cache_dir() == conda.path(".cache/dijitso"));
  }
}

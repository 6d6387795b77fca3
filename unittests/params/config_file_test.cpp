#include "params/config_file.h"

#include "surroundings.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::params;
using Catch::Contains;
using surroundings::EmptyUser;
using surroundings::LogCapture;
using surroundings::Variable;
namespace fs = std::filesystem;

namespace {

ParamsDict values_of(std::string_view text) { return parse_config(text, "F").values; }

std::string error_of(std::string_view text) {
  try {
    parse_config(text, "F");
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "(none)";
}

}  // namespace

TEST_CASE("sections, both delimiters and all types are read", "[params]") {
  const auto values = values_of(
      "[cache]\n"
      "src_storage = keep\n"
      "enable_build_log: no\n"
      "claim_timeout=5\n"
      "[build]\n"
      "cxxflags_opt = -O1 -g '-DA=b c'\n"
      "cxx : g++  \n"
      "[generator]\n"
      "Quadrature Degree = 3: yes\n"
      "empty =\n");
  CHECK(values == ParamsDict{{"cache", {{"src_storage", "keep"}, {"enable_build_log", false}, {"claim_timeout", 5}}},
                             {"build", {{"cxxflags_opt", {"-O1", "-g", "-DA=b c"}}, {"cxx", "g++"}}},
                             {"generator", {{"Quadrature Degree", "3: yes"}, {"empty", ""}}}});
}

TEST_CASE("comments, blank lines, case and line ends do not matter", "[params]") {
  CHECK(values_of("").empty());
  CHECK(values_of("# a\n   ; b\n\n").empty());
  CHECK(values_of("[cache]").empty());
  CHECK(values_of("\xEF\xBB\xBF# a\r\n[ cache ] ; c\r\n\r\nSRC_Dir = x\r\n") ==
        ParamsDict{{"cache", {{"src_dir", "x"}}}});
  // Only a whole line is a comment.
  CHECK(values_of("[build]\ncxxflags = -DX=1 # ;\n") == ParamsDict{{"build", {{"cxxflags", {"-DX=1", "#", ";"}}}}});
  // No interpolation, and no quotes around single texts.
  CHECK(values_of("[cache]\nlib_prefix = \"%(x)s\"") == ParamsDict{{"cache", {{"lib_prefix", "\"%(x)s\""}}}});
}

TEST_CASE("a deeper line continues the value", "[params]") {
  CHECK(values_of("[build]\n"
                  "cxxflags = -O1\n"
                  "  -g\n"
                  "  # a comment\n"
                  "\n"
                  "\t-DX=y:z\n"
                  "libs =\n"
                  "  m\n") == ParamsDict{{"build", {{"cxxflags", {"-O1", "-g", "-DX=y:z"}}, {"libs", {"m"}}}}});
  CHECK(values_of("[generator]\na = 1\n  [2]\n\n  3\n\n\nb = 4\n") ==
        ParamsDict{{"generator", {{"a", "1\n[2]\n\n3"}, {"b", "4"}}}});
  // The depth is compared with that of the key.
  CHECK(values_of("[build]\n  libs = m\n    c\n  cxx = g++\n") ==
        ParamsDict{{"build", {{"libs", {"m", "c"}}, {"cxx", "g++"}}}});
  // After a section there is nothing to continue.
  CHECK(values_of("[build]\n  cxx = g++\n[cache]\n  src_dir = x\n") ==
        ParamsDict{{"build", {{"cxx", "g++"}}}, {"cache", {{"src_dir", "x"}}}});
}

TEST_CASE("an empty value is an empty list or name part, else not given", "[params]") {
  CHECK(values_of("[build]\ncxxflags_opt =\ndebug =\n[cache]\nlib_prefix:\ncache_dir =\n") ==
        ParamsDict{{"build", {{"cxxflags_opt", std::vector<std::string>{}}, {"debug", Value()}}},
                   {"cache", {{"lib_prefix", ""}, {"cache_dir", Value()}}}});
}

TEST_CASE("errors in the file name it and the line", "[params]") {
  CHECK(error_of("\nsrc_dir = x\n") == "config file 'F' line 2: a section such as [cache] must come first");
  CHECK_THAT(error_of("[cache]\nsrc_dir x\n"), Contains("line 2: expected `key = value`"));
  CHECK_THAT(error_of("[cache]\n= x\n"), Contains("line 2: expected `key = value`"));
  CHECK_THAT(error_of("[cache\n"), Contains("line 1: a section is written [name]"));
  CHECK_THAT(error_of("[cache] x = 1\n"), Contains("line 1: a section is written [name]"));
  CHECK_THAT(error_of("[cache]\n[build]\n[cache]\n"), Contains("line 3: the section [cache] occurs twice"));
  CHECK_THAT(error_of("[cache]\nsrc_dir = a\nSRC_DIR = b\n"), Contains("line 3: 'src_dir' was given before in line 2"));
  CHECK_THAT(error_of(std::string_view("[cache]\nsrc_dir = a\0b\n", 20)), Contains("line 2: a NUL character"));
  CHECK_THAT(error_of("[cach]\nsrc_dir = a\n"), Contains("'cach' (config file 'F' line 2)") && Contains("'cache'"));
  CHECK_THAT(error_of("[DEFAULT]\nsrc_dir = a\n"), Contains("unknown category of parameters 'DEFAULT'"));
  CHECK_THAT(error_of("[build]\ndebgu = on\n"),
             Contains("'build.debgu' (config file 'F' line 2)") && Contains("'build.debug'"));
  CHECK_THAT(error_of("[build]\n\ndebug = maybe\n"),
             Contains("'build.debug' (config file 'F' line 3) must be true or false"));
  CHECK_THAT(error_of("[cache]\nsrc_storage = zip\n"),
             Contains("must be one of keep, delete, compress, not the text 'zip'"));
  CHECK_THAT(error_of("[build]\nlibs = 'm\n"), Contains("not closed"));
}

TEST_CASE("the places are searched in the documented order", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  const std::string in_home = user.root.write("home/.dijitso.conf", "");
  CHECK(discover_config_filename() == in_home);
  const std::string named = user.root.write("conf/.dijitso.conf", "");
  {
    const Variable directory("DIJITSO_CONF", user.root.path("conf"));
    CHECK(discover_config_filename() == named);
  }
  {
    const Variable file("DIJITSO_CONF", user.root.write("my.conf", ""));
    CHECK(discover_config_filename() == user.root.path("my.conf"));
  }
  const Variable directory("DIJITSO_CONF", "~/../conf");
  CHECK(fs::equivalent(discover_config_filename().value(), named));
  const std::string here = user.root.write("work/.dijitso.conf", "");
  CHECK(discover_config_filename() == here);
  CHECK(log.messages().empty());
}

TEST_CASE("DIJITSO_CONF that names nothing gives one warning", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  const std::string in_home = user.root.write("home/.dijitso.conf", "");
  const Variable conf("DIJITSO_CONF", user.root.path("absent"));
  CHECK(discover_config_filename() == in_home);
  CHECK(discover_config_filename() == in_home);
  CHECK(log.messages() == std::vector<std::string>{"the configuration file '" + user.root.path("absent") +
                                                   "' of DIJITSO_CONF is not used: No such file or directory"});
}

TEST_CASE("a file in the current directory that others can write is refused with one warning", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  const std::string here = user.root.write("work/.dijitso.conf", "[build]\ncxx = evil\n");
  const std::string in_home = user.root.write("home/.dijitso.conf", "[build]\ncxx = good\n");
  for (const auto bit : {fs::perms::others_write, fs::perms::group_write}) {
    fs::permissions(here, fs::perms(0600) | bit);
    CHECK(discover_config_filename() == in_home);
    CHECK(load_config_file().values == ParamsDict{{"build", {{"cxx", "good"}}}});
  }
  CHECK(log.messages() == std::vector<std::string>{"the configuration file '" + here +
                                                   "' is not used: other users can write it (remedy: chmod go-w)"});
  fs::permissions(here, fs::perms(0644));
  CHECK(discover_config_filename() == here);
}

TEST_CASE("a file of another user in the current directory is refused", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  const std::string here = user.work + "/.dijitso.conf";
  if (geteuid() == 0) {
    user.root.write("work/.dijitso.conf", "");
    REQUIRE(chown(here.c_str(), 12345, 12345) == 0);
  } else {
    fs::create_symlink("/etc/passwd", here);  // the superuser's
  }
  CHECK(discover_config_filename() != here);
  CHECK(log.messages() ==
        std::vector<std::string>{"the configuration file '" + here + "' is not used: it belongs to another user"});
}

TEST_CASE("in the home directory the rule for the current directory does not matter", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  const surroundings::CurrentDirectory in(user.home);
  fs::permissions(user.root.write("home/.dijitso.conf", ""), fs::perms(0664));
  CHECK(discover_config_filename() == user.home + "/.dijitso.conf");
  CHECK(log.messages().empty());
}

TEST_CASE("what is not a reasonable file is refused and nobody waits for it", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  fs::create_directory(user.work + "/.dijitso.conf");
  REQUIRE(mkfifo((user.home + "/.dijitso.conf").c_str(), 0600) == 0);
  const std::string large = user.root.write("large", std::string((1 << 20) + 1, '#'));
  const Variable conf("DIJITSO_CONF", large);
  CHECK(load_config_file().values == ParamsDict{});
  CHECK(log.messages() ==
        std::vector<std::string>{
            "the configuration file '" + user.work + "/.dijitso.conf' is not used: it is not a regular file",
            "the configuration file '" + large + "' of DIJITSO_CONF is not used: it is larger than 1 MiB",
            "the configuration file '" + user.home + "/.dijitso.conf' is not used: it is not a regular file"});
}

TEST_CASE("a file that cannot be read is an error that names it", "[params]") {
  const EmptyUser user;
  const Variable conf("DIJITSO_CONF", "/proc/self/mem");  // a regular file whose first byte gives EIO
  CHECK_THROWS_AS(load_config_file(), InvalidArgument);
  CHECK_THROWS_WITH(load_config_file(), "cannot read the configuration file '/proc/self/mem': Input/output error");
}

TEST_CASE("without a file there are no values", "[params]") {
  const EmptyUser user;
  if (!fs::exists("/etc/dijitso/.dijitso.conf")) {
    CHECK(discover_config_filename() == std::nullopt);
    CHECK(load_config_file().path.empty());
    CHECK(read_config_file().empty());
  } else {
    CHECK(discover_config_filename() == "/etc/dijitso/.dijitso.conf");
  }
}

TEST_CASE("the file is read once, but a file with an error again", "[params]") {
  const EmptyUser user;
  user.root.write("home/.dijitso.conf", "[build]\ndebug = maybe\n");
  CHECK_THROWS_AS(read_config_file(), InvalidArgument);
  user.root.write("home/.dijitso.conf", "[build]\ndebug = yes\n");
  CHECK(read_config_file() == ParamsDict{{"build", {{"debug", true}}}});
  user.root.write("home/.dijitso.conf", "[build]\ndebug = no\n");
  CHECK(read_config_file() == ParamsDict{{"build", {{"debug", true}}}});
  forget_config_file();
  CHECK(read_config_file() == ParamsDict{{"build", {{"debug", false}}}});
}

TEST_CASE("a handler may ask for the configuration while it is told about it", "[params]") {
  const EmptyUser user;
  user.root.write("home/.dijitso.conf", "[build]\ndebug = yes\n");
  fs::create_directory(user.work + "/.dijitso.conf");
  ParamsDict seen;
  log::set_log_handler([&](log::Level, std::string_view) { seen = read_config_file(); });
  const auto values = read_config_file();
  log::set_log_handler({});
  CHECK(values == ParamsDict{{"build", {{"debug", true}}}});
  CHECK(seen == values);
}

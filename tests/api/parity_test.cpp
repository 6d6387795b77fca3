// Every documented function of the modules `system` and `cache` exists under its name and does its work with real
// arguments, through the public headers alone. The list is a file, so that a function that is missing here is noticed.
#include "tests/support/modules.h"

#include <dijitso/cache.h>
#include <dijitso/system.h>

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <sstream>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

using Names = std::vector<std::string>;
using Call = std::function<bool()>;

std::set<std::string> documented() {
  std::istringstream lines(read_text(DOCUMENTED_FUNCTIONS));
  std::set<std::string> names;
  std::string module, function, rest;
  while (std::getline(lines, module, '\t') && std::getline(lines, function, '\t') && std::getline(lines, rest))
    names.insert(module + "." + function);
  return names;
}

std::map<std::string, Call> system_calls(const Scratch& scratch) {
  using namespace dijitso::system;
  const auto name = [&scratch](const char* file) { return (scratch / file).string(); };
  const auto file = [name](const char* file, const char* content) {
    write_text(name(file), content);
    return name(file);
  };
  return {
      {"get_status_output", [] { return get_status_output("echo hello") == StatusOutput{0, "hello\n"}; }},
      {"gunzip_file", [=] { return gunzip_file(gzip_file(file("g", "x"))) == name("g"); }},
      {"gzip_file", [=] { return gzip_file(file("z", "x")) == name("z.gz") && fs::exists(name("z")); }},
      {"ldd", [] { return !ldd("/proc/self/exe").at("libc.so.6").empty(); }},
      {"lockfree_move_file",
       [=] { return lockfree_move_file(file("l", "1"), name("m")), read_text(name("m")) == "1"; }},
      {"make_dirs", [=] { return make_dirs(name("d/e")), fs::is_directory(name("d/e")); }},
      {"make_executable", [=] { return make_executable(file("s", "")), ::access(name("s").c_str(), X_OK) == 0; }},
      {"move_file", [=] { return move_file(file("a", "2"), name("b")), read_text(name("b")) == "2"; }},
      {"read_textfile", [=] { return read_textfile(file("t", "text")) == "text"; }},
      {"rename_file", [=] { return rename_file(file("c", "3"), name("r")), read_text(name("r")) == "3"; }},
      {"store_textfile", [=] { return store_textfile(name("u"), "v"), read_text(name("u")) == "v"; }},
      {"try_copy_file", [=] { return try_copy_file(file("e", "4"), name("f")), read_text(name("f")) == "4"; }},
      {"try_delete_file", [=] { return try_delete_file(file("h", "")), !fs::exists(name("h")); }},
      {"try_rename_file", [=] { return try_rename_file(name("none"), name("i")), !fs::exists(name("i")); }},
  };
}

// One module, built by jit; the functions see what jit left in the cache.
struct Built : Place {
  Built() { jit("m", params, gives("extern \"C\" int value() { return 7; }\n", "int value();\n")); }
  const CacheParams& cache_params = params.cache;
};

std::map<std::string, Call> cache_calls(const Built& built) {
  using namespace dijitso::cache;
  const CacheParams& p = built.cache_params;
  const std::string root = built.cache;
  const auto is_dir = [root](const std::string& dir, const char* expected) {
    return dir == root + expected && fs::is_directory(dir);
  };
  return {
      {"analyse_load_error",
       [&p, root] {
         const std::string text = analyse_load_error(Error("why"), root + "/none.so", p);
         return text.find("why") != text.npos && text.find("No such file") != text.npos;
       }},
      {"check_cache_integrity", [&p] { return check_cache_integrity(p).empty(); }},
      {"clean_cache", [&p] { return clean_cache(p).at("obj").size() == 1 && load_library("m", p); }},
      {"compress_source_code",
       [&p] {
         const std::string file = store_src("c", "source", p);
         return compress_source_code(file, p) == file + ".gz" && fs::remove(file + ".gz");
       }},
      {"create_fail_dir_path", [&p] { return create_fail_dir_path("m", p) == *p.fail_dir_root + "/jitfailure-m"; }},
      {"create_inc_basename", [&p] { return create_inc_basename("m", p) == "m.h"; }},
      {"create_inc_filename", [&p, root] { return create_inc_filename("m", p) == root + "/include/m.h"; }},
      {"create_lib_basename", [&p] { return create_lib_basename("m", p) == "libdijitso-m.so"; }},
      {"create_lib_filename", [&p, root] { return create_lib_filename("m", p) == root + "/lib/libdijitso-m.so"; }},
      {"create_libname", [&p] { return create_libname("m", p) == "dijitso-m"; }},
      {"create_log_filename", [&p, root] { return create_log_filename("m", p) == root + "/log/m.txt"; }},
      {"create_src_basename", [&p] { return create_src_basename("m", p) == "m.cpp"; }},
      {"create_src_filename", [&p, root] { return create_src_filename("m", p) == root + "/src/m.cpp"; }},
      {"ensure_dirs", [&p, root] { return ensure_dirs(p), fs::is_directory(root + "/lib"); }},
      {"extract_files",
       [&built, &p] { return extract_files("m", p, "x", built.scratch / "out").at(0) == built.scratch / "out/x-m.h"; }},
      {"extract_function", [] { return extract_function({"int f()", "{", "}", "int g;"}) == "int f()\n{\n}\n"; }},
      {"extract_lib_signatures", [&p] { return extract_lib_signatures(p).empty(); }},
      {"get_dijitso_dependencies", [&p] { return get_dijitso_dependencies("/proc/self/exe", p).empty(); }},
      {"glob_cache", [&p, root] { return glob_cache(p).at("src") == Names{root + "/src/m.cpp.gz"}; }},
      {"grep_cache", [&p] { return grep_cache("return [0-9]+", p, true, false, "m").size() == 1; }},
      {"load_library", [&p] { return value(*load_library("m", p)) == 7 && !load_library("none", p); }},
      {"lookup_lib", [&p] { return value(*lookup_lib("m", p)) == 7 && !lookup_lib("none", p); }},
      {"make_inc_dir", [&p, is_dir] { return is_dir(make_inc_dir(p), "/include"); }},
      {"make_lib_dir", [&p, is_dir] { return is_dir(make_lib_dir(p), "/lib"); }},
      {"make_log_dir", [&p, is_dir] { return is_dir(make_log_dir(p), "/log"); }},
      {"make_src_dir", [&p, is_dir] { return is_dir(make_src_dir(p), "/src"); }},
      {"read_inc", [&p] { return read_inc("m", p) == "int value();\n"; }},
      {"read_library_binary",
       [&p] { return read_library_binary(write_library_binary({1, 2}, "b", p)) == std::vector<std::uint8_t>{1, 2}; }},
      {"read_log", [&p] { return read_log("m", p)->find("-c") != std::string::npos; }},
      {"read_src", [&p] { return read_src("m", p) == "extern \"C\" int value() { return 7; }\n"; }},
      {"report_cache_integrity",
       [] {
         std::string said;
         report_cache_integrity({{"file", {"reason"}}}, [&](const std::string& line) { said += line; });
         return said == "file: reason";
       }},
      {"store_inc", [&p] { return read_text(store_inc("i", "text", p)) == "text"; }},
      {"store_log", [&p] { return read_text(store_log("i", "text", p)) == "text"; }},
      {"store_src", [&p] { return read_text(store_src("i", "text", p)) == "text"; }},
      {"write_library_binary", [&p] { return read_text(write_library_binary({65}, "w", p)) == "A"; }},
  };
}

}  // namespace

TEST_CASE("every documented function of system and cache is called") {
  const Scratch scratch;
  const Built built;
  std::set<std::string> called;
  const auto call_all = [&](const std::string& module, const std::map<std::string, Call>& calls) {
    for (const auto& [name, call] : calls) {
      INFO(module << "." << name);
      CHECK(call());
      called.insert(module + "." + name);
    }
  };
  call_all("system", system_calls(scratch));
  call_all("cache", cache_calls(built));
  CHECK(called == documented());
  CHECK(called.size() == 14 + 35);
}

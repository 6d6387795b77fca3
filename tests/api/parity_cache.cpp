// The functions of the module `cache`.
#include "parity.h"

#include <dijitso/cache.h>

namespace dijitso::testing {

Calls cache_calls(const Built& built) {
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
      {"glob_cache",
       [&p, root] { return glob_cache(p).at("src") == std::vector<std::string>{root + "/src/m.cpp.gz"}; }},
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

}  // namespace dijitso::testing

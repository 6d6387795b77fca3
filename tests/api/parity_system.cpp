// The functions of the module `system`.
#include "parity.h"

#include <dijitso/system.h>

namespace dijitso::testing {

Calls system_calls(const Scratch& scratch) {
  using namespace dijitso::system;
  const auto name = [&scratch](const char* of_file) { return (scratch / of_file).string(); };
  const auto file = [name](const char* called, const char* content) {
    write_text(name(called), content);
    return name(called);
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

}  // namespace dijitso::testing

#include "compile/driver/toolchain_files.h"

#include "requests.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

using Paths = std::vector<std::string>;

bool has(const Paths& list, const std::string& path) { return std::find(list.begin(), list.end(), path) != list.end(); }

Paths paths_of(const CompileResult& result) {
  Paths paths;
  for (const HeaderRead& header : result.files) paths.push_back(header.path);
  return paths;
}

}  // namespace

TEST_CASE("headers of the toolchain are told from others") {
  const Paths arguments = {"-isystem",
                           "/opt/mine",
                           "-internal-isystem",
                           "/usr/lib/gcc/x/12/../../../include/c++/12",
                           "-internal-isystem",
                           "/usr/local/include",
                           "-internal-externc-isystem",
                           "/usr/include"};
  const Paths outside = outside_toolchain(
      Paths{"/usr/lib/include/c++/12/vector", "/opt/mine/b.h", "/opt/mine/../mine/a.h", "/opt/mine/a.h",
            "/usr/include/stdio.h", "/usr/include/bits/types.h", "/usr/include/boost/any.hpp", "/usr/local/include/x.h",
            "/dijitso/module.h", "/usr/include/linux/limits.h", "/usr/lib/include/c++/12x/vector",
            "/usr/lib/include/c++/12/x86/bits/c++config.h"},
      Translation{arguments, {}, toolchain_dirs(arguments)});
  CHECK(outside == Paths{"/opt/mine/a.h", "/opt/mine/b.h", "/usr/include/boost/any.hpp", "/usr/include/stdio.h",
                         "/usr/lib/include/c++/12/x86/bits/c++config.h", "/usr/lib/include/c++/12x/vector",
                         "/usr/local/include/x.h"});
}

TEST_CASE("a compile lists the headers outside the toolchain, absolute and sorted") {
  const Scratch scratch;
  fs::create_directories(scratch / "sub");
  write_text(scratch / "b.h", "#include \"sub/a.h\"\n");
  write_text(scratch / "sub" / "a.h", "#include \"../c.h\"\n");
  write_text(scratch / "c.h", "#include <sub/d.h>\n");
  write_text(scratch / "sub" / "d.h", "#pragma once\n");
  const std::string source =
      "#include <vector>\n#include <stdio.h>\n#include <sys/types.h>\n#include <b.h>\n#include \"module.h\"\n";
  for (const Flags& flags : {Flags{"-I" + scratch.path().string()}, Flags{"-I", scratch.path().string().substr(1)},
                             Flags{"-isystem", scratch.path()}, Flags{"-idirafter", scratch.path()},
                             Flags{"-iquote", scratch.path(), "-I", scratch.path()}}) {
    INFO(flags[0]);
    CompileRequest request = cxx_request(source, flags);
    request.headers = {{"module.h", "int a;"}};
    const CompileResult result = compiler().compile(request);
    INFO(result.diagnostics_text);
    REQUIRE(result.ok);
    const Paths files = paths_of(result);
    for (const char* name : {"b.h", "sub/a.h", "c.h", "sub/d.h"}) {
      INFO(name);
      CHECK(has(files, (fs::canonical(scratch.path()) / name).string()));
    }
    CHECK(has(files, "/usr/include/stdio.h"));
    CHECK(std::is_sorted(files.begin(), files.end()));
    const auto is_release = [](const std::string& file) { return file.ends_with("/bits/c++config.h"); };
    CHECK(std::count_if(files.begin(), files.end(), is_release) == 1);
    for (const std::string& file : files) {
      INFO(file);
      CHECK(fs::path(file).is_absolute());
      if (is_release(file)) continue;
      CHECK(file.find("/bits/") == file.npos);
      CHECK(file.find("/c++/") == file.npos);
      CHECK(file.find("/sys/") == file.npos);
      CHECK(file.find("/dijitso/") != 0);
    }
  }
}

TEST_CASE("headers in directories of the toolchain that flags name are listed") {
  const Scratch scratch;
  for (const char* dir : {"cxx", "root/usr/include", "resource/include"}) fs::create_directories(scratch / dir);
  for (const char* file : {"cxx/a.h", "root/usr/include/a.h", "resource/include/a.h"})
    write_text(scratch / file, "int a;\n");
  const auto listed = [&](const Flags& flags, const std::string& file) {
    const CompileResult result = compile_cxx("#include <a.h>\n", flags);
    INFO(result.diagnostics_text);
    return result.ok && paths_of(result) == Paths{scratch / file};
  };
  CHECK(listed({"-stdlib++-isystem", scratch / "cxx"}, "cxx/a.h"));
  CHECK(listed({"--sysroot=" + (scratch / "root").string()}, "root/usr/include/a.h"));
  CHECK(listed({"-resource-dir", scratch / "resource"}, "resource/include/a.h"));
  CHECK(listed({"-cxx-isystem", scratch / "cxx"}, "cxx/a.h"));
  const CompileResult own = compile_cxx("#include <stddef.h>\n#include <vector>\n", {"-O1", "-I/nowhere"});
  CHECK(paths_of(own).size() < 20);  // the C library's own; of the C++ library one
}

TEST_CASE("relative directories of the environment are those of the request's directory") {
  const Scratch scratch;
  fs::create_directories(scratch / "inc");
  write_text(scratch / "inc" / "a.h", "int a;\n");
  CompileRequest request = cxx_request("#include <a.h>\n");
  for (const char* name : {"CPATH", "CPLUS_INCLUDE_PATH"}) {
    INFO(name);
    const WithVariable variable(name, "inc:/nowhere");
    request.directory = scratch.path();
    CHECK(paths_of(compiler().compile(request)) == Paths{scratch / "inc" / "a.h"});
    request.directory = scratch / "inc";
    CHECK_FALSE(compiler().compile(request).ok);
  }
  const WithVariable variable("CPATH", ":/nowhere");  // an empty name is the directory itself
  CHECK(compiler().compile(request).ok);
}

TEST_CASE("a forced include is listed, and a header that is only looked for is not") {
  const Scratch scratch;
  write_text(scratch / "forced.h", "#define FORCED 1\n");
  const std::string forced = scratch / "forced.h";
  const CompileResult result = compile_cxx(
      "#if FORCED && !__has_include(\"nowhere.h\") && !__has_include_next(\"nowhere.h\")\nint "
      "a;\n#else\n#error\n#endif\n",
      {"-include", forced});
  REQUIRE(result.ok);
  CHECK(paths_of(result) == Paths{forced});
}

TEST_CASE("what was sought in vain is listed, but for the toolchain's directories") {
  const Scratch scratch;
  for (const char* dir : {"first", "second"}) fs::create_directories(scratch / dir);
  write_text(scratch / "second" / "a.h", "#include <cstddef>\n#if __has_include(\"b.h\")\n#error\n#endif\n");
  const CompileResult result =
      compile_cxx("#include <a.h>\n", {"-I" + (scratch / "first").string(), "-I" + (scratch / "second").string(),
                                       "-I" + (scratch / "absent").string()});
  REQUIRE(result.ok);
  const fs::path dir = scratch.path();
  for (const char* name : {"first/a.h", "first/b.h", "second/b.h", "first/cstddef", "absent"}) {
    INFO(name);
    CHECK(has(result.missing, (dir / name).string()));
  }
  CHECK_FALSE(has(result.missing, (dir / "second/a.h").string()));
  CHECK(std::is_sorted(result.missing.begin(), result.missing.end()));
  for (const std::string& path : result.missing) {
    INFO(path);
    CHECK(path.find("/c++/") == path.npos);
    CHECK(path.find("/dijitso/") == path.npos);
  }
}

TEST_CASE("a file that is read by #embed is listed with what was read") {
  const Scratch scratch;
  write_text(scratch / "data.bin", "data");
  const std::string name = scratch / "data.bin";
  const CompileResult result = compile_cxx("extern const char a[] = {\n#embed \"" + name + "\"\n};\n");
  INFO(result.diagnostics_text);
  REQUIRE(result.ok);
  REQUIRE(paths_of(result) == Paths{name});
  CHECK(result.files[0].content == blake3("data"));
}

TEST_CASE("the digest of a header is that of the text that was compiled") {
  const Scratch scratch;
  write_text(scratch / "a.h", "int a;\n");
  CompileRequest request = cxx_request("#include <a.h>\n", {"-I" + scratch.path().string()});
  const CompileResult result = compiler().compile(request);
  REQUIRE(result.files.size() == 1);
  CHECK(result.files[0].content == blake3("int a;\n"));

  request.source += "int b = nowhere;\n";
  const CompileResult failed = compiler().compile(request);
  CHECK_FALSE(failed.ok);
  REQUIRE(failed.files.size() == 1);
  CHECK(failed.files[0].content == blake3("int a;\n"));
}

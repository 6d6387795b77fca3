#include "export/shared_linker.h"

#include "export/linker_messages.h"
#include "unittests/orc/object_maker.h"
#include "unittests/support/scratch.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace dijitso;
using namespace dijitso::exporter;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

SharedLinker& linker() {
  static const std::unique_ptr<std::unique_ptr<SharedLinker>> made(dijitso_export_new_linker());
  return **made;
}

SharedRequest request_for(const SharedBytes& object) {
  SharedRequest request;
  request.name = "module";
  request.object = *object;
  request.soname = "libmodule_test.so";
  return request;
}

LinkFailed failure_of(const SharedRequest& request) {
  try {
    linker().link(request);
  } catch (const LinkFailed& error) {
    return error;
  }
  throw std::runtime_error("it was linked");
}

}  // namespace

TEST_CASE("an object becomes a library that runs, and the same object the same bytes") {
  const auto object = orc_test::compile("extern \"C\" int f() { return 4; }");
  const Bytes library = linker().link(request_for(object));
  CHECK(linker().link(request_for(object)) == library);
  const Scratch scratch;
  write_text(scratch / "f.so", as_text(library));
  void* handle = dlopen((scratch / "f.so").c_str(), RTLD_NOW);
  REQUIRE(handle != nullptr);
  CHECK(reinterpret_cast<int (*)()>(dlsym(handle, "f"))() == 4);
  dlclose(handle);
}

TEST_CASE("a module's own definitions win over those of others") {
  const auto other = orc_test::compile("extern \"C\" int g() { return 1; }");
  const Bytes library = linker().link(request_for(other));
  SharedRequest request =
      request_for(orc_test::compile("extern \"C\" int g() { return 2; } extern \"C\" int f() { return g(); }", "-O0"));
  request.soname = "libmodule_test_2.so";
  request.libraries.push_back({"other", library});
  CHECK_FALSE(linker().link(request).empty());
}

TEST_CASE("missing symbols are told, demangled, with the libraries that were searched") {
  SharedRequest request =
      request_for(orc_test::compile("int g(int); extern \"C\" int h(); int f() { return g(1) + h(); }"));
  request.libraries.push_back({"/lib/x86_64-linux-gnu/libm.so.6"});
  const LinkFailed error = failure_of(request);
  CHECK(error.missing_symbols() == std::vector<std::string>{"g(int)", "h"});
  CHECK_THAT(error.what(), Contains("'module'") && Contains("g(int), h") && Contains("libm.so.6"));
}

TEST_CASE("only Python's symbols may be missing, and only when asked for") {
  const auto python =
      orc_test::compile("extern \"C\" int Py_Something(); extern \"C\" int f() { return Py_Something(); }");
  CHECK(failure_of(request_for(python)).missing_symbols().size() == 1);
  SharedRequest request = request_for(python);
  request.for_python = true;
  CHECK_FALSE(linker().link(request).empty());
  const auto both =
      orc_test::compile("extern \"C\" int Py_Something(), other(); int f() { return Py_Something() + other(); }");
  request = request_for(both);
  request.for_python = true;
  CHECK(failure_of(request).missing_symbols().size() == 2);
}

TEST_CASE("a module for Python is linked with what others define") {
  const auto object = orc_test::compile(
      "extern \"C\" { int Py_Something(); double sqrt(double); int g();"
      "double f(double x) { return Py_Something() + sqrt(x) + g(); } }");
  SharedRequest dependency = request_for(orc_test::compile("extern \"C\" int g() { return 2; }"));
  dependency.soname = "libdependency.so";
  const Bytes library = linker().link(dependency);
  SharedRequest request = request_for(object);
  request.for_python = true;
  CHECK(failure_of(request).missing_symbols().size() == 2);
  request.libraries.push_back({"libdependency.so", library});
  CHECK_FALSE(linker().link(request).empty());
}

TEST_CASE("a module for Python may use what the linker itself defines, and versions of symbols") {
  SharedRequest request = request_for(orc_test::compile(
      "extern \"C\" { int Py_Something(); extern char _DYNAMIC[], __ehdr_start[], __start_ours[], __stop_ours[], "
      "_GLOBAL_OFFSET_TABLE_[]; int chosen(); __attribute__((section(\"ours\"), used)) int x = 1; "
      "__asm__(\".symver chosen, getpid@GLIBC_2.2.5\");"
      "long f() { return Py_Something() + chosen() + (_DYNAMIC - __ehdr_start) + (__stop_ours - __start_ours) + "
      "_GLOBAL_OFFSET_TABLE_[0]; } }"));
  request.for_python = true;
  CHECK_FALSE(linker().link(request).empty());
}

TEST_CASE("the linker says of traced symbols where they are defined") {
  const Scratch scratch;
  const auto object = orc_test::compile("extern \"C\" { double sqrt(double); double f(double x) { return sqrt(x); } }");
  write_text(scratch / "m.o", as_text(*object));
  std::string messages;
  const auto file = linker().link_command({"-shared", "-o", "m.so", "-y", "sqrt", "-y", "f", "-y", "g",
                                           (scratch / "m.o").string(), "/lib/x86_64-linux-gnu/libm.so.6"},
                                          messages);
  CHECK(file);
  CHECK(defined_symbols(messages) == std::set<std::string, std::less<>>{"f", "sqrt"});
}

TEST_CASE("a library that is none is an error with its name") {
  const Scratch scratch;
  write_text(scratch / "text.so", "this is no library");
  SharedRequest request = request_for(orc_test::compile("extern \"C\" int f() { return 4; }"));
  request.libraries.push_back({(scratch / "text.so").string()});
  CHECK_THAT(failure_of(request).what(), Contains("text.so") && Contains("'module'"));
  request.libraries[0].path = (scratch / "absent.so").string();
  CHECK_THAT(failure_of(request).what(), Contains("absent.so"));
  request.libraries.clear();
  CHECK_FALSE(linker().link(request).empty());
}

#ifdef __SANITIZE_ADDRESS__
// What lld had made by then is abandoned. cmake/lsan.supp knows it by functions that frame pointers do not lead to.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "fast_unwind_on_malloc=0";
}
#endif

TEST_CASE("a damaged object makes the linker give up, not the process, and the next link is as good as before") {
  const auto object = orc_test::compile("extern \"C\" int f() { return 4; }");
  const Bytes library = linker().link(request_for(object));
  for (int round = 0; round < 3; ++round) {
    SharedRequest request = request_for(object);
    request.object = ByteView(*object).first(300);
    CHECK_THAT(failure_of(request).what(), Contains("'module'"));
    CHECK(linker().link(request_for(object)) == library);
  }
}

TEST_CASE("links from many threads wait for each other") {
  const auto object = orc_test::compile("extern \"C\" int f() { return 4; }");
  const Bytes library = linker().link(request_for(object));
  std::vector<std::thread> threads;
  std::atomic<int> equal{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) equal += linker().link(request_for(object)) == library;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(equal == 40);
}

TEST_CASE("an object is linked with bare objects and with the members of archives that it needs") {
  const Scratch scratch;
  const auto archive_of = [&](const std::string& source, const std::string& name) {
    write_text(scratch / (name + ".o"), as_text(*orc_test::compile(source)));
    orc_test::run("ar rcs " + (scratch / (name + ".a")).string() + " " + (scratch / (name + ".o")).string());
    const std::string text = read_text(scratch / (name + ".a"));
    return Bytes(text.begin(), text.end());
  };
  const auto object = orc_test::compile("extern \"C\" int g(); extern \"C\" int f() { return g(); }");
  const Bytes used = archive_of("extern \"C\" int h(); extern \"C\" int g() { return h() + 1; }", "used");
  const Bytes unused = archive_of("extern \"C\" int unused() { return 1; }", "unused");
  const auto bare = orc_test::compile("extern \"C\" int h() { return 3; }");
  const Bytes whole =
      linker().link_statically("module", *object, {{"unused.a", unused}, {"used.a", used}, {"bare.o", *bare}});
  SharedRequest request = request_for(object);
  request.object = whole;
  write_text(scratch / "f.so", as_text(linker().link(request)));
  void* handle = dlopen((scratch / "f.so").c_str(), RTLD_NOW);
  REQUIRE(handle != nullptr);
  CHECK(reinterpret_cast<int (*)()>(dlsym(handle, "f"))() == 4);
  CHECK(dlsym(handle, "unused") == nullptr);
  dlclose(handle);
  try {
    linker().link_statically("module", *object, {{"/x/bare.o", *bare}, {"/y/again.o", *bare}});
    FAIL("it was linked");
  } catch (const LinkFailed& error) {
    CHECK_THAT(error.what(), Contains("'module'") && Contains("/x/bare.o") && Contains("/y/again.o"));
  }
}

TEST_CASE("what only static libraries of the compiler and the C library have is linked in") {
  const auto object = orc_test::compile(R"(
    #include <cstdlib>
    #include <pthread.h>
    extern "C" {
      typedef int F();
      int six() { return 6; }
      F* resolver() { return six; }
      int chosen() __attribute__((ifunc("resolver")));
    #if defined(__x86_64__)
      int cpu() { __builtin_cpu_init(); return __builtin_cpu_supports("sse2") ? 1 : 0; }
    #else
      int cpu() { return 1; }
    #endif
      int f() {
        return cpu() + chosen() + std::at_quick_exit([] {}) + pthread_atfork(nullptr, nullptr, [] {});
      }
    })");
  SharedRequest request = request_for(object);
  request.soname = "libmodule_static.so";
  const Scratch scratch;
  write_text(scratch / "f.so", as_text(linker().link(request)));
  void* handle = dlopen((scratch / "f.so").c_str(), RTLD_NOW);
  REQUIRE(handle != nullptr);
  CHECK(reinterpret_cast<int (*)()>(dlsym(handle, "f"))() == 7);
  CHECK(dlsym(handle, "__cpu_model") == dlsym(RTLD_DEFAULT, "__cpu_model"));  // it exports none of its own
  dlclose(handle);
}

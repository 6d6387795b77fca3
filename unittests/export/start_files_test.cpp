#include "export/start_files.h"

#include <catch2/catch.hpp>

using namespace dijitso::exporter;

namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("start files that the driver has not found have no path") {
  CHECK(missing_start_files({"-shared", "crti.o", "/usr/lib/crtbeginS.o", "a.o", "-lc", "crtn.o"}) ==
        Words{"crti.o", "crtn.o"});
  CHECK(missing_start_files({"-shared", "/usr/lib/crti.o", "a.o", "-lc"}).empty());
  CHECK(missing_start_files({"-r", "a.o"}).empty());
}

TEST_CASE("a shared library is linked with other files in their place") {
  CHECK(without_start_files({"-shared", "-o", "x.so", "crti.o", "/usr/lib/crtbeginS.o", "-L/x", "a.o", "-lfoo",
                             "-lstdc++", "-lm", "-lgcc_s", "-lgcc", "-lc", "-lgcc_s", "-lgcc", "crtendS.o", "crtn.o"},
                            {"own.o"}, {"/lib/libc.so.6"}) ==
        Words{"own.o", "-shared", "-o", "x.so", "-L/x", "a.o", "-lfoo", "--as-needed", "/lib/libc.so.6"});
}

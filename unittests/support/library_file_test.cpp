#include "support/library_file.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Matchers::EndsWith;

TEST_CASE("a library is found where the dynamic loader finds it") {
  CHECK_THAT(file_of_library("libz.so.1"), EndsWith("/libz.so.1"));
  CHECK(file_of_library("libno-such-library.so").empty());
}

TEST_CASE("a library that the process has not loaded is none of its own") {
  CHECK_THAT(file_of_loaded_library("libc.so.6"), EndsWith("/libc.so.6"));
  CHECK(file_of_loaded_library("libexpat.so.1").empty());
}

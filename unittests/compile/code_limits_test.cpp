#include "compile/limits/code_limits.h"

#include "requests.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::string refusal(const std::string& text) {
  std::uint64_t bytes = 0;
  return reason_to_refuse_assembly(text, bytes);
}

std::string assembling(const std::string& text) { return "__asm__(\"" + text + "\");\nint f() { return 1; }\n"; }

std::string says(const CompileResult& result) { return result.ok ? "" : result.diagnostics_text; }

}  // namespace

TEST_CASE("ordinary inline assembly is assembled") {
  for (const char* text :
       {"", "nop", "\t.globl f\n\t.type f,@function\nf:\n\t.size f, .-f", ".p2align 4,,15", ".balign 16 # a comment",
        ".space 1024; nop", ".fill 8, 1, 0x90", ".rept 4\nnop\n.endr", ".include_not_a_directive", "a.include"}) {
    INFO(text);
    CHECK(refusal(text).empty());
  }
}

TEST_CASE("inline assembly that reads files or has no end is refused") {
  for (const char* text : {".incbin \"file\"", "nop; .INCBIN \"file\"", "\t.include \"file\""}) {
    INFO(text);
    CHECK_THAT(refusal(text), Contains("cache cannot watch"));
  }
  CHECK_THAT(refusal(".macro a b\n.inc\\b \"file\"\n.endm\na bin"), Contains("macros"));
  CHECK_THAT(refusal(".irpc x,ab\n.endr"), Contains("macros"));
  for (const char* text : {".space 1<<40", ".skip n", ".zero 2f-1b", ".rept (4)", ".fill $0"}) {
    INFO(text);
    CHECK_THAT(refusal(text), Contains("plain numbers"));
  }
  for (const char* text : {".space 1073741825", ".zero 0x7fffffffffff", ".zero 0x30000000\n.zero 0x30000000",
                           ".fill 99999999999999999999", ".rept 2000000000\nnop\n.endr"}) {
    INFO(text);
    CHECK_FALSE(refusal(text).empty());
  }
}

TEST_CASE("inline assembly that describes debug information is refused") {
  for (const char* text :
       {".file 4294967295 \"a\"", ".file 1 \"a\"", ".cv_filechecksumoffset 1", ".CV_def_range a b"}) {
    INFO(text);
    CHECK_THAT(refusal(text), Contains("(-g)"));
  }
  CHECK(refusal(".file \"a.c\"").empty());
}

TEST_CASE("a compile with code that could not be assembled or linked fails") {
  const bool quickly = GENERATE(false, true);
  const auto compile = [&](const std::string& source) {
    return quickly ? compiler().compile_quickly(cxx_request(source)).result : compile_cxx(source);
  };
  const Scratch scratch;
  const fs::path fifo = scratch / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(says(compile(assembling(".section .rodata; .space 16; .text"))).empty());
  CHECK_THAT(says(compile(assembling(".incbin \\\"" + fifo.string() + "\\\""))), Contains("'.incbin'"));
  CHECK_THAT(says(compile(assembling(".include \\\"/dev/zero\\\""))), Contains("'.include'"));
  CHECK_THAT(says(compile("void f() { __asm__ volatile(\".rept 1000000000000\\nnop\\n.endr\"); }")),
             Contains("'.rept'"));
  CHECK_THAT(says(compile("char a[1ull << 43] = {1};\n")), Contains("initialised data"));
  CHECK(says(compile("char a[1ull << 43];\n")).empty());
}

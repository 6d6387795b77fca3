// How run_lld() returns, whatever way lld leaves. Another function stands in place of lld's here, and what would end
// the process is noted instead.
#include "export/lld.h"

#include "llvm-config/out_of_memory.h"

#include <lld/Common/CommonLinkerContext.h>
#include <lld/Common/Driver.h>
#include <llvm/Support/raw_ostream.h>
#include <catch2/catch.hpp>

#include <functional>
#include <new>
#include <string>

using dijitso::exporter::run_lld;

LLD_HAS_DRIVER(elf)

// llvm::sys::Process::Exit(int, bool), as lld calls it, and as it is without us.
extern "C" [[noreturn]] void __wrap__ZN4llvm3sys7Process4ExitEib(int code, bool no_cleanup);

namespace {

std::function<bool(llvm::raw_ostream& messages)> what_lld_does;

struct ProcessEnded {
  int code;
};

// Whether the process would end when LLVM says so, and not jump to where a link was.
bool can_end() {
  try {
    __wrap__ZN4llvm3sys7Process4ExitEib(7, false);
  } catch (const ProcessEnded& ended) {
    return ended.code == 7;
  }
  return false;
}

}  // namespace

bool lld::elf::link(llvm::ArrayRef<const char*>, llvm::raw_ostream&, llvm::raw_ostream& messages, bool, bool) {
  return what_lld_does(messages);
}

void lld::CommonLinkerContext::destroy() {}

extern "C" [[noreturn]] void __real__ZN4llvm3sys7Process4ExitEib(int code, bool) { throw ProcessEnded{code}; }

TEST_CASE("a link that succeeds or fails leaves the process as it was") {
  std::string messages;
  for (const bool result : {true, false}) {
    what_lld_does = [=](llvm::raw_ostream&) { return result; };
    CHECK(run_lld({"ld.lld"}, messages) == result);
    CHECK(can_end());
  }
  CHECK(messages.empty());
}

TEST_CASE("where lld would end the process, the link fails with what it has said") {
  std::string messages;
  what_lld_does = [](llvm::raw_ostream& out) -> bool {
    out << "cannot read";
    __wrap__ZN4llvm3sys7Process4ExitEib(1, false);
  };
  CHECK_FALSE(run_lld({"ld.lld"}, messages));
  CHECK(messages == "cannot read");
  CHECK(can_end());
}

#ifdef DIJITSO_STATIC_LLVM
// As when the output cannot be written.
TEST_CASE("what LLVM would end the process for makes the link fail with the reason") {
  dijitso::llvm_config::throw_instead_of_ending();
  std::string messages;
  what_lld_does = [](llvm::raw_ostream&) -> bool { llvm::report_fatal_error("IO failure: no space left"); };
  CHECK_FALSE(run_lld({"ld.lld"}, messages));
  CHECK(messages == "IO failure: no space left\n");
  CHECK(can_end());
}
#endif

TEST_CASE("memory that runs out passes through, and nothing leads back into the link") {
  std::string messages;
  what_lld_does = [](llvm::raw_ostream&) -> bool { throw std::bad_alloc(); };
  CHECK_THROWS_AS(run_lld({"ld.lld"}, messages), std::bad_alloc);
  CHECK(can_end());
}

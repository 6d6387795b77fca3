#include "support/failure.h"

#include <catch2/catch.hpp>

#include <new>

using namespace dijitso;

namespace {

template <class Exception>
void check(const Exception& exception, ErrorKind kind, std::string_view name) {
  const Failure failure = describe(std::make_exception_ptr(exception));
  CHECK(failure.kind == kind);
  CHECK(failure.message == exception.what());
  CHECK(name_of(kind) == name);
  CHECK(kind_of_name(name) == kind);
  try {
    throw_again(failure, "there: ");
  } catch (const Exception& thrown) {
    CHECK(std::string(thrown.what()) == std::string("there: ") + exception.what());
  }
}

}  // namespace

TEST_CASE("a failure is described, named and thrown again with its type", "[failure]") {
  check(InvalidArgument("a"), ErrorKind::invalid_argument, "InvalidArgument");
  check(GenerateFailed("b"), ErrorKind::generate_failed, "GenerateFailed");
  check(CompileFailed("c", {}, {}), ErrorKind::compile_failed, "CompileFailed");
  check(LinkFailed("d"), ErrorKind::link_failed, "LinkFailed");
  check(CacheError("e"), ErrorKind::cache_error, "CacheError");
  check(CommunicationError("f"), ErrorKind::communication_error, "CommunicationError");
  const Failure link = describe(std::make_exception_ptr(LinkFailed("d", {"f()"})));
  CHECK(link.missing_symbols == std::vector<std::string>{"f()"});
  const Failure compile = describe(std::make_exception_ptr(CompileFailed("c", {Diagnostic{"m.cpp", 1}}, {"dir"})));
  CHECK((compile.diagnostics.size() == 1 && compile.files.fail_dir == "dir"));
}

TEST_CASE("what is none of dijitso's is thrown again as GenerateFailed", "[failure]") {
  const Failure failure = describe(std::make_exception_ptr(std::bad_alloc()));
  CHECK(failure.kind == ErrorKind::other);
  CHECK_THROWS_AS(throw_again(failure), GenerateFailed);
  CHECK(describe(std::make_exception_ptr(1)).message == "an exception that is not a std::exception");
  CHECK(name_of(ErrorKind::other) == "GenerateFailed");
  CHECK(kind_of_name("of a later version") == ErrorKind::generate_failed);
}

TEST_CASE("the exception of a function is kept, and nothing of one that returns", "[failure]") {
  CHECK(failure_of([] {}) == nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(failure_of([] { throw CacheError("e"); })), CacheError);
}

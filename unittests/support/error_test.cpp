#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <exception>
#include <type_traits>

using namespace dijitso;

namespace {

// Whether an exception is caught as `Caught` with its text.
template <class Caught, class Thrown>
bool is_caught_as(const Thrown& exception) {
  try {
    throw exception;
  } catch (const Caught& caught) {
    return caught.what() == std::string("the text");
  } catch (...) {
    return false;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every exception is an Error and keeps its text", "[error]", InvalidArgument, GenerateFailed,
                   CacheError, CommunicationError) {
  const TestType exception("the text");
  CHECK(is_caught_as<TestType>(exception));
  CHECK(is_caught_as<Error>(exception));
  CHECK(is_caught_as<std::runtime_error>(exception));
  CHECK_FALSE(is_caught_as<LinkFailed>(exception));
}

TEST_CASE("CompileFailed carries diagnostics and files, and can be copied to other threads", "[error]") {
  FailureFiles files;
  files.fail_dir = "/f";
  const CompileFailed original("the text", {{"a.cpp", 3, 7, Severity::error, "no such thing"}}, files);
  const std::exception_ptr shared = std::make_exception_ptr(CompileFailed(original));
  try {
    std::rethrow_exception(shared);
  } catch (const Error& error) {
    const auto& caught = dynamic_cast<const CompileFailed&>(error);
    CHECK(caught.what() == std::string("the text"));
    REQUIRE(caught.diagnostics().size() == 1);
    CHECK(caught.diagnostics()[0].file == "a.cpp");
    CHECK(caught.diagnostics()[0].line == 3);
    CHECK(caught.diagnostics()[0].column == 7);
    CHECK(caught.diagnostics()[0].severity == Severity::error);
    CHECK(caught.diagnostics()[0].message == "no such thing");
    CHECK(caught.files().fail_dir == "/f");
    CHECK(caught.files().log_filename.empty());
  }
  CHECK(is_caught_as<Error>(original));
}

TEST_CASE("LinkFailed carries the missing symbols", "[error]") {
  CHECK(LinkFailed("the text").missing_symbols().empty());
  const LinkFailed exception("the text", {"f(int)", "g()"});
  CHECK(exception.missing_symbols() == std::vector<std::string>{"f(int)", "g()"});
  CHECK(is_caught_as<LinkFailed>(exception));
  CHECK(is_caught_as<Error>(exception));
  CHECK_FALSE(is_caught_as<CompileFailed>(exception));
}

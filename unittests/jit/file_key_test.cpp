// The keys of files that a compiler command names.
#include "jit/request/key.h"
#include "params/surroundings.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace dijitso;
using surroundings::TemporaryCurrentDirectory;

namespace {

using Flags = std::vector<std::string>;

std::vector<Request> file_requests(const compilation::CommandSource& file, const std::string& text, Flags flags) {
  Params params;
  params.build = BuildParams();
  params.build.header_packs = {};
  return make_file_requests(file, text, flags, params);
}

Request file_request(const compilation::CommandSource& file, const std::string& text = "int x;",
                     Flags flags = {"-O2"}) {
  return file_requests(file, text, flags).back();
}

}  // namespace

TEST_CASE("the key of a file has all that can change its object") {
  const TemporaryCurrentDirectory here;
  const Request request = file_request({"src/a b.c", "c", false});
  CHECK_THAT(request.signature, Catch::Matchers::Matches("a_b_[0-9a-f]{32}"));
  CHECK(request.is_c);
  CHECK(request.arguments == Flags{"-O2"});
  CHECK(request.directory == std::filesystem::current_path());
  CHECK(request.text == file_request({"src/a b.c", "c", false}).text);
  for (const Request& other :
       {file_request({"./src/a b.c", "c", false}), file_request({"src/a b.c", "c++", false}),
        file_request({"src/a b.c", "c", true}), file_request({"src/a b.c", "c", false}, "int x; "),
        file_request({"src/a b.c", "c", false}, "int x;", {"-O1"}),
        file_request({"src/a b.c", "c", false}, "int x;", {"-O2", "-march=native"})}) {
    CHECK(other.text != request.text);
    CHECK(other.signature != request.signature);
  }
  std::filesystem::create_directory("other");
  std::filesystem::current_path("other");
  CHECK(file_request({"src/a b.c", "c", false}).text != request.text);
}

TEST_CASE("a file has a key for all directories, unless its flags name this one") {
  const TemporaryCurrentDirectory here;
  const std::vector<Request> requests = file_requests({"a.c", "c", false}, "int x;", {"-O2"});
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].directory == requests[1].directory);
  CHECK(requests[0].text != requests[1].text);
  CHECK(requests[0].signature != requests[1].signature);
  CHECK(file_requests({"a.c", "c", false}, "int x;", {"-O2", "-g"}).size() == 1);
  std::filesystem::create_directory("other");
  std::filesystem::current_path("other");
  const std::vector<Request> elsewhere = file_requests({"a.c", "c", false}, "int x;", {"-O2"});
  CHECK(elsewhere[0].text == requests[0].text);
  CHECK(elsewhere[1].text != requests[1].text);
}

#include "jit/peers/exchange.h"

#include "cache/sample_entry.h"
#include "support/hash.h"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace dijitso;
using Catch::Contains;

namespace {

SharedBytes entry(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return std::make_shared<const Bytes>(bytes.begin(), bytes.end());
}

std::string text_of(const Bytes& bytes) { return std::string(as_text(bytes)); }

SentEntries entries_in(const Bytes& message) { return std::get<SentEntries>(decode_message(message)); }

template <class Exception>
Failure failure_after(const Exception& exception) {
  return std::get<Failure>(decode_message(encode_failure(std::make_exception_ptr(exception))));
}

// The text with which it is thrown again as what it was.
template <class Exception>
std::string rethrown(const Exception& exception) {
  try {
    throw_again(failure_after(exception), "there: ");
  } catch (const Exception& error) {
    return error.what();
  }
}

// What decoding says of a message that is damaged; "" when it says nothing.
std::string fault_of(ByteView message) {
  try {
    decode_message(message);
  } catch (const CommunicationError& error) {
    return error.what();
  }
  return "";
}

// A message with these bytes after the magic and a digest that agrees.
Bytes sealed(std::initializer_list<std::uint8_t> body) {
  Bytes message = *entry("DIJITSOX");
  message.insert(message.end(), body);
  const Digest digest = blake3(message);
  message.insert(message.end(), digest.bytes.begin(), digest.bytes.end());
  return message;
}

// Two modules, of which "top" depends on "base".
struct Modules {
  cache::Entry base = testing::sample_entry(), top = base;
  Request request;
  Digest loaded;

  Modules() {
    base.signature = "base";
    base.dependencies.clear();
    top.signature = request.signature = "top";
    request.text = top.request;
    top.dependencies = {{"base", blake3("request"), base.build, base.identity()}};
  }

  // What checking says of these entries; "" when it says nothing.
  std::string fault_of(const std::vector<cache::Entry>& entries) const {
    SentEntries sent;
    for (const cache::Entry& entry : entries) sent.push_back(cache::encode(entry, testing::sample_object()));
    return fault_of_sent(sent);
  }
  std::string fault_of_sent(const SentEntries& sent) const {
    try {
      checked_modules(sent, request, [this](const cache::Dependency& needed) { return needed.identity == loaded; });
    } catch (const CommunicationError& error) {
      return error.what();
    }
    return "";
  }
};

}  // namespace

TEST_CASE("entries arrive as they were sent, in their order") {
  const SentEntries got = entries_in(encode_entries({entry("first"), entry(""), entry(std::string_view("a\0b", 3))}));
  REQUIRE(got.size() == 3);
  CHECK(text_of(got[0]) == "first");
  CHECK(got[1].empty());
  CHECK(text_of(got[2]) == std::string("a\0b", 3));
}

TEST_CASE("large entries arrive") {
  const std::string large(5'000'000, 'x');
  CHECK(text_of(entries_in(encode_entries({entry(large)}))[0]) == large);
}

TEST_CASE("a failure arrives as what it was") {
  CHECK(failure_after(InvalidArgument("a")).kind == ErrorKind::invalid_argument);
  CHECK(failure_after(GenerateFailed("a")).kind == ErrorKind::generate_failed);
  CHECK(failure_after(CacheError("a")).kind == ErrorKind::cache_error);
  CHECK(failure_after(CommunicationError("a")).kind == ErrorKind::communication_error);
  CHECK(failure_after(LinkFailed("a", {"f(int)"})).missing_symbols == std::vector<std::string>{"f(int)"});
  CHECK(failure_after(std::runtime_error("by the user")).message == "by the user");
  CHECK(failure_after(std::runtime_error("by the user")).kind == ErrorKind::generate_failed);
  CHECK(failure_after(std::runtime_error("")).message == "");
  CHECK(failure_after(std::runtime_error("not UTF-8: \xff")).message == "not UTF-8: \xEF\xBF\xBD");
  CHECK_THAT(failure_after(42).message, Contains("not a std::exception"));

  const Diagnostic diagnostic{"m.cpp", 1, 2, Severity::warning, "no"};
  const Failure compile =
      failure_after(CompileFailed("m.cpp:1:2: no", {diagnostic}, {"dir", "src", "cmd", "readme", "log"}));
  CHECK((compile.kind == ErrorKind::compile_failed && compile.message == "m.cpp:1:2: no"));
  REQUIRE(compile.diagnostics.size() == 1);
  const Diagnostic& got = compile.diagnostics[0];
  CHECK((got.file == "m.cpp" && got.line == 1 && got.column == 2 && got.severity == Severity::warning));
  CHECK(got.message == "no");
  const FailureFiles& files = compile.files;
  CHECK((files.fail_dir == "dir" && files.src_filename == "src" && files.cmd_filename == "cmd"));
  CHECK((files.readme_filename == "readme" && files.log_filename == "log"));
}

TEST_CASE("a failure with a severity that does not exist is refused") {
  const Diagnostic diagnostic{"m.cpp", 1, 2, static_cast<Severity>(7), "no"};
  CHECK_THROWS_WITH(failure_after(CompileFailed("no", {diagnostic}, {})), Contains("unknown severity"));
}

TEST_CASE("a failure that would make too long a message is cut") {
  const std::string text = "beginning" + std::string(5000, '\x01');
  const Diagnostic diagnostic{"m.cpp", 1, 2, Severity::error, text};
  const auto failure = std::make_exception_ptr(CompileFailed(text, {diagnostic}, {"dir", "", "", "", ""}));
  CHECK(std::get<Failure>(decode_message(encode_failure(failure))).message == text);
  const Bytes message = encode_failure(failure, 1024);
  CHECK(message.size() <= 1024);
  const Failure sent = std::get<Failure>(decode_message(message));
  CHECK((sent.kind == ErrorKind::compile_failed && sent.message.starts_with("beginning") && sent.diagnostics.empty()));
}

TEST_CASE("a failure is thrown again as what it was, with its origin") {
  CHECK(rethrown(InvalidArgument("a")) == "there: a");
  CHECK(rethrown(GenerateFailed("a")) == "there: a");
  CHECK(rethrown(CacheError("a")) == "there: a");
  CHECK(rethrown(CommunicationError("a")) == "there: a");
  CHECK(rethrown(LinkFailed("a")) == "there: a");
  CHECK(rethrown(CompileFailed("a", {}, {})) == "there: a");
  CHECK_THROWS_AS(throw_again(failure_after(std::bad_alloc()), ""), GenerateFailed);
}

TEST_CASE("every changed bit of a message is noticed") {
  for (const Bytes& message : {encode_entries({entry("an entry"), entry("another")}),
                               encode_failure(std::make_exception_ptr(std::runtime_error("text")))}) {
    Bytes damaged = message;
    for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      if (fault_of(damaged).empty()) FAIL("bit " << bit << " of " << 8 * message.size());
      damaged[bit / 8] = message[bit / 8];
    }
    CHECK(fault_of(damaged).empty());
  }
}

TEST_CASE("every truncation and extension of a message is noticed") {
  const Bytes message = encode_entries({entry("an entry"), entry("another")});
  for (std::size_t size = 0; size < message.size(); ++size)
    if (fault_of(ByteView(message).first(size)).empty()) FAIL("the first " << size << " bytes");
  Bytes longer = message;
  longer.push_back(0);
  CHECK_THAT(fault_of(longer), Contains("damaged"));
}

TEST_CASE("what is no message is told apart from a damaged one") {
  CHECK_THAT(fault_of({}), Contains("has only 0 bytes"));
  CHECK_THAT(fault_of(*entry("garbage")), Contains("has only 7 bytes"));
  CHECK_THAT(fault_of(*entry(std::string(1000, 'g'))), Contains("of 1000 bytes") && Contains("damaged"));
}

TEST_CASE("a well sealed message with senseless contents is refused") {
  CHECK_THAT(fault_of(sealed({9})), Contains("unknown kind"));
  CHECK_THAT(fault_of(sealed({0})), Contains("unknown kind"));
  CHECK_THAT(fault_of(sealed({1})), Contains("ends too early"));
  CHECK_THAT(fault_of(sealed({2})), Contains("describes a failure in an unknown form"));
  CHECK_THAT(fault_of(sealed({2, '{', '}'})), Contains("describes a failure in an unknown form"));
  CHECK_THAT(fault_of(sealed({1, 0, 0, 0, 0, 0, 0, 0, 0})), Contains("holds no entries"));
  CHECK_THAT(fault_of(sealed({1, 1, 0, 0, 0, 0, 0, 0, 0})), Contains("ends too early"));
  const std::uint8_t all = 0xff;
  CHECK_THAT(fault_of(sealed({1, all, all, all, all, all, all, all, all})), Contains("ends too early"));
  CHECK_THAT(fault_of(sealed({1, 1, 0, 0, 0, 0, 0, 0, 0, all, all, all, all, all, all, all, all})),
             Contains("ends too early"));
  CHECK_THAT(fault_of(sealed({1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'e', 'x'})),
             Contains("longer than its entries"));
  CHECK(entries_in(sealed({1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'e'})).size() == 1);
}

TEST_CASE("the modules of a message are those asked for, with all they depend on before them") {
  Modules modules;
  CHECK(modules.fault_of({modules.base, modules.top}) == "");
  CHECK_THAT(modules.fault_of({modules.top}), Contains("'top' without 'base'"));
  CHECK_THAT(modules.fault_of({modules.top, modules.base}), Contains("'top' without 'base'"));
  CHECK_THAT(modules.fault_of({modules.base}), Contains("the builder sent 'base'") && Contains("'top'"));
  modules.loaded = modules.base.identity();
  CHECK(modules.fault_of({modules.top}) == "");
  modules.loaded = blake3("another");
  CHECK_THAT(modules.fault_of({modules.top}), Contains("'top' without 'base'"));
  cache::Entry other = modules.base;
  other.source = blake3("another");
  CHECK_THAT(modules.fault_of({other, modules.top}), Contains("'top' without 'base'"));
  modules.request.text += "more";
  CHECK_THAT(modules.fault_of({modules.base, modules.top}), Contains("other parameters"));
}

TEST_CASE("a module of a message that is damaged or has a name that leads elsewhere is refused") {
  Modules modules;
  Bytes damaged = cache::encode(modules.base, testing::sample_object());
  damaged[70] ^= 1;
  CHECK_THAT(modules.fault_of_sent({damaged}), Contains("damaged module: its digest"));
  for (const char* name : {"", "../base", "/etc/x", "-x", "a\nb"}) {
    cache::Entry named = modules.base;
    named.signature = name;
    CHECK_THAT(modules.fault_of({named, modules.top}), Contains("name that cannot be used"));
  }
}

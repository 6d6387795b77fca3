#include "compile/pch/messages.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using Messages = std::vector<Message>;

namespace {

Message warning(const std::string& file, const std::string& text, Severity severity = Severity::warning) {
  return {{file, 3, 4, severity, "look"}, text};
}

std::string texts(const Messages& messages) {
  std::string all;
  for (const Message& message : messages) all += message.text;
  return all;
}

}  // namespace

TEST_CASE("messages come back from bytes") {
  const Messages messages = {warning("a.h", "a\nb 12 \n"), warning("", "", Severity::note)};
  const std::string bytes = write_messages(messages);
  const auto read = read_messages(bytes);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(write_messages(*read) == bytes);
  CHECK(read->at(0).text == messages[0].text);
  CHECK(read->at(0).diagnostic.file == "a.h");
  CHECK(read->at(0).diagnostic.line == 3);
  CHECK(read->at(1).diagnostic.severity == Severity::note);
  CHECK(read_messages("")->empty());
}

TEST_CASE("bytes that are no messages give none") {
  const std::string bytes = write_messages({warning("a.h", "text")});
  for (std::size_t size = 1; size < bytes.size(); ++size) CHECK_FALSE(read_messages(bytes.substr(0, size)));
  for (const char* wrong : {"x", "1 91 11 10 0 0 ", "1 x1 11 10 0 0 ", "18446744073709551615 1", "-1 1", "1"})
    CHECK_FALSE(read_messages(wrong));
}

TEST_CASE("messages of headers are those in files that the prelude includes") {
  const std::string stack = "In file included from p.h:1:\n";
  const Message header = warning("a.h", stack + "a.h:3:4: warning: look\n");
  const Message note = warning("b.h", stack + "b.h:3:4: note: look\n", Severity::note);
  CHECK(texts(*messages_of_headers({header, note}, "p.h")) == header.text + note.text);
  CHECK(messages_of_headers({}, "p.h")->empty());
  CHECK(messages_of_headers({warning("", "warning: flag\n"), warning("", "note\n", Severity::note)}, "p.h")->empty());
  CHECK(messages_of_headers({warning("<command line>", "<command line>:1\n")}, "p.h")->empty());
  CHECK_FALSE(messages_of_headers({warning("p.h", "p.h:3:4: warning: look\n")}, "p.h"));
  CHECK_FALSE(messages_of_headers({header, warning("p.h", "p.h:3:4: note: look\n", Severity::note)}, "p.h"));
  CHECK_FALSE(messages_of_headers({warning("a.h", "a.h:3:4: look at p.h\n")}, "p.h"));
  CHECK_FALSE(messages_of_headers({warning("a.h", "error\n", Severity::error)}, "p.h"));
}

TEST_CASE("headers are said to be included from where the module includes them") {
  Messages messages = {warning("a.h", "In file included from p.h:2:\nIn file included from a.h:1:\nb.h:1: look\n"),
                       warning("a.h", "In file included from p.h:1:\na.h:1: look\n"),
                       warning("a.h", "In file included from m.cpp:1:\nIn file included from p.h:2:\na.h:1: look\n")};
  include_from(messages, "p.h", {text_of_place("m.cpp", 7), text_of_place("m.cpp", 8) + text_of_place("own.h", 9)});
  CHECK(messages[0].text ==
        "In file included from m.cpp:8:\nIn file included from own.h:9:\nIn file included from a.h:1:\nb.h:1: look\n");
  CHECK(messages[1].text == "In file included from m.cpp:7:\na.h:1: look\n");
  CHECK(messages[2].text == "In file included from m.cpp:8:\nIn file included from own.h:9:\na.h:1: look\n");
}

TEST_CASE("what is said of headers stands behind what is said of flags") {
  const Messages own = {warning("", "1"), warning("<built-in>", "2"), warning("m.cpp", "4"), warning("", "5")};
  CHECK(texts(joined({warning("a.h", "3")}, own)) == "12345");
  CHECK(texts(joined({}, own)) == "1245");
  CHECK(texts(joined({warning("a.h", "3")}, {})) == "3");
}

TEST_CASE("where a file was included from is said once") {
  const std::string stack = "In file included from m.cpp:1:\n", other = "In file included from m.cpp:2:\n";
  const Messages headers = {warning("a.h", other + "1\n"), warning("a.h", stack + "2\n"), warning("a.h", "3\n")};
  CHECK(texts(joined(headers, {warning("a.h", stack + "4\n"), warning("a.h", "5\n")})) ==
        other + "1\n" + stack + "2\n3\n4\n5\n");
  CHECK(texts(joined(headers, {warning("a.h", other + "4\n")})) == other + "1\n" + stack + "2\n3\n" + other + "4\n");
  CHECK(texts(joined({}, {warning("a.h", stack + "4\n")})) == stack + "4\n");
}

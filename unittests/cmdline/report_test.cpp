#include "cmdline/browse/report.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace dijitso;
using namespace dijitso::cmdline;

namespace {

ReportRow row(const std::string& signature, std::vector<std::string> dependencies) {
  ReportRow row;
  row.signature = signature;
  row.dependencies = std::move(dependencies);
  return row;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

int x_of(const std::string& drawing, const std::string& module) {
  const std::string title = "<title>" + module + "</title><rect x=\"";
  return std::stoi(drawing.substr(drawing.find(title) + title.size()));
}

}  // namespace

TEST_CASE("text is escaped for HTML", "[report]") {
  CHECK(escape_html("<a href=\"x\">'&\n\x1b\xc3\xa9") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\\x0a\\x1b\xc3\xa9");
}

TEST_CASE("a module is drawn right of what it depends on", "[report]") {
  const std::string drawing =
      draw_dependencies({row("form", {"element", "map"}), row("element", {"map"}), row("alone", {})});
  CHECK(x_of(drawing, "map") < x_of(drawing, "element"));
  CHECK(x_of(drawing, "element") < x_of(drawing, "form"));
  CHECK(count(drawing, "<path ") == 3);
  CHECK(count(drawing, "<rect ") == 3);  // what has no dependencies is not drawn
}

TEST_CASE("circles and odd names are drawn too", "[report]") {
  const std::string drawing =
      draw_dependencies({row("a", {"b"}), row("b", {"a"}), row("<b>", {"a"}), row("self", {"self"})});
  CHECK(count(drawing, "<rect ") == 4);
  CHECK(count(drawing, "<b>") == 0);
  const std::string name(200, 'n');
  CHECK(count(draw_dependencies({row(name, {"a"})}), name) == 1);  // in the title only
}

TEST_CASE("what is too large is not drawn", "[report]") {
  CHECK(draw_dependencies({}).empty());
  CHECK(draw_dependencies({row("a", {})}).empty());
  std::vector<ReportRow> chain;
  for (int i = 0; i < 149; ++i) chain.push_back(row("m" + std::to_string(i), {"m" + std::to_string(i + 1)}));
  CHECK(count(draw_dependencies(chain), "<rect ") == 150);
  chain.push_back(row("m", {"m0"}));
  CHECK(draw_dependencies(chain).empty());
}

TEST_CASE("a page has so many rows and no more", "[report]") {
  Report report;
  for (int i = 0; i < 2500; ++i) report.rows.push_back(row("m" + std::to_string(i), {}));
  std::ostringstream page;
  write_page(page, report);
  CHECK(count(page.str(), "<tr><td class=\"name\"><details>") == 2000);
  CHECK_THAT(page.str(),
             Catch::Contains("The largest 2000 of 2500.") && Catch::Contains("2500 modules in 2500 variants."));
}

TEST_CASE("the page says where the seconds went", "[report]") {
  Report report;
  report.rows = {row("new", {})};
  report.rows[0].seconds = {0.25, 0.5, 0.125, 0};
  const auto page_of = [&] {
    std::ostringstream page;
    write_page(page, report);
    return page.str();
  };
  CHECK_THAT(page_of(), Catch::Contains("To compile all this took 875.0 ms") &&
                            Catch::Contains("</span>frontend 250.0 ms") &&
                            Catch::Contains("</span>optimiser 500.0 ms") &&
                            Catch::Contains("</span>code generation 125.0 ms") && !Catch::Contains("not told apart"));
  report.rows.push_back(row("old", {}));
  report.rows[1].seconds = {0.25, 0, 0, 0.75};
  CHECK_THAT(page_of(), Catch::Contains("took 1.88 s") && Catch::Contains("</span>frontend 500.0 ms") &&
                            Catch::Contains("</span>optimiser and code generation, not told apart 750.0 ms") &&
                            Catch::Contains(">750.0 ms with optimiser<"));
}

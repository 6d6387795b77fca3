// The page of the command report. The security policy in its head forbids the browser to load anything from elsewhere.
// Tested in tests/cli/report_test.py and unittests/cmdline/report_test.cpp.
#include "cmdline/browse/report.h"
#include "cmdline/browse/usage.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/build_facts.h"

#include <dijitso/cmdline.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace dijitso::cmdline {
namespace {

constexpr std::size_t longest_table = 2000;
constexpr std::size_t slowest_shown = 15;
constexpr std::ptrdiff_t days_shown = 60;

constexpr const char* head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cache of dijitso</title>
<style>
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #667080; --line: #d5dae1; --one: #2f6fb7; --two: #c2702a; --three: #4f8f4a; --four: #8a6fb0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --paper: #15181c; --faint: #98a2b0; --line: #363d47; --one: #6ea8e8; --two: #e09a56; --three: #86c47f; --four: #b9a0dd; }
}
body { margin: 2em auto; max-width: 75em; padding: 0 1em; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25em .8em .25em 0; text-align: left; vertical-align: top; }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
table.sortable th { cursor: pointer; } th[aria-sort=ascending]::after { content: " \25b2"; } th[aria-sort=descending]::after { content: " \25bc"; }
.faint { color: var(--faint); } .name, code { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere; }
.bar { display: flex; height: 1em; } .one { background: var(--one); } .two { background: var(--two); } .three { background: var(--three); } .four { background: var(--four); }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .3em; }
.wide { overflow-x: auto; }
svg path { stroke: var(--faint); fill: none; } svg rect { fill: none; stroke: var(--one); } svg text { fill: var(--ink); font: 12px ui-monospace, monospace; }
</style>
</head>
<body>
)";

// A click on a column title sorts the table by this column, largest first.
constexpr const char* tail = R"(<script>
"use strict";
for (const table of document.querySelectorAll("table.sortable"))
  table.tHead.addEventListener("click", event => {
    const title = event.target.closest("th");
    if (!title) return;
    const down = title.getAttribute("aria-sort") !== "descending";
    for (const other of title.parentNode.cells) other.removeAttribute("aria-sort");
    title.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = row => {
      const cell = row.cells[title.cellIndex];
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort((a, b) => compare(value(a), value(b))));
  });
</script>
</body>
</html>
)";

// Does not depend on the locale.
std::string decimal(double value) {
  std::array<char, 400> text{};
  return {text.data(), std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, 6).ptr};
}

// A table cell that is sorted by this number.
std::string cell(double value, const std::string& shown) {
  return "<td class=\"number\" data-value=\"" + decimal(value) + "\">" + escape_html(shown) + "</td>";
}

std::string name_cell(const std::string& name) { return "<td class=\"name\">" + escape_html(name) + "</td>"; }

// The phases of a compile and their colours; only older entries have the last one.
struct Part {
  double CompileSeconds::* seconds;
  const char *colour, *name;
};
constexpr Part parts[] = {{&CompileSeconds::frontend, "one", "frontend"},
                          {&CompileSeconds::optimiser, "two", "optimiser"},
                          {&CompileSeconds::codegen, "three", "code generation"},
                          {&CompileSeconds::backend, "four", "optimiser and code generation, not told apart"}};

struct Slice {
  const char* colour;
  double value;
};

// A bar of slices; the whole bar takes `share` of the width.
std::string bar(const std::vector<Slice>& slices, double share) {
  double sum = 0;
  for (const Slice& slice : slices) sum += slice.value;
  std::string html = "<div class=\"bar\">";
  for (const Slice& slice : slices) {
    const double percent = sum > 0 ? 100 * share * slice.value / sum : 0;
    html += std::string("<div class=\"") + slice.colour + "\" style=\"width:" + decimal(percent) + "%\"></div>";
  }
  return html + "</div>";
}

std::string bar(const CompileSeconds& seconds, double share) {
  std::vector<Slice> slices;
  for (const Part& part : parts) slices.push_back({part.colour, seconds.*part.seconds});
  return bar(slices, share);
}

void write_totals(std::ostream& out, const Report& report) {
  out << "<h2>What is there</h2>\n<p>" << report.modules() << " modules in " << report.rows.size() << " variants.</p>\n"
      << "<table id=\"sizes\"><thead><tr><th>files</th><th class=\"number\">count</th><th "
         "class=\"number\">size</th></tr></thead><tbody>\n";
  for (const auto& [category, contents] : report.categories)
    out << "<tr>" << name_cell(std::string(cache::category_name(category)))
        << cell(static_cast<double>(contents.files.size()), std::to_string(contents.files.size()))
        << cell(static_cast<double>(contents.bytes), human_size(contents.bytes)) << "</tr>\n";
  out << "</tbody></table>\n";
}

void write_times(std::ostream& out, const Report& report) {
  const CompileSeconds all = report.seconds();
  if (all.sum() <= 0) return;
  out << "<h2>Where the seconds went</h2>\n<p>To compile all this took " << human_seconds(all.sum());
  const char* separator = ": ";
  for (const Part& part : parts) {
    if (all.*part.seconds <= 0) continue;
    out << std::exchange(separator, ", ") << "<span class=\"key " << part.colour << "\"></span>" << part.name << " "
        << human_seconds(all.*part.seconds);
  }
  out << ".</p>\n" << bar(all, 1);
  std::vector<const ReportRow*> slowest;
  for (const ReportRow& row : report.rows) slowest.push_back(&row);
  std::ranges::stable_sort(slowest, std::greater(), [](const ReportRow* row) { return row->seconds.sum(); });
  if (slowest.size() > slowest_shown) slowest.resize(slowest_shown);
  out << "<p>The slowest:</p>\n<table id=\"slowest\"><tbody>\n";
  for (const ReportRow* row : slowest) {
    const double sum = row->seconds.sum();
    out << "<tr>" << name_cell(row->signature) << cell(sum, human_seconds(sum)) << "<td style=\"width:50%\">"
        << bar(row->seconds, sum / slowest.front()->seconds.sum()) << "</td></tr>\n";
  }
  out << "</tbody></table>\n";
}

// Leaves out days without requests.
void write_history(std::ostream& out, const Report& report) {
  const auto& days = report.usage.days;
  if (days.empty()) return;
  const cache::UseCounts sum = report.usage.total();
  out << "<h2>Hits and misses</h2>\n<p>Since " << as_text(days.begin()->first)
      << ": <span class=\"key one\"></span>hits " << hits(sum) << ", <span class=\"key two\"></span>misses "
      << sum[cache::Use::compiles] << "; what was taken from disk had taken "
      << human_seconds(seconds(sum, cache::Use::saved_us)) << " to compile.</p>\n"
      << "<table id=\"history\"><thead><tr><th>day</th><th class=\"number\">hits</th><th "
         "class=\"number\">misses</th><th></th></tr></thead><tbody>\n";
  const auto first = std::prev(days.end(), std::min(days_shown, std::ssize(days)));
  double most = 1;
  for (auto day = first; day != days.end(); ++day)
    most = std::max(most, static_cast<double>(hits(day->second) + day->second[cache::Use::compiles]));
  for (auto day = first; day != days.end(); ++day) {
    const auto found = static_cast<double>(hits(day->second)),
               missed = static_cast<double>(day->second[cache::Use::compiles]);
    out << "<tr><td>" << as_text(day->first) << "</td>" << cell(found, std::to_string(hits(day->second)))
        << cell(missed, std::to_string(day->second[cache::Use::compiles])) << "<td style=\"width:50%\">"
        << bar({{"one", found}, {"two", missed}}, (found + missed) / most) << "</td></tr>\n";
  }
  out << "</tbody></table>\n";
}

void write_row(std::ostream& out, const ReportRow& row) {
  out << "<tr><td class=\"name\"><details><summary>" << escape_html(row.signature) << "</summary><code>"
      << escape_html(row.command) << "</code></details></td>" << name_cell(row.variant)
      << cell(static_cast<double>(row.bytes), human_size(row.bytes))
      << cell(row.seconds.frontend, human_seconds(row.seconds.frontend))
      << cell(row.seconds.optimiser, row.seconds.backend > 0 ? "" : human_seconds(row.seconds.optimiser))
      << cell(row.seconds.codegen + row.seconds.backend, human_seconds(row.seconds.codegen + row.seconds.backend) +
                                                             (row.seconds.backend > 0 ? " with optimiser" : ""))
      << cell(static_cast<double>(row.created_ns.value_or(0)), row.created_ns ? as_utc(*row.created_ns) : "")
      << "<td class=\"name\">";
  for (const std::string& dependency : row.dependencies) out << escape_html(dependency) << "<br>";
  out << "</td></tr>\n";
}

void write_modules(std::ostream& out, const Report& report) {
  out << "<h2>Modules and variants</h2>\n";
  const std::size_t shown = std::min(report.rows.size(), longest_table);
  if (shown < report.rows.size()) out << "<p>The largest " << shown << " of " << report.rows.size() << ".</p>\n";
  out << "<table id=\"modules\" class=\"sortable\"><thead><tr><th>module</th><th>variant</th><th "
         "class=\"number\">size</th>"
         "<th class=\"number\">frontend</th><th class=\"number\">optimiser</th><th class=\"number\">code "
         "generation</th><th class=\"number\">compiled</th><th>depends "
         "on</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < shown; ++i) write_row(out, report.rows[i]);
  out << "</tbody></table>\n";
}

void write_dependencies(std::ostream& out, const Report& report) {
  if (const std::string drawing = draw_dependencies(report.rows); !drawing.empty())
    out << "<h2>Dependencies</h2>\n<p class=\"faint\">A module is right of what it depends on.</p>\n<div "
           "class=\"wide\">"
        << drawing << "</div>\n";
}

void write_unverified(std::ostream& out, const Report& report) {
  if (report.unverified.empty()) return;
  out << "<h2>Not verified</h2>\n<ul id=\"unverified\">\n";
  for (const std::string& reason : report.unverified) out << "<li>" << escape_html(reason) << "</li>\n";
  out << "</ul>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  using Escape = std::pair<char, const char*>;
  constexpr Escape escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
  std::string result;
  for (const char c : printable(text)) {
    const auto* const escape = std::ranges::find(escapes, c, &Escape::first);
    result += escape == std::end(escapes) ? std::string(1, c) : escape->second;
  }
  return result;
}

void write_page(std::ostream& out, const Report& report) {
  out << head << "<h1>Cache <span class=\"name\">" << escape_html(report.cache_dir) << "</span></h1>\n";
  write_totals(out, report);
  write_times(out, report);
  write_history(out, report);
  write_unverified(out, report);
  write_dependencies(out, report);
  write_modules(out, report);
  out << tail;
}

}  // namespace dijitso::cmdline

// The data that the command report collects from a cache, and the functions that write the page.
#pragma once

#include "cache/inspect/query.h"
#include "cache/store/usage_records.h"
#include "cmdline/objects/build_facts.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::cmdline {

// A verified entry.
struct ReportRow {
  std::string signature, variant;
  std::uint64_t bytes = 0;
  CompileSeconds seconds;
  std::optional<std::int64_t> created_ns;
  std::string command;
  std::vector<std::string> dependencies;  // their signatures
};

struct Report {
  std::string cache_dir;
  std::vector<std::pair<cache::Category, cache::DirectoryContents>> categories;
  std::vector<ReportRow> rows;          // largest first
  std::vector<std::string> unverified;  // reasons why entries are missing in `rows`
  cache::UsageHistory usage;

  CompileSeconds seconds() const;
  std::size_t modules() const;  // the number of different signatures
};

// Writes one self-contained HTML page. All texts of the cache are escaped.
void write_page(std::ostream& out, const Report& report);

// Escapes a text for use as HTML text or as an attribute in quotes.
std::string escape_html(std::string_view text);

// A drawing of the dependencies between modules, in layers: a module is to the right of its dependencies. Empty when
// there are no dependencies, or too many modules for a drawing.
std::string draw_dependencies(const std::vector<ReportRow>& rows);

}  // namespace dijitso::cmdline

// dijitso-cache show: how many files of which size the cache holds, and which.
#include "cache/query.h"
#include "command.h"
#include "output.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace dijitso::tool {
namespace {

struct ShowOptions {
  std::string categories = "all";
  bool no_summary = false;
  bool files = false;
  bool signatures = false;
  bool json = false;
};

// All that was found; printing looks at nothing else.
struct Found {
  std::filesystem::path root;
  bool exists = false;
  std::vector<std::pair<cache::Category, cache::DirectoryContents>> categories;
  std::vector<cache::StoredSignature> signatures;
  cache::DirectoryContents quarantine;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// "inc,src" or "all", in the order of all_categories.
std::vector<cache::Category> parse_categories(const std::string& text) {
  if (text == "all") return {cache::all_categories.begin(), cache::all_categories.end()};
  std::vector<cache::Category> chosen;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string name = text.substr(begin, end - begin);
    const auto category = cache::category_from_name(name);
    if (!category)
      throw UsageError("--categories: there is no category '" + name + "'; use inc, src, lib, log, obj or all");
    if (std::ranges::find(chosen, *category) == chosen.end()) chosen.push_back(*category);
    begin = end + 1;
  }
  std::ranges::sort(chosen);
  return chosen;
}

Found look(const ShowOptions& options, const Session& session) {
  const std::vector<cache::Category> categories = parse_categories(options.categories);
  const cache::Layout layout(validate_params(session.runtime_params()).cache);
  Found found;
  found.root = layout.root();
  std::error_code ignored;
  found.exists = std::filesystem::exists(found.root, ignored);
  for (const cache::Category category : categories) {
    found.categories.emplace_back(category, cache::list_category(layout, category));
    const cache::DirectoryContents& contents = found.categories.back().second;
    found.files += contents.files.size();
    found.bytes += contents.bytes;
  }
  if (options.signatures)
    found.signatures = cache::stored_signatures(cache::list_category(layout, cache::Category::obj));
  found.quarantine = cache::list_quarantine(layout);
  return found;
}

nlohmann::ordered_json as_json(const cache::DirectoryContents& contents, bool with_files) {
  nlohmann::ordered_json result = {
      {"dir", contents.dir.string()}, {"count", contents.files.size()}, {"bytes", contents.bytes}};
  if (!with_files) return result;
  nlohmann::ordered_json& files = result["files"] = nlohmann::ordered_json::array();
  for (const cache::StoredFile& file : contents.files) files.push_back({{"name", file.name}, {"bytes", file.bytes}});
  return result;
}

void print_as_json(const ShowOptions& options, const Found& found) {
  nlohmann::ordered_json document = json_document();
  document["cache_dir"] = found.root.string();
  document["exists"] = found.exists;
  nlohmann::ordered_json& categories = document["categories"] = nlohmann::ordered_json::object();
  for (const auto& [category, contents] : found.categories)
    categories[std::string(cache::category_name(category))] = as_json(contents, options.files);
  document["total"] = {{"count", found.files}, {"bytes", found.bytes}};
  document["quarantine"] = as_json(found.quarantine, options.files);
  if (options.signatures) {
    nlohmann::ordered_json& list = document["signatures"] = nlohmann::ordered_json::array();
    for (const auto& [signature, variants] : found.signatures)
      list.push_back({{"signature", signature}, {"variants", variants}});
  }
  print_json(document);
}

void print_signatures(const Found& found) {
  if (found.signatures.empty()) return;
  std::cout << bold("Modules") << '\n';
  for (const auto& [signature, variants] : found.signatures) {
    std::cout << "  " << printable(signature);
    if (variants > 1) std::cout << faint(" (" + std::to_string(variants) + " variants)");
    std::cout << '\n';
  }
  std::cout << '\n';
}

void print_files(cache::Category category, const cache::DirectoryContents& contents) {
  if (contents.files.empty()) return;
  std::cout << bold(cache::category_name(category)) << '\n';
  for (const cache::StoredFile& file : contents.files)
    std::cout << pad_left(human_size(file.bytes), 12) << "  " << printable((contents.dir / file.name).string()) << '\n';
  std::cout << '\n';
}

void print_row(const std::string& name, std::uint64_t files, std::uint64_t bytes) {
  std::cout << "  " << pad_right(name, 8) << pad_left(std::to_string(files), 8) << pad_left(human_size(bytes), 14)
            << '\n';
}

void print_summary(const Found& found) {
  std::cout << bold("Cache directory ") << printable(found.root.string());
  if (!found.exists) std::cout << faint(" (does not exist yet)");
  std::cout << '\n' << faint("             files          size") << '\n';
  for (const auto& [category, contents] : found.categories)
    print_row(std::string(cache::category_name(category)), contents.files.size(), contents.bytes);
  print_row("total", found.files, found.bytes);
  if (const std::size_t damaged = found.quarantine.files.size())
    std::cout << "  quarantine: " << damaged << (damaged == 1 ? " damaged file, " : " damaged files, ")
              << human_size(found.quarantine.bytes) << ", in " << printable(found.quarantine.dir.string()) << '\n';
}

void print_as_text(const ShowOptions& options, const Found& found) {
  if (options.signatures) print_signatures(found);
  if (options.files) {
    for (const auto& [category, contents] : found.categories) print_files(category, contents);
  }
  if (!options.no_summary) print_summary(found);
}

}  // namespace

void add_show_command(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("show", "Show what is in the cache");
  command->footer(
      "Categories: inc (headers), src (sources), lib (shared libraries), log (build logs), obj (compiled modules).\n"
      "A cache directory that does not exist is an empty cache.");
  const auto options = std::make_shared<ShowOptions>();
  command->add_option("--categories", options->categories, "Comma separated list of inc,src,lib,log,obj, or all")
      ->capture_default_str()
      ->type_name("LIST");
  command->add_flag("--no-summary", options->no_summary, "Leave out counts and sizes");
  command->add_flag("--files", options->files, "List the files with their sizes");
  command->add_flag("--signatures", options->signatures, "List the signatures of the compiled modules");
  command->add_flag("--json", options->json, "Print JSON; sizes are in bytes");
  command->callback([options, &session] {
    session.run = [options, &session] {
      const Found found = look(*options, session);
      if (options->json)
        print_as_json(*options, found);
      else
        print_as_text(*options, found);
      return exit_ok;
    };
  });
}

}  // namespace dijitso::tool

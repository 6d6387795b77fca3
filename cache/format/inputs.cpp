// Each line has a keyword, fields of a fixed form, and a last field that may contain any text. A module may depend on
// 1500 header files, and these lines are read at every lookup, so the parser uses no regular expressions and copies
// only the result. Tested in unittests/cache/inputs_test.cpp.
#include "cache/format/inputs.h"

#include "support/number.h"

namespace dijitso::cache {
namespace {

// Takes the fields of one line from the front; `ok` becomes false at the first malformed field.
struct Fields {
  std::string_view rest;
  bool ok = true;

  std::string_view word() {
    std::size_t space = rest.find(' ');
    if (space == rest.npos) ok = false;
    std::string_view word = rest.substr(0, space);
    rest.remove_prefix(ok ? space + 1 : rest.size());
    return word;
  }
  Digest digest_of(std::string_view text) {
    std::optional<Digest> digest = Digest::from_hex(text);
    ok = ok && digest;
    return digest.value_or(Digest());
  }
  Digest digest() { return digest_of(word()); }
  template <class Number>
  Number number() {
    return number_of<Number>(word());
  }
  template <class Number>
  Number number_of(std::string_view text) {
    Number value = 0;
    ok = parse_number(text, value) && ok;
    return value;
  }
  std::string text() {
    std::optional<std::string> text = unescape(rest);
    ok = ok && text;
    return text.value_or("");
  }
};

bool read_line(std::string_view keyword, Fields line, Entry& entry) {
  if (keyword == "file") {
    ReadFile file;
    file.digest = line.digest();
    file.size = line.number<std::uint64_t>();
    file.mtime_ns = line.number<std::int64_t>();
    file.path = line.text();
    entry.files.push_back(std::move(file));
  } else if (keyword == "dependency") {
    Dependency dependency;
    dependency.request = line.digest();
    dependency.build = line.digest();
    dependency.identity = line.digest();
    dependency.signature = line.text();
    entry.dependencies.push_back(std::move(dependency));
  } else if (keyword == "isa") {
    entry.isa_features.push_back(line.text());
  } else if (keyword == "lib") {
    entry.libs.push_back(line.text());
  } else if (keyword == "libdir") {
    entry.lib_dirs.push_back(line.text());
  } else if (keyword == "rpath") {
    entry.rpath_dirs.push_back(line.text());
  } else {
    return false;
  }
  return line.ok;
}

// Takes "<keyword> <fields>\n" from the front; nullopt when there is no such line.
std::optional<Fields> take_line(std::string_view& text, std::string_view& keyword) {
  std::size_t end = text.find('\n');
  std::size_t space = text.substr(0, end).find(' ');
  if (end == text.npos || space == text.npos) return std::nullopt;
  keyword = text.substr(0, space);
  Fields fields{text.substr(space + 1, end - space - 1)};
  text.remove_prefix(end + 1);
  return fields;
}

void write_list(std::string& out, std::string_view keyword, const std::vector<std::string>& list) {
  for (const std::string& item : list) out.append(keyword).append(" ").append(escape(item)).append("\n");
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string out(text);
  std::size_t backslash = out.find('\\');
  if (backslash == out.npos) return out;
  out.resize(backslash);
  for (std::size_t i = backslash; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
    } else if (++i < text.size() && (text[i] == '\\' || text[i] == 'n')) {
      out += text[i] == 'n' ? '\n' : '\\';
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string write_inputs(const Entry& entry) {
  std::string out =
      "signature " + escape(entry.signature) + "\nbuild " + entry.build.hex() + "\nsource " + entry.source.hex() + "\n";
  for (const Dependency& dependency : entry.dependencies) {
    out += "dependency " + dependency.request.hex() + " " + dependency.build.hex() + " " + dependency.identity.hex() +
           " " + escape(dependency.signature) + "\n";
  }
  for (const ReadFile& file : entry.files) {
    out += "file " + file.digest.hex() + " " + std::to_string(file.size) + " " + std::to_string(file.mtime_ns) + " " +
           escape(file.path) + "\n";
  }
  write_list(out, "isa", entry.isa_features);
  write_list(out, "lib", entry.libs);
  write_list(out, "libdir", entry.lib_dirs);
  write_list(out, "rpath", entry.rpath_dirs);
  return out;
}

bool read_inputs(std::string_view text, Entry& entry) {
  std::string_view keyword;
  std::optional<Fields> line = take_line(text, keyword);
  if (!line || keyword != "signature") return false;
  entry.signature = line->text();
  if (!line->ok || !(line = take_line(text, keyword)) || keyword != "build") return false;
  entry.build = line->digest_of(line->rest);
  if (!line->ok || !(line = take_line(text, keyword)) || keyword != "source") return false;
  entry.source = line->digest_of(line->rest);
  if (!line->ok) return false;
  while (!text.empty()) {
    line = take_line(text, keyword);
    if (!line || !read_line(keyword, *line, entry)) return false;
  }
  return true;
}

std::string write_watched(const Entry& entry) {
  const auto text_of = [](const Inode& inode) {
    return std::to_string(inode.device) + " " + std::to_string(inode.number) + " " + std::to_string(inode.ctime_ns);
  };
  std::string out;
  for (const ReadFile& file : entry.files) out += "inode " + text_of(file.inode) + "\n";
  for (const AbsentNames& absent : entry.absent) {
    out += "absent " + std::to_string(absent.mtime_ns) + " " + text_of(absent.inode) + " " + escape(absent.directory) +
           "\n";
    write_list(out, "name", absent.names);
  }
  return out;
}

bool read_watched(std::string_view text, Entry& entry) {
  std::size_t files = 0;
  while (!text.empty()) {
    std::string_view keyword;
    std::optional<Fields> line = take_line(text, keyword);
    if (!line) return false;
    if (keyword == "inode") {
      if (files == entry.files.size()) return false;
      Inode& inode = entry.files[files++].inode;
      inode.device = line->number<std::uint64_t>();
      inode.number = line->number<std::uint64_t>();
      inode.ctime_ns = line->number_of<std::int64_t>(line->rest);
    } else if (keyword == "absent") {
      AbsentNames& absent = entry.absent.emplace_back();
      absent.mtime_ns = line->number<std::int64_t>();
      absent.inode.device = line->number<std::uint64_t>();
      absent.inode.number = line->number<std::uint64_t>();
      absent.inode.ctime_ns = line->number<std::int64_t>();
      absent.directory = line->text();
    } else if (keyword == "name" && !entry.absent.empty()) {
      entry.absent.back().names.push_back(line->text());
    } else {
      return false;
    }
    if (!line->ok) return false;
  }
  return files == entry.files.size();
}

}  // namespace dijitso::cache

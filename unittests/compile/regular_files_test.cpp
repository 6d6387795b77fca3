#include "compile/frontend/regular_files.h"

#include "packs.h"
#include "requests.h"

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::string why_not(llvm::vfs::FileSystem& files, const fs::path& path) {
  const auto file = files.openFileForRead(path.string());
  return file ? "" : file.getError().message();
}

}  // namespace

TEST_CASE("nothing but regular files is opened, and none that has no end") {
  const Scratch scratch;
  write_text(scratch / "file", "text");
  fs::create_symlink("file", scratch / "link");
  REQUIRE(::mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  write_text(scratch / "large", "");
  REQUIRE(::truncate((scratch / "large").c_str(), largest_file) == 0);

  const auto files = regular_files_of(llvm::vfs::getRealFileSystem());
  CHECK(why_not(*files, scratch / "file").empty());
  CHECK(why_not(*files, scratch / "link").empty());
  CHECK(why_not(*files, scratch / "fifo") == "not a regular file");
  CHECK(why_not(*files, "/dev/zero") == "not a regular file");
  CHECK_THAT(why_not(*files, scratch / "large"), Contains("large"));
  CHECK_THAT(why_not(*files, scratch.path()), Contains("directory"));
  CHECK_THAT(why_not(*files, scratch / "nothing"), Contains("No such file"));
}

TEST_CASE("a compile that names a FIFO or device fails and does not wait") {
  const Scratch scratch;
  const fs::path fifo = scratch / "fifo.h";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const std::string named = "\"" + fifo.string() + "\"\n";
  const bool with_pack = GENERATE(false, true);
  for (const std::string& line : std::vector<std::string>{
           "#include " + named, "#if __has_include(" + named.substr(0, named.size() - 1) + ")\n#endif\n#error asked\n",
           std::string("#include \"/dev/zero\"\n"), "const unsigned char data[] = {\n#embed " + named + "};\n",
           std::string("const unsigned char data[] = {\n#embed \"/dev/zero\"\n};\n")}) {
    INFO(line << with_pack);
    CompileRequest request = cxx_request(line);
    if (with_pack) request.header_packs = {pack_of({{HeaderKind::given, 0, {{"a.h", ""}}}})};
    const CompileResult result = compiler().compile(request);
    CHECK_FALSE(result.ok);
    CHECK_THAT(result.diagnostics_text, Contains("not a regular file") || Contains("asked") || Contains("not found"));
  }
}

namespace {

// What the status says is a regular file, and is a FIFO when it is opened.
class Exchanged : public llvm::vfs::ProxyFileSystem {
 public:
  explicit Exchanged(fs::path fifo) : ProxyFileSystem(llvm::vfs::getRealFileSystem()), fifo_(std::move(fifo)) {}
  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    llvm::ErrorOr<llvm::vfs::Status> found = ProxyFileSystem::status(path);
    fs::remove(path.str());
    fs::rename(fifo_, path.str());
    return found;
  }

 private:
  const fs::path fifo_;
};

std::string why_not_read(llvm::vfs::FileSystem& files, const fs::path& path) {
  const auto text = files.getBufferForFile(path.string());
  return text ? "" : text.getError().message();
}

}  // namespace

TEST_CASE("a file that becomes a FIFO before it is opened is not waited for") {
  const Scratch scratch;
  write_text(scratch / "file", "text");
  REQUIRE(::mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  const auto exchanged = llvm::makeIntrusiveRefCnt<Exchanged>(scratch / "fifo");
  CHECK(why_not_read(*regular_files_of(exchanged), scratch / "file") == "not a regular file");
}

TEST_CASE("a file whose size is not what the system says is an error") {
  const auto files = regular_files_of(llvm::vfs::getRealFileSystem());
  CHECK_THAT(why_not_read(*files, "/proc/self/status"), Contains("size"));
}

TEST_CASE("a file that may not be read is an error, and not another file of its name") {
  const Scratch scratch;
  for (const char* name : {"first", "second"}) {
    fs::create_directories(scratch / name);
    write_text(scratch / name / "wanted.h", "1");
  }
  const std::string closed = scratch / "first/wanted.h";
  fs::permissions(scratch.path(), fs::perms(0755));
  fs::permissions(closed, fs::perms::none);
  for (const std::string& line : std::vector<std::string>{
           "#include <wanted.h>\n", "#include \"" + closed + "\"\n", "const int a[] = {\n#embed <wanted.h>\n};\n",
           "const int a[] = {\n#embed \"" + closed + "\"\n};\n",
           "const int a[] = {\n#embed \"" + closed + "\" if_empty(3)\n};\n"}) {
    INFO(line);
    CompileRequest request = cxx_request(
        line, {"--embed-dir=" + (scratch / "first").string(), "--embed-dir=" + (scratch / "second").string()});
    request.include_dirs = {scratch / "first", scratch / "second"};
    ::setfsuid(65534);  // of this thread, and of those that it starts: root may read all files
    const CompileResult result = compiler().compile(request);
    ::setfsuid(::geteuid());
    CHECK_FALSE(result.ok);
    CHECK_THAT(result.diagnostics_text, Contains("cannot open file '" + closed + "': Permission denied"));
  }
}

TEST_CASE("a file of #embed that is missing is an error") {
  const CompileResult result = compile_cxx("const int data[] = {\n#embed \"/nothing/there\"\n};\n");
  CHECK_FALSE(result.ok);
  CHECK_THAT(result.diagnostics_text, Contains("'/nothing/there' file not found"));
}

TEST_CASE("the search for a header goes on behind a directory of its name") {
  const Scratch scratch;
  fs::create_directories(scratch / "first/wanted.h");
  fs::create_directories(scratch / "second");
  write_text(scratch / "second/wanted.h", "int a;");
  CompileRequest request = cxx_request("#include <wanted.h>\nint* b = &a;\n");
  request.include_dirs = {(scratch / "first").string(), (scratch / "second").string()};
  CHECK(compiler().compile(request).ok);
}

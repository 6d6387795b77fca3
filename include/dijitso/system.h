// dijitso.system: functions for files that other processes may access at the same time, and a few for the system.
//
// Files are replaced in one step: readers see the old content or the new, never a part. New files get the permissions
// 0644; files that are moved or copied keep theirs. Thread-safety: all functions may be called from any thread and any
// number of processes. Errors: Error naming the file and the reason, unless a function says that it ignores them; files
// above 1 GiB are refused.
#pragma once

#include <dijitso/export.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {
namespace system {

// The result of a command: its exit code, or minus the number of the signal that killed it; and everything that it
// wrote to standard output and standard error.
struct StatusOutput {
  int status = 0;
  std::string output;

  bool operator==(const StatusOutput&) const = default;
};

// Documented: get_status_output(cmd, input=None, cwd=None, env=None). Runs a command without a shell and waits for it;
// the program is searched in PATH. `input` is its standard input, empty by default; `env` replaces the whole
// environment. dijitso itself does not call this function. Error when the command cannot be started.
DIJITSO_API StatusOutput get_status_output(const std::vector<std::string>& cmd,
                                           const std::optional<std::string>& input = std::nullopt,
                                           const std::optional<std::string>& cwd = std::nullopt,
                                           const std::optional<std::map<std::string, std::string>>& env = std::nullopt);
// The same; `cmd` is split at white space.
DIJITSO_API StatusOutput get_status_output(const std::string& cmd,
                                           const std::optional<std::string>& input = std::nullopt,
                                           const std::optional<std::string>& cwd = std::nullopt,
                                           const std::optional<std::map<std::string, std::string>>& env = std::nullopt);

// Documented: ldd(libname). All shared libraries that this library (or program) needs, directly or indirectly, as
// basename -> full path; the path is empty for a library that is not found. They are found by reading the files as the
// dynamic linker does: DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH, ld.so.cache, standard directories. No tool is run.
// InvalidArgument for a file that is not ELF.
DIJITSO_API std::map<std::string, std::string> ldd(const std::string& libname);

// Documented: lockfree_move_file(src, dst). Moves src to dst, also to another file system; dst is never absent or
// incomplete meanwhile. An existing dst with other content is kept as <dst>.old, with a warning; one with the same
// content is not replaced.
DIJITSO_API void lockfree_move_file(const std::string& src, const std::string& dst);

// Documented: move_file(srcfilename, dstfilename). Moves the file; copies and deletes it when the target is on another
// file system. An existing file is replaced.
DIJITSO_API void move_file(const std::string& srcfilename, const std::string& dstfilename);

// Documented: rename_file(src, dst). Like rename(): a file at dst is replaced. When the system refuses that because dst
// exists, nothing happens.
DIJITSO_API void rename_file(const std::string& src, const std::string& dst);

// Documented: try_rename_file(src, dst). The same; a missing src is ignored too.
DIJITSO_API void try_rename_file(const std::string& src, const std::string& dst);

// Documented: try_copy_file(src, dst). Ignores every error; a dst that exists is replaced only by a complete copy.
DIJITSO_API void try_copy_file(const std::string& src, const std::string& dst);

// Documented: try_delete_file(filename). Ignores a missing file only.
DIJITSO_API void try_delete_file(const std::string& filename);

// Documented: gzip_file(filename). Writes <filename>.gz unless it exists, and returns its name; the original is never
// changed.
DIJITSO_API std::string gzip_file(const std::string& filename);

// Documented: gunzip_file(gz_filename). Writes the content to the name without ".gz" unless that exists, and returns
// this name; the original is never changed. InvalidArgument for a name without ".gz"; Error for incomplete content.
DIJITSO_API std::string gunzip_file(const std::string& gz_filename);

// Documented: read_textfile(filename). The content of the file, or of <filename>.gz; nullopt when there is neither.
DIJITSO_API std::optional<std::string> read_textfile(const std::string& filename);

// Documented: store_textfile(filename, content). Creates or replaces the file in one step. The content may be any
// bytes.
DIJITSO_API void store_textfile(const std::string& filename, std::string_view content);

// Documented: make_executable(filename). Sets the execute permission of the owner.
DIJITSO_API void make_executable(const std::string& filename);

// Documented: make_dirs(path). Creates a directory and its parents; existing directories are not an error.
DIJITSO_API void make_dirs(const std::string& path);

}  // namespace system
}  // namespace dijitso

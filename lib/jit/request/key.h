// The key of a request: one canonical text of everything that is known before generating and can change the code. Pure,
// except that it reads properties of the machine.
#pragma once

#include "compile/compiler.h"
#include "support/hash.h"
#include "support/packs/header_pack.h"

#include <dijitso/params.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// With GNU extensions, because generated C calls functions, such as j1, that strict C does not declare.
constexpr std::string_view default_c_standard = "gnu17";

struct Request {
  std::string signature;
  std::string text;  // compared on lookup; docs/cache-format.md describes it
  Digest digest;     // of the text
  Digest build;      // of the part that dependents share: all but signature and generator parameters
  bool is_c = false;
  std::vector<std::string> arguments;  // driver flags for this language, without -march and -mcpu (see target_*)
  std::string target_triple;           // complete; usually that of the host
  std::string target_cpu;
  std::vector<std::string> target_features;
  HeaderPacks header_packs;
  bool machine_headers = false;           // search there too; not in the key, as headers that are read are recorded
  std::vector<std::string> include_dirs;  // these four are absolute; packed directories have their names in the pack
  std::vector<std::string> libs;          // names without a slash stay as they are
  std::vector<std::string> lib_dirs;
  std::vector<std::string> rpath_dirs;  // paths that begin with $, such as $ORIGIN, stay as they are
  std::string directory;                // current directory, if a variable such as CPATH has a relative path
  std::optional<compilation::CommandSource> command;  // a file of a compiler command; `directory` is then always set
  bool is_relative = false;                           // a parameter has a path that depends on the current directory
};

// Whether a request is for another kind of machine than this one; the second takes the request text of an entry.
bool is_foreign(const Request& request);
bool is_foreign(const std::string& request_text);

// The kind of machine that a request text is for, such as "aarch64-linux-gnu".
std::string target_of(const std::string& request_text);

// Makes the request. Directories of headers and libraries, also in flags, are made absolute against the current
// directory. InvalidArgument for a malformed signature or an unknown CPU or triple; CacheError for a header pack that
// cannot be used.
Request make_request(const std::string& signature, const Params& params);

// Makes the requests for a file that a compiler command names. Their flags stay as they were given. The key of the last
// one has the current directory; before it comes one for all directories, unless the flags show that the object is for
// this one only. The signature is made of the name of the file and a digest of its text and of the key. Throws as
// make_request() does, and InvalidArgument when the current directory has been removed.
std::vector<Request> make_file_requests(const compilation::CommandSource& file, const std::string& text,
                                        const std::vector<std::string>& flags, const Params& params);

}  // namespace dijitso

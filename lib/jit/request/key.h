// The key of a request: one canonical text of everything that is known before generating and that can change the code.
// Pure, but for what the machine says of itself.
#pragma once

#include "support/hash.h"
#include "support/packs/header_pack.h"

#include <dijitso/params.h>

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// GNU's extensions are part of it: generated C calls functions, such as j1, that strict C hides.
constexpr std::string_view default_c_standard = "gnu17";

struct Request {
  std::string signature;
  std::string text;  // compared on lookup; docs/cache-format.md describes it
  Digest digest;     // of the text
  Digest build;      // of its part that dependents share: everything but signature and generator parameters
  bool is_c = false;
  std::vector<std::string> arguments;  // driver flags of this language; -march and -mcpu are resolved into the next two
  std::string target_triple;           // complete; that of the host, mostly
  std::string target_cpu;
  std::vector<std::string> target_features;
  HeaderPacks header_packs;
  bool machine_headers = false;           // not part of the key: headers that are read there are watched
  std::vector<std::string> include_dirs;  // these four absolute; what is packed has its name in the pack
  std::vector<std::string> libs;          // but for names without a directory
  std::vector<std::string> lib_dirs;
  std::vector<std::string> rpath_dirs;  // but for what begins with $, as $ORIGIN
  std::string directory;                // the current one, when CPATH or its like names a relative directory
  bool is_relative = false;             // a parameter means something else in another current directory
};

// Whether a request is for a machine of another kind than this one; the same of an entry, by the text of its request.
bool is_foreign(const Request& request);
bool is_foreign(const std::string& request_text);

// The kind of machine that an entry is for, by the text of its request: "aarch64-linux-gnu".
std::string target_of(const std::string& request_text);

// InvalidArgument for a malformed signature or an unknown CPU or triple; CacheError for a header pack that cannot be
// used. Directories of headers and libraries, also those of flags, are made absolute against the current directory.
Request make_request(const std::string& signature, const Params& params);

}  // namespace dijitso

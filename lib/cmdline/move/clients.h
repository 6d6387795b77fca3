// How the modules of known programs begin, and with which parameters these programs call dijitso: what must be known to
// precompile their headers before they run. Reads directories and .pc files; changes nothing.
#pragma once

#include <dijitso/params.h>

#include <string>
#include <vector>

namespace dijitso::cmdline {

// A beginning that many modules share.
struct Beginning {
  std::string what;    // for people: "FFC", "Expression of DOLFIN"
  std::string source;  // #include lines
  Params params;
};

// What the caller may say about a client.
struct ClientChoice {
  std::vector<std::string> include_dirs;  // searched first for the client's own headers
  std::vector<std::string> flags;         // of FFC's parameter cpp_optimize_flags, and of compile(); empty: the default
};

std::vector<std::string> client_names();

// The beginnings of this client's modules. `usual` are the parameters of a program that sets none itself.
// InvalidArgument when the client is not installed: names its header, and where that was looked for.
std::vector<Beginning> beginnings_of(const std::string& client, const Params& usual, const ClientChoice& choice);

}  // namespace dijitso::cmdline

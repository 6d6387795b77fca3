// Runs lld, a program that calls exit() after a fatal error, as a function that returns.
//
// Not thread-safe: lld keeps its state in globals.
#pragma once

#include <string>
#include <vector>

namespace dijitso::exporter {

// Takes the arguments of a command line, including the program name. Returns false when the link failed; appends lld's
// messages to `messages`. Changes no signal handlers and no exit handlers of the process.
bool run_lld(const std::vector<std::string>& arguments, std::string& messages);

}  // namespace dijitso::exporter

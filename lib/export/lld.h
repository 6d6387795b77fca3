// One run of lld, which is a program that ends by exit() when it gives up, as a function that returns.
//
// Not thread-safe: lld keeps its state in globals.
#pragma once

#include <string>
#include <vector>

namespace dijitso::exporter {

// The arguments of a command line, program name first. False when the link failed; what lld says is added to
// `messages`. Changes nothing of the process: no handler of a signal, no function at exit.
bool run_lld(const std::vector<std::string>& arguments, std::string& messages);

}  // namespace dijitso::exporter

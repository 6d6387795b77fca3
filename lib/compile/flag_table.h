// What becomes of each flag: it is taken, dropped with a warning, or refused with a reason.
#pragma once

#include <llvm/Option/Arg.h>

#include <string_view>

namespace dijitso::compile {

enum class Verdict : unsigned char {
  taken,         // the driver gets it; its words are in the key, and headers that it leads to are watched
  dropped,       // left out with the warning: here it has no effect, or the code is the same without it
  loads,         // these are refused: it would load code into the process
  bypasses,      // hands options to parts of the compiler past this table
  inner,         // an option of the compiler proper, which only its driver uses
  is_global,     // changes the compiler for the whole process
  reads_flags,   // from a file
  reads,         // files that are not headers, or modules
  writes,        // files beside the object
  measures,      // reads or writes files of measurements
  prints,        // to the output of the process
  no_object,     // the result is something else
  other_target,  // for another machine, or for graphics processors
  convention,    // changes how functions are called
  runtime,       // needs a run-time library that cannot be loaded later
  starts,        // other programs
  chosen,        // by dijitso: input, output, and the kind of output
  unknown        // the table lacks it
};

// The verdict on an option by the name that it has in Clang's table of options, with its dashes: "-fplugin=".
Verdict verdict_on(std::string_view name);

// Why the flag is refused, to complete "compiler flag ... is refused: "; empty when it is not. Aliases stand for their
// options.
std::string_view reason_to_refuse(const llvm::opt::Arg& arg);

// Whether the flag, which is not refused, is left out: by the table, or because Clang does not have it.
bool is_dropped(const llvm::opt::Arg& arg);

}  // namespace dijitso::compile

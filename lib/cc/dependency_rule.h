// The rule for make that -MD asks for: the object, and the files that it was made from. Pure.
#pragma once

#include "cc/command_line.h"
#include "compile/compiler.h"

#include <string>
#include <vector>

namespace dijitso::cc {

// The text of the rule, as Clang writes it.
std::string dependency_rule(const RuleOptions& options, const std::string& default_target,
                            const std::vector<compilation::NamedInput>& inputs);

// A target with the characters quoted that are special to make, as for -MQ.
std::string quoted_for_make(const std::string& target);

}  // namespace dijitso::cc

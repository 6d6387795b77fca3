// The values of the arguments of one run of a command: given ones, or defaults. Every command begins with this.
//
// Errors: UsageError names the argument as it is written on a command line.
#pragma once

#include <dijitso/cmdline.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::cmdline {

class Options {
 public:
  // Checks `args` against what `declare` and args_common declare: names, types, and that nothing required is missing.
  Options(void (*declare)(Parser&), const Args& args);

  bool flag(std::string_view dest) const;
  // nullopt when it was not given and has no default.
  std::optional<std::string> text(std::string_view dest) const;

  // Empty when it was not given.
  std::vector<std::string> list(std::string_view dest) const;

  cache::Categories categories() const;
  // The categories to search for lines: "all" means those with text. Naming "lib" or "obj" is a UsageError.
  cache::Categories text_categories() const;
  // The signature, checked to be well-formed; nullopt when it is empty or not given.
  std::optional<std::string> signature() const;

 private:
  void take(const Argument& argument, const Value& given);

  Args values_;
};

// Declare a flag, or an argument with a text. `dest` is the name of its value.
void add_flag(Parser& parser, const char* name, const char* dest, const char* help);
void add_text(Parser& parser, std::vector<std::string> names, const char* dest, const char* metavar, const char* help);

// Declarations that several commands share.
Argument categories_argument(const char* default_value);
Argument signature_argument(const char* help);
Argument module_argument();  // the first positional argument
Argument variant_argument();
Argument json_argument();

}  // namespace dijitso::cmdline

// dijitso-cc and dijitso-c++: a C and a C++ compiler command. <dijitso/compiler_command.h> does the work. Tested in
// tests/cc.
#include <dijitso/compiler_command.h>

#include <string>
#include <vector>

int main(int argc, char** argv) { return dijitso::compiler_command(std::vector<std::string>(argv, argv + argc)); }

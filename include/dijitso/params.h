// dijitso.params: the parameters of a request, their defaults, and where each value came from.
//
// Callers pass a two-level dictionary (`ParamsDict`: category -> name -> value) that may be incomplete; None or an
// absent name means "not given". `validate_params` merges defaults < configuration file < environment < the caller's
// dictionary, checks every name and type, and returns the typed `Params` that all other functions take. A boolean may
// be given as text (as_bool), a list as a single text (as_str_tuple).
//
// Environment: DIJITSO_CACHE_DIR, and DIJITSO_<CATEGORY>_<NAME> for every parameter of `cache` and `build`. Lists are
// split as a shell does (with quotes and backslashes). An empty variable means an empty list or name part; for a
// parameter that cannot be empty it counts as not given. "~" at the beginning of a directory is the home directory.
// Thread-safety: all functions may be called from any thread; results are values owned by the caller.
// Errors: InvalidArgument naming the parameter, its origin and the nearest valid name.
#pragma once

#include <dijitso/export.h>

#include <bit>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dijitso {

// A parameter value; std::monostate is Python's None.
struct Value : std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>> {
  using variant::variant;
  // When a copy fails for want of memory, the variant of GCC 12's library destroys a value that it has not made.
  Value(const Value& other) : variant() { *this = other; }
  Value(Value&&) noexcept = default;
  Value& operator=(const Value&) = default;
  Value& operator=(Value&&) noexcept = default;
  Value(int number) : variant(static_cast<std::int64_t>(number)) {}
  Value(const char* text) : variant(std::string(text)) {}
  Value(std::initializer_list<const char*> list) : variant(std::vector<std::string>(list.begin(), list.end())) {}
  bool is_none() const { return index() == 0; }

  // Compares numbers by their bits, as the canonical text does: 0.0 differs from -0.0, and a NaN equals itself.
  friend bool operator==(const Value& a, const Value& b) {
    const double* const x = std::get_if<double>(&a);
    const double* const y = std::get_if<double>(&b);
    if (x && y) return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y);
    return static_cast<const variant&>(a) == static_cast<const variant&>(b);
  }
};

using ParamDict = std::map<std::string, Value, std::less<>>;
using ParamsDict = std::map<std::string, ParamDict, std::less<>>;

// Where the cache is and how it behaves. inc_dir, src_dir, lib_dir, log_dir, obj_dir and comm_dir are relative to
// cache_dir, the other directories to the current directory, unless absolute. When two categories share a directory,
// the ends of their file names must differ.
struct CacheParams {
  std::string cache_dir;
  std::string inc_dir = "include";
  std::string src_dir = "src";
  std::string lib_dir = "lib";
  std::string log_dir = "log";
  std::string obj_dir = "obj";
  std::string comm_dir = "comm";
  std::optional<std::string> fail_dir_root;
  std::optional<std::string> temp_dir_root;
  bool enable_build_log = true;
  std::string src_storage = "compress";
  std::string src_postfix = ".cpp";
  std::string log_postfix = ".txt";
  std::string inc_postfix = ".h";
  std::string lib_postfix = ".so";
  std::string lib_prefix = "lib";
  std::string lib_basename = "dijitso-";
  std::string lib_loader = "orc";
  // Not in the documented interface:
  std::vector<std::string> readonly_dirs;  // further cache directories, searched after cache_dir and never written
  bool shared_group = false;               // accept a cache_dir that its group may write
  std::int64_t claim_timeout = 60;         // seconds to wait for a process that builds the same module
  bool use_disk = true;                    // false: modules are kept in memory only, not in a cache directory

  bool operator==(const CacheParams&) const = default;
};

// How code is compiled and linked. One set of flags serves C and C++: a -std= of the other language is ignored, and C
// without one is gnu17. So the documented default flags, which contain -std=c++11, compile C as gnu17.
struct BuildParams {
  std::string cxx;  // named in recompile.sh and the build log, but never started
  std::vector<std::string> cxxflags;
  std::vector<std::string> cxxflags_debug;
  std::vector<std::string> cxxflags_opt;
  std::vector<std::string> include_dirs;
  std::vector<std::string> lib_dirs;
  std::vector<std::string> rpath_dirs;
  std::vector<std::string> libs;
  bool debug = false;  // cxxflags_debug instead of cxxflags_opt, and -g unless a flag begins with -g
  // Not in the documented interface:
  std::string language = "auto";        // "c", "c++", or "auto": C when cache.src_postfix is ".c"
  std::string target_cpu = "baseline";  // "baseline", "native", or a CPU name such as "haswell"; features may follow,
                                        // as in "baseline,+avx2,+fma"
  std::string target_triple;  // "": this machine; another, such as "aarch64-linux-gnu": code for the cache only
  std::string pch = "auto";   // "auto": costly headers are precompiled when a second module needs them, "off": never
  // Header packs (dijitso-cache pack-headers); a header is taken from the first pack that has it. "default" is the pack
  // beside the library, if it exists. Packs with the system's headers replace those of the machine; with "default" in
  // the list, headers that are in no pack are searched on the machine too.
  std::vector<std::string> header_packs = {"default"};
  std::int64_t jobs = 0;             // modules compiled at the same time; 0: the number of cores of the process
  std::string tier = "full";         // "full": optimised code; "auto": quick code that is replaced by optimised code
                                     // when that is ready; "quick": quick code only, which no cache keeps
  std::int64_t compile_timeout = 0;  // seconds after which a compile fails; 0: no limit. Checked between declarations,
                                     // templates and passes of the optimiser, so it may take longer
  std::int64_t compile_memory = 0;   // megabytes by which the process may grow during a compile; 0: no limit
  // What a pkg-config package, MPI and OpenMP need of flags, directories and libraries is found in the process. As long
  // as these four are not set, they are in no key and no digest.
  std::vector<std::string> packages;  // "eigen3", or with a condition "eigen3 >= 3.3"
  bool mpi = false;                   // the MPI that the process has loaded, else the one that is found
  bool openmp = false;                // -fopenmp, with LLVM's omp.h and library
  bool lenient = false;               // what gcc 12 accepts, or only warns about, is no error

  bool operator==(const BuildParams&) const = default;
};

// Passed to `generate` unchanged, and part of the key.
using GeneratorParams = ParamDict;

struct Params {
  CacheParams cache;
  BuildParams build;
  GeneratorParams generator;

  // What validate_params({}) returns: the defaults, the configuration file and the environment. Change the members as
  // wanted.
  static DIJITSO_API Params load();

  bool operator==(const Params&) const = default;
};

namespace params {

// Documented: as_bool(value). Takes a bool, or one of true/yes/on/1 and false/no/off/0 as text in either case.
DIJITSO_API bool as_bool(const Value& value);

// Documented: as_str_tuple(p). Takes a list of strings or a single string.
DIJITSO_API std::vector<std::string> as_str_tuple(const Value& p);

// Documented: default_cache_params(), default_build_params(), default_generator_params(), default_params(): the
// complete defaults as dictionaries. Values that are determined later (cache_dir) or not given are None. Parameters
// outside the documented interface are None here, so that a caller that passes complete defaults back does not override
// the configuration file or the environment.
DIJITSO_API ParamDict default_cache_params();
DIJITSO_API ParamDict default_build_params();
DIJITSO_API ParamDict default_generator_params();
DIJITSO_API ParamsDict default_params();

// Documented: default_cxx_compiler(): $CXX, else "c++". Named in logs and recompile.sh, but never started.
DIJITSO_API std::string default_cxx_compiler();
// Documented: default_cxx_flags(), default_cxx_debug_flags(), default_cxx_release_flags(). The release flags contain
// -ffinite-math-only: isnan(nan) is then false in compiled code. FFC always overrides them.
DIJITSO_API std::vector<std::string> default_cxx_flags();
DIJITSO_API std::vector<std::string> default_cxx_debug_flags();
DIJITSO_API std::vector<std::string> default_cxx_release_flags();

// Documented: copy_params(params): a copy of a two-level dictionary.
DIJITSO_API ParamsDict copy_params(const ParamsDict& params);

// Documented: check_params_keys(default, params): every category and name of `params` (except those of "generator")
// must exist in `defaults`, otherwise InvalidArgument with the nearest valid name.
DIJITSO_API void check_params_keys(const ParamsDict& defaults, const ParamsDict& params);

// Documented: merge_params(default, params): `params` over `defaults`; None in `params` leaves the default.
DIJITSO_API ParamsDict merge_params(const ParamsDict& defaults, const ParamsDict& params);

// Documented: discover_config_filename(): the first `.dijitso.conf` in the current directory (only when the user owns
// it and nobody else can write it), $DIJITSO_CONF (a directory, or the file itself), the home directory, /etc/dijitso.
// nullopt when there is none. A file that exists but cannot be used causes one warning with the reason.
DIJITSO_API std::optional<std::string> discover_config_filename();

// Documented: read_config_file(): the contents of that file, read once per process. Sections are categories; list
// values are split as a shell does.
DIJITSO_API ParamsDict read_config_file();

// Documented: validate_params(params): the complete typed parameters.
DIJITSO_API Params validate_params(const ParamsDict& params);

// Documented: session_default_params(): validate_params({}), computed once per process.
DIJITSO_API Params session_default_params();

// The typed parameters as a complete dictionary (the inverse of validate_params).
DIJITSO_API ParamsDict as_dict(const Params& params);

// One value with its origin: "default", "config file <path>", "environment <variable>" or "runtime".
struct OriginOf {
  std::string category;
  std::string name;
  Value value;
  std::string origin;
};

// All values of `validate_params`, in the order of the documentation, with the origin of each.
DIJITSO_API std::vector<OriginOf> explain_params(const ParamsDict& params);

}  // namespace params

// Documented: dijitso.validate_params(params).
using params::validate_params;

}  // namespace dijitso

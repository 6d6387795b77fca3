// dijitso.signatures: stable digests of parameters. Pure functions: the same input gives the same text in every process
// and on every machine. Digests are 40 lower-case hexadecimal digits (160 bits of BLAKE3).
#pragma once

#include <dijitso/export.h>
#include <dijitso/params.h>

#include <string>
#include <string_view>

namespace dijitso {
namespace signatures {

// Documented: canonicalize_params_for_hashing(params): a text that is equal exactly when the dictionaries are equal, in
// whatever order they were filled. Types differ ("1" is not 1, 1 is not 1.0), and 0.0 differs from -0.0.
DIJITSO_API std::string canonicalize_params_for_hashing(const ParamDict& params);
DIJITSO_API std::string canonicalize_params_for_hashing(const ParamsDict& params);

// Documented: hash_params(params): hashit(canonicalize_params_for_hashing(params)).
DIJITSO_API std::string hash_params(const ParamDict& params);
DIJITSO_API std::string hash_params(const ParamsDict& params);

// Documented: hashit(data): digest of a text.
DIJITSO_API std::string hashit(std::string_view data);

}  // namespace signatures
}  // namespace dijitso

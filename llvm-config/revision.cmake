# DIJITSO_LLVM_REVISION: the name that its package or repository gives this build of LLVM, on every architecture. It is the text in
# parentheses in "clang version 22.1.8 (1~deb12u1)"; empty when there is none.
if(NOT DEFINED DIJITSO_LLVM_REVISION)
  set(revision "")
  if(NOT CMAKE_CROSSCOMPILING)
    find_package(ZLIB REQUIRED)
    find_library(DIJITSO_ZSTD zstd REQUIRED)
    try_run(ran compiled SOURCE_FROM_CONTENT revision.cpp
      "#include <clang/Basic/Version.h>\n#include <cstdio>\nint main() { std::puts(clang::getClangFullVersion().c_str()); }\n"
      CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${LLVM_INCLUDE_DIRS}
      LINK_LIBRARIES ${LLVM_LIBRARY_DIR}/libclangBasic.a ${LLVM_LIBRARY_DIR}/libLLVMSupport.a ${LLVM_LIBRARY_DIR}/libLLVMDemangle.a
        ${ZLIB_LIBRARIES} ${DIJITSO_ZSTD}
      RUN_OUTPUT_VARIABLE full_version)
    if("${full_version}" MATCHES "\\((.+)\\)")
      set(revision ${CMAKE_MATCH_1})
    endif()
  endif()
  set(DIJITSO_LLVM_REVISION "${revision}" CACHE STRING "What names this build of LLVM on every architecture; empty: its build id does, on this one")
endif()

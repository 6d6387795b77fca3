# Installation: libraries, headers, the CMake package `dijitso` and the pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS dijitso dijitso_orc dijitso_compiler dijitso-cache)
install(TARGETS dijitso-object-reader RUNTIME DESTINATION ${DIJITSO_LIBEXEC})
install(PROGRAMS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/dijitso TYPE BIN)
install(FILES ${PROJECT_BINARY_DIR}/include/dijitso/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dijitso)
install(DIRECTORY include/dijitso DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN mpi.h EXCLUDE)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN json-schema.json)

install(TARGETS dijitso dijitso_headers EXPORT dijitso_targets)
install(EXPORT dijitso_targets NAMESPACE dijitso:: FILE dijitsoTargets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
configure_package_config_file(cmake/dijitsoConfig.cmake.in ${PROJECT_BINARY_DIR}/dijitsoConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dijitsoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dijitsoConfig.cmake ${PROJECT_BINARY_DIR}/dijitsoConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
# Relative to the file itself: `cmake --install --prefix` and moving the tree change the prefix.
file(RELATIVE_PATH DIJITSO_PC_TO_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" DIJITSO_PC_TO_PREFIX "${DIJITSO_PC_TO_PREFIX}")
configure_file(cmake/dijitso.pc.in ${PROJECT_BINARY_DIR}/dijitso.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/dijitso.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# dijitso::mpi is the component `mpi`, with a target file and a pkg-config file of its own: who does not use it needs no MPI.
if(DIJITSO_MPI)
  install(TARGETS dijitso_mpi EXPORT dijitso_mpi_targets)
  install(FILES include/dijitso/mpi.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dijitso)
  install(EXPORT dijitso_mpi_targets NAMESPACE dijitso:: FILE dijitsoMpiTargets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
  list(TRANSFORM MPI_C_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE DIJITSO_PC_MPI_CFLAGS)
  list(JOIN DIJITSO_PC_MPI_CFLAGS " " DIJITSO_PC_MPI_CFLAGS)
  list(JOIN MPI_C_LIBRARIES " " DIJITSO_PC_MPI_LIBS)
  configure_file(cmake/dijitso-mpi.pc.in ${PROJECT_BINARY_DIR}/dijitso-mpi.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/dijitso-mpi.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

# `cpack -G DEB` in the build tree: one package that takes the place of Debian's python3-dijitso, for FFC and DOLFIN too.
set(CPACK_PACKAGE_NAME dijitso)
set(CPACK_PACKAGE_CONTACT "dijitso maintainers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
# What generated code includes: Clang's own headers, the C++ and the C library's.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libclang-common-22-dev, libstdc++-12-dev, libc6-dev, python3 (>= 3.11), python3 (<< 3.12), python3-numpy")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS python3-mpi4py)
set(CPACK_DEBIAN_PACKAGE_PROVIDES "python3-dijitso (= 2019.2.0)")
set(CPACK_DEBIAN_PACKAGE_CONFLICTS python3-dijitso)
set(CPACK_DEBIAN_PACKAGE_REPLACES python3-dijitso)
include(CPack)

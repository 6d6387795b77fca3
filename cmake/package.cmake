# Installation: libraries, headers, the CMake package `dijitso` and the pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS dijitso dijitso_orc dijitso_compiler dijitso-cache)
install(PROGRAMS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/dijitso TYPE BIN)
install(FILES ${PROJECT_BINARY_DIR}/include/dijitso/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dijitso)
install(DIRECTORY include/dijitso DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")

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

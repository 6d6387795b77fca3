# module_corpus(<generator> <python> <module> <source>): the modules that make_modules.py of the current folder writes at
# build time, of what it reads in <source>, as target <generator>_corpus_modules. Sets <generator>_include_dir, for which it asks
# the Python module <module>, and <generator>_manifest.
function(module_corpus generator python module source)
  execute_process(COMMAND ${python} -c "from ${module} import get_include_path; print(get_include_path())"
    OUTPUT_VARIABLE include_dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    string(TOUPPER ${generator} upper)
    message(FATAL_ERROR "${python} cannot import ${generator}, which the tests and benchmarks need: install python3-${generator}, "
      "set DIJITSO_${upper}_PYTHON, or switch DIJITSO_TESTS and DIJITSO_BENCH off")
  endif()
  set(modules_dir ${CMAKE_CURRENT_BINARY_DIR}/modules)
  add_custom_command(OUTPUT ${modules_dir}/modules.json
    COMMAND ${python} ${CMAKE_CURRENT_SOURCE_DIR}/make_modules.py ${modules_dir}
    DEPENDS make_modules.py ${source}
    COMMENT "Generating modules with ${generator}" VERBATIM)
  add_custom_target(${generator}_corpus_modules DEPENDS ${modules_dir}/modules.json)
  set(${generator}_include_dir ${include_dir} PARENT_SCOPE)
  set(${generator}_manifest ${modules_dir}/modules.json PARENT_SCOPE)
endfunction()

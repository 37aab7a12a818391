# What libraries by others say of the bars is kept; this has them say it again. Skipped without npm.
find_program(NODE_PROGRAM NAMES node nodejs)
if(NODE_PROGRAM)
  add_test(NAME indicator_references COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/run.mjs)
  set_tests_properties(indicator_references PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()

# The HTML report in a real browser: what is drawn, what the tables say, and that no name or text of
# a journal becomes more than words. Wants chromium; scripts/install-deps brings it.
find_program(NODE_PROGRAM NAMES node nodejs)
add_executable(make_run ${CMAKE_CURRENT_LIST_DIR}/make_run.c)
target_link_libraries(make_run PRIVATE moongate_io)
if(NODE_PROGRAM AND TARGET moongate AND NOT MOONGATE_FUZZ)
  add_test(NAME report_page COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/page.mjs
    $<TARGET_FILE:moongate> $<TARGET_FILE:make_run>)
  set_tests_properties(report_page PROPERTIES TIMEOUT 200)
endif()

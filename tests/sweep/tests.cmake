# The statistics of a sweep; sweeps of real backtests: interrupted, spread over machines, seen.
add_executable(test_sweep_stats ${CMAKE_CURRENT_LIST_DIR}/test_stats.c
  ${PROJECT_SOURCE_DIR}/lua/lab/sweep_stats.c)
target_include_directories(test_sweep_stats PRIVATE ${PROJECT_SOURCE_DIR}/lua)
target_link_libraries(test_sweep_stats PRIVATE moongate_base PkgConfig::CMOCKA m)
add_test(NAME sweep_stats COMMAND test_sweep_stats)

find_program(NODE_PROGRAM NAMES node nodejs)
if(NODE_PROGRAM AND TARGET moongate-lab AND NOT MOONGATE_FUZZ)
  add_test(NAME sweep COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/sweep.mjs
    $<TARGET_FILE:moongate-lab> WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(sweep PROPERTIES TIMEOUT 300)
endif()

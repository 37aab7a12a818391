# The script library (lua/runner) on a bench in C; the Lua specs are run by scripts/test.
file(GLOB script_test_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/../unit/script/*.c)
add_executable(test_script ${script_test_sources})
target_link_libraries(test_script PRIVATE moongate_script PkgConfig::CMOCKA)
target_compile_definitions(test_script PRIVATE TESTS_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
add_test(NAME unit_script COMMAND test_script)

# The config reader is part of a program; its tests link its files.
file(GLOB config_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/app/config*.c)
add_executable(test_config ${CMAKE_CURRENT_LIST_DIR}/test_config.c ${config_sources})
target_include_directories(test_config PRIVATE ${PROJECT_SOURCE_DIR}/core)
target_link_libraries(test_config PRIVATE moongate_io PkgConfig::CONFIG PkgConfig::CMOCKA)
target_compile_definitions(test_config PRIVATE
  CONFIG_TESTS_DIR="${CMAKE_CURRENT_LIST_DIR}" SOURCE_DIR="${PROJECT_SOURCE_DIR}")
add_test(NAME config COMMAND test_config)

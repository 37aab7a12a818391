# The operator's verbs against a real engine, journal and socket: files of a program, linked here.
set(APP_DIR ${PROJECT_SOURCE_DIR}/core/app)
file(GLOB operator_sources CONFIGURE_DEPENDS ${APP_DIR}/config*.c ${APP_DIR}/operator*.c
  ${APP_DIR}/ctl*.c ${APP_DIR}/status*.c ${APP_DIR}/verify.c)
add_executable(test_operator ${CMAKE_CURRENT_LIST_DIR}/test_operator.c
  ${CMAKE_CURRENT_LIST_DIR}/daemon.c ${operator_sources})
target_include_directories(test_operator PRIVATE ${PROJECT_SOURCE_DIR}/core)
target_link_libraries(test_operator PRIVATE moongate_io moongate_engine PkgConfig::CONFIG
  PkgConfig::CMOCKA)
target_compile_definitions(test_operator PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
add_test(NAME operator COMMAND test_operator)

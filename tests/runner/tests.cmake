# Runners as real processes: the pool in the core, a puppet program or the real one in the jail.
set(RUNNER_TESTS ${CMAKE_CURRENT_LIST_DIR})
add_jailed_program(runner-puppet ${RUNNER_TESTS}/puppet.c ${RUNNER_TESTS}/hostile_calls.c
  ${RUNNER_TESTS}/hostile_frames.c)

add_executable(test_runner ${RUNNER_TESTS}/main.c ${RUNNER_TESTS}/rig.c ${RUNNER_TESTS}/test_life.c
  ${RUNNER_TESTS}/test_reload.c ${RUNNER_TESTS}/test_hostile.c ${RUNNER_TESTS}/test_bundle.c
  ${RUNNER_TESTS}/test_attacks.c ${RUNNER_TESTS}/hostile_calls.c)
target_link_libraries(test_runner PRIVATE moongate_io PkgConfig::CMOCKA)
target_link_options(test_runner PRIVATE -Wl,--wrap=posix_spawn)
target_compile_definitions(test_runner PRIVATE
  RUNNER_PUPPET="$<TARGET_FILE:runner-puppet>" RUNNER_REAL="$<TARGET_FILE:moongate-runner>"
  LUA_LIB_DIR="${PROJECT_SOURCE_DIR}/lua/lib" ATTACKS_DIR="${RUNNER_TESTS}/attacks")
add_dependencies(test_runner runner-puppet moongate-runner)
foreach(suite bundle life reload hostile attacks)
  add_test(NAME runner_${suite} COMMAND test_runner ${suite})
endforeach()

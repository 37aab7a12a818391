# Benchmarks are built with the rest and run by hand or by scripts/bench; nothing asserts a time.
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/bench_*.c)
foreach(source ${bench_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source} ${CMAKE_CURRENT_LIST_DIR}/bench.c)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
  target_link_libraries(${name} PRIVATE moongate_io moongate_engine moongate_sim PkgConfig::CJSON)
endforeach()
# The path drives an engine by the unit tests' rig.
target_sources(bench_path PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../unit/engine/engine_rig.c)
target_link_libraries(bench_path PRIVATE PkgConfig::CMOCKA)

# cJSON is the oracle that our own reader is held against; no program links it.
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
target_link_libraries(test_wire PRIVATE PkgConfig::CJSON)
# The gate's laws over a million worlds each, which the sanitised tree takes a tenth of.
set_tests_properties(unit_engine PROPERTIES LABELS plain)
# So that a test can refuse a thread.
target_link_options(test_io PRIVATE -Wl,--wrap=pthread_create)

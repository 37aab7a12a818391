# The README's first command, short: it fails unless both strategies traded on both profiles, a
# script was reloaded, the exchange was restarted, and both ledgers agree to the last unit.
if(NOT MOONGATE_SANITIZE AND NOT MOONGATE_FUZZ AND TARGET moongate AND TARGET moongate-exchange)
  add_test(NAME demo COMMAND ${PROJECT_SOURCE_DIR}/scripts/demo --headless --seconds 30
    --bin ${MOONGATE_BIN} --work ${PROJECT_BINARY_DIR}/demo)
  set_tests_properties(demo PROPERTIES LABELS plain RUN_SERIAL TRUE)
endif()

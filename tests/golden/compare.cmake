# Runs PROGRAM decode over FOLDER/CASE.jsonl and compares with FOLDER/CASE.expected. The broken
# lines must make it exit with 1, the examples with 0.
execute_process(COMMAND ${PROGRAM} decode --json INPUT_FILE ${FOLDER}/${CASE}.jsonl
  OUTPUT_FILE ${OUT} ERROR_VARIABLE words RESULT_VARIABLE result)
set(wanted 0)
if(CASE STREQUAL "broken")
  set(wanted 1)
endif()
if(NOT result EQUAL wanted)
  message(FATAL_ERROR "${CASE}: exit ${result}, not ${wanted}\n${words}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUT} ${FOLDER}/${CASE}.expected
  RESULT_VARIABLE differs)
if(differs)
  execute_process(COMMAND diff -u ${FOLDER}/${CASE}.expected ${OUT})
  message(FATAL_ERROR "${CASE}: not what is expected; look at the difference above, and if it is "
    "right, copy ${OUT} over the expected file")
endif()

# What `moongate decode` makes of every frame and reply that the venue's documents print, and of
# broken ones, compared to the byte.
if(TARGET moongate)
  foreach(case examples broken)
    add_test(NAME golden_coinbase_${case}
      COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:moongate> -DCASE=${case}
        -DFOLDER=${CMAKE_CURRENT_LIST_DIR}/coinbase
        -DOUT=${CMAKE_CURRENT_BINARY_DIR}/golden_${case}.out
        -P ${CMAKE_CURRENT_LIST_DIR}/compare.cmake)
  endforeach()
endif()

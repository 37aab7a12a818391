# Hands against hostile peers: real TLS on loopback, one binary for the library's modules.
find_library(MBEDTLS_LIBRARY mbedtls REQUIRED)
find_library(MBEDX509_LIBRARY mbedx509 REQUIRED)
file(GLOB io_peer_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/io/*.c)
add_executable(test_io_peers ${io_peer_sources})
target_include_directories(test_io_peers PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/io)
target_link_libraries(test_io_peers PRIVATE moongate_io moongate_engine PkgConfig::CMOCKA
  ${MBEDTLS_LIBRARY} ${MBEDX509_LIBRARY} ${MBEDCRYPTO_LIBRARY} Threads::Threads)
target_link_options(test_io_peers PRIVATE -Wl,--wrap=getaddrinfo -Wl,--wrap=calloc
  -Wl,--wrap=clock_os_now)
add_test(NAME io_peers COMMAND test_io_peers)

# The same against the loopback exchange, both kinds of key.
if(TARGET moongate-exchange)
  add_executable(test_io_exchange ${CMAKE_CURRENT_SOURCE_DIR}/io/exchange/test_exchange.c
    ${CMAKE_CURRENT_SOURCE_DIR}/io/approve.c)
  target_link_libraries(test_io_exchange PRIVATE moongate_io moongate_engine PkgConfig::CMOCKA)
  add_dependencies(test_io_exchange moongate-exchange)
  target_include_directories(test_io_exchange PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/io)
  add_test(NAME io_exchange COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/io/exchange/run.sh
    $<TARGET_FILE:moongate-exchange> $<TARGET_FILE:test_io_exchange>
    ${CMAKE_SOURCE_DIR}/scripts/make-certs)
endif()

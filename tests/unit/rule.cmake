# The ruling: golden cases in every order, random histories, programs.
add_library(history STATIC unit/history.c unit/ruled.c)
target_include_directories(history PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/unit)
target_link_libraries(history PUBLIC rules PkgConfig::JANSSON PkgConfig::CMOCKA)
target_compile_options(history PRIVATE -Wno-conversion)
unit_test(test_golden unit/test_golden.c history)
unit_test(test_property unit/test_property.c history)
unit_test(test_rule unit/test_rule.c history)
unit_test(test_rule_review unit/test_rule_review.c history)
unit_test(test_rule_freeze unit/test_rule_freeze.c history)
unit_test(test_rule_freeze_more unit/test_rule_freeze_more.c history)
unit_test(test_freeze_random unit/test_freeze_random.c history)
unit_test(test_rule_periods unit/test_rule_periods.c history)
unit_test(test_rule_claims unit/test_rule_claims.c history)
unit_test(test_rule_same unit/test_rule_same.c history)
unit_test(test_rule_caps unit/test_rule_caps.c history)
unit_test(test_rule_minimums unit/test_rule_minimums.c history)
unit_test(test_rule_carry unit/test_rule_carry.c history)
unit_test(test_rule_random unit/test_rule_random.c history)
unit_test(test_program unit/test_program.c history)
unit_test(test_program_claims unit/test_program_claims.c history)
unit_test(test_program_check unit/test_program_check.c rules)
unit_test(test_program_check_limits unit/test_program_check_limits.c rules)
unit_test(test_program_periods unit/test_program_periods.c history)
unit_test(test_program_money unit/test_program_money.c history)
add_library(program_sound STATIC unit/program_sound.c)
target_include_directories(program_sound PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/unit)
target_link_libraries(program_sound PUBLIC rules)
unit_test(test_program_full unit/test_program_full.c program_sound)
unit_test(test_program_hostile unit/test_program_hostile.c program_sound)

# The ruling of histories given as JSON, for tests/property/compare.py.
add_executable(rule_json property/rule_json.c)
target_link_libraries(rule_json PRIVATE creditd_flags history)
target_compile_options(rule_json PRIVATE -Wno-conversion -Wno-cast-qual)
add_test(NAME unit.model COMMAND /usr/bin/python3
  ${CMAKE_CURRENT_SOURCE_DIR}/property/compare.py
  --program $<TARGET_FILE:rule_json> --seed 1 --histories 250
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(unit.model PROPERTIES LABELS unit TIMEOUT 120)

# Random programs and histories; 10,000 in ./run tests.
add_executable(test_random_programs property/test_random_programs.c
  property/random_program.c property/random_history.c)
target_link_libraries(test_random_programs PRIVATE creditd_flags rules PkgConfig::CMOCKA)
target_compile_options(test_random_programs PRIVATE -Wno-conversion)
add_test(NAME unit.random_programs COMMAND test_random_programs)
set_tests_properties(unit.random_programs PROPERTIES LABELS unit TIMEOUT 300)

# What is written about the language is what creditd takes.
foreach(check manual schema)
  add_test(NAME unit.${check} COMMAND /usr/bin/python3
    ${CMAKE_CURRENT_SOURCE_DIR}/property/${check}.py
    --program $<TARGET_FILE:rule_json>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(unit.${check} PROPERTIES LABELS unit TIMEOUT 120)
endforeach()

# Long with sanitizers on a busy machine.
set_tests_properties(unit.test_golden unit.test_property unit.test_rule_random
  PROPERTIES TIMEOUT 300)

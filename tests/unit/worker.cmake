# Answers and queries.
if(TARGET worker_core)
  unit_test(test_answer unit/test_answer.c worker_core)
  unit_test(test_query unit/test_query.c worker_core)
  unit_test(test_query_page unit/test_query_page.c worker_core)

  # What a batch goes through.
  unit_test(test_uplink unit/test_uplink.c worker_core)
  unit_test(test_chain unit/test_chain.c worker_core)
  unit_test(test_batch unit/test_batch.c worker_core)
  unit_test(test_pg unit/test_pg.c worker_core)
  unit_test(test_member unit/test_member.c worker_core)
  unit_test(test_post unit/test_post.c history worker_core)
endif()

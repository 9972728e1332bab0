/** Runs compare.ts, which is no part of the ordinary tests: it needs JAX and as long as it is given. */
import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../../../vitest.config.js'

export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({ test: { include: ['test/golden/programs/compare.ts'], testTimeout: 2 ** 31 - 1 } }),
)

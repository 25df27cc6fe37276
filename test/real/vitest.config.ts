import { resolve } from 'node:path'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { embeddedOnlyFiles } from './embedded-only.ts'

/**
 * `npm run test:real`: the stories, and what only real servers can show. One file at a time. A lent
 * cluster plays the stories alone: the rest starts, stops and breaks servers of its own.
 */
const isLent =
  (process.env['LOCKSTEP_TEST_KUBECONFIG'] ?? '') !== '' ||
  process.env['USE_EXISTING_CLUSTER'] === 'true'

const config: ViteUserConfig = defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: [
      'test/stories/**/*.test.ts',
      ...(isLent ? [] : ['test/deploy-rights.test.ts', 'test/real/**/*.test.ts']),
    ],
    exclude: [...embeddedOnlyFiles.map(([path]) => path), 'node_modules/**'],
    globalSetup: ['test/real/global-setup.ts'],
    setupFiles: ['test/real/skip.ts'],
    reporters: ['verbose', 'test/real/reporter.ts'],
    fileParallelism: false, // the stories share one cluster, cleared after each
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

export default config

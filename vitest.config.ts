import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Tests, examples and documentation import the package by name; here the name means the sources. */
const alias = [
  { find: /^gradus$/, replacement: path('src/index.ts') },
  { find: /^gradus\/laws$/, replacement: path('laws/index.ts') },
  { find: /^gradus\/(optimize|curvature|codec|store|dataset|problem|report)$/, replacement: path('src/$1/index.ts') },
]

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    testTimeout: 30_000,
    // Of two cores vitest would use one.
    maxWorkers: '100%',
    // Documentation examples are written there before they run; see test/documentation/.
    server: { deps: { inline: [/gradus-documentation/] } },
  },
})

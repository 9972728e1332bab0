/* npm run mutants: run.ts is TypeScript, which Node 20 does not read. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('run.ts', import.meta.url)), { configFile: false })
process.exitCode = await module.main(process.argv.slice(2))

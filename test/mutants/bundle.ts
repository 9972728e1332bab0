/** The library and its laws as one script, with a defect planted on the way. */

import { relative, sep } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { build } from 'vite'
import { type Mutation, mutated } from './Mutation.js'

const path = (root: string, id: string): string => relative(root, id).split(sep).join('/')

/** Writes `folder/<name>.mjs`, in which packages stay where they are: the folder must lie below the root of the project. */
export const bundle = async (
  root: string,
  folder: string,
  name: string,
  mutation: Mutation | undefined,
): Promise<void> => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^gradus$/, replacement: `${root}src/index.ts` },
        { find: /^gradus\/laws$/, replacement: `${root}laws/index.ts` },
        { find: /^gradus\/(optimize|curvature|codec)$/, replacement: `${root}src/$1/index.ts` },
      ],
    },
    plugins: [
      {
        name: 'a-defect',
        enforce: 'pre',
        transform: (code, id) => {
          if (mutation === undefined || path(root, id) !== mutation.file) return null
          const changed = mutated(mutation, code)
          if (E.isLeft(changed)) throw new Error(changed.left)
          return { code: changed.right, map: null }
        },
      },
    ],
    build: {
      ssr: `${root}test/mutants/examine.ts`,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, codeSplitting: false } },
    },
  })
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installPackages, root, run } from './install.mjs'

/** The examples that can be run, by name. */
export function exampleNames() {
  return readdirSync(join(root, 'examples'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
}

/** Takes the types off the examples, into `dist/examples`: there they import the built packages by name. */
export async function writeExamples() {
  const { default: typescript } = await import('typescript')
  const { ModuleKind, ScriptTarget } = typescript
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true }
  for (const path of readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue
    const source = readFileSync(join(root, 'examples', path), 'utf8')
    const target = join(root, 'dist/examples', path.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, typescript.transpileModule(source, { compilerOptions }).outputText)
  }
}

/** `npm run example <name>`: installs, builds and runs one example. */
async function main([name = '', ...rest]) {
  if (!exampleNames().includes(name)) {
    console.error(`there is no example "${name}"; there are ${exampleNames().join(', ')}`)
    process.exit(2)
  }
  installPackages()
  const { build } = await import('./build.mjs')
  await build({ types: false })
  await writeExamples()
  run(process.execPath, [join(root, 'dist/examples', `${name}.js`), ...rest])
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))

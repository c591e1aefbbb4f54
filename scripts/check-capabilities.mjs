import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import typescript from 'typescript'
import { report } from './sources.mjs'

const SOURCES = 'packages/imap/src'
const TRANSCRIPTS = 'packages/imap/test/transcripts'
/** What a transcript says it proves: `# proves: SORT SORT=DISPLAY`. */
const MARK = /^# proves:(.*)$/gm
/** A command that the server carried out: a transcript of refusals alone proves nothing. */
const SUCCESS = /^S\d*[:~] \^?\w+ OK\b/m
/** A command as a client sends it. */
const COMMAND = /^C\d*[:\\] ?\S+ (?:UID )?([A-Za-z]+)/gm

/** Every transcript: the folder it lies in, what it says it proves, the commands it sends. */
function transcripts(root) {
  const folder = join(root, TRANSCRIPTS)
  if (!existsSync(folder)) return []
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.transcript'),
  )
  return paths.sort().map((path) => {
    const text = readFileSync(join(folder, path), 'utf8')
    const proves = [...text.matchAll(MARK)].flatMap(([, names]) => names.trim().split(/\s+/))
    const sends = [...text.matchAll(COMMAND)].map(([, name]) => name.toUpperCase())
    return { path, folder: path.split(/[/\\]/)[0], proves, sends, succeeds: SUCCESS.test(text) }
  })
}

/** Every object literal below a node. */
function* objects(node) {
  if (typescript.isObjectLiteralExpression(node)) yield node
  const children = []
  node.forEachChild((child) => void children.push(child))
  for (const child of children) yield* objects(child)
}

/** The objects of a file that have a `source`: their name, or the name they stand under, and a folder for each RFC or draft. */
function rows(root, file) {
  const path = join(root, SOURCES, file)
  if (!existsSync(path)) return []
  const tree = typescript.createSourceFile(path, readFileSync(path, 'utf8'), typescript.ScriptTarget.ESNext, true)
  return [...objects(tree)].flatMap((object) => {
    const text = (key) => object.properties.find(({ name }) => name?.getText() === key)?.initializer?.text
    const name = text('name') ?? object.parent.name?.text
    if (name === undefined || text('source') === undefined) return []
    const folders = [...text('source').matchAll(/RFC (\d+)|\bdraft-[\w-]+/g)]
    return [{ name, folders: folders.map(([whole, rfc]) => (rfc === undefined ? whole : `rfc${rfc}`)) }]
  })
}

/** Capabilities and commands without a transcript, and transcripts that say they prove what there is not. */
export function checkCapabilities(root) {
  const played = transcripts(root)
  const capabilities = rows(root, 'capability-table.ts')
  if (capabilities.length === 0) return [`${SOURCES}/capability-table.ts: no row with a name and a source`]
  const problems = []
  for (const { name, folders } of capabilities) {
    const isAlone = !capabilities.some((each) => each.name !== name && each.folders.some((at) => folders.includes(at)))
    const isProof = ({ folder, proves, succeeds }) =>
      succeeds && folders.includes(folder) && (isAlone || proves.includes(name))
    if (played.some(isProof)) continue
    const wanted = isAlone ? 'no transcript' : `no transcript with '# proves: ${name}'`
    const where =
      folders.length === 0 ? 'its source, which is no RFC and no draft' : `${TRANSCRIPTS}/${folders.join(', ')}`
    problems.push(`capability ${name}: ${wanted} in ${where}, in which a command succeeds`)
  }
  for (const { path, folder, proves } of played)
    for (const name of proves)
      if (!capabilities.some((each) => each.name === name && each.folders.includes(folder)))
        problems.push(`${TRANSCRIPTS}/${path}: proves ${name}, which is no capability of ${folder}`)
  for (const { name } of rows(root, 'command-table.ts'))
    if (!played.some(({ sends }) => sends.includes(name))) problems.push(`command ${name}: no transcript sends it`)
  return problems
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  report('check-capabilities', checkCapabilities(process.cwd()))

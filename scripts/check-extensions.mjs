import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import typescript from 'typescript'
import { report } from './sources.mjs'

const EXTENSIONS = 'packages/smtp/src/extensions'
const COMMANDS = 'packages/smtp/src/command-table.ts'
const TRANSCRIPTS = 'packages/smtp/test/transcripts'
/** What a transcript says it proves: `# proves: DSN`. */
const MARK = /^# proves:(.*)$/gm
/** A command as a client sends it; several may stand in one octet line. */
const COMMAND = /(?:^C\d*[:\\] ?|\\r\\n)([A-Za-z]+)/gm
/** A command that did something: a transcript of refusals alone proves nothing. */
const SUCCESS = /^S\d*: (?:220|235|25[0-2]) 2\./m

function textsOf(root, folder, extension) {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith(extension))
  return names.sort().map((name) => ({ name, text: readFileSync(join(path, name), 'utf8') }))
}

/** Every object literal below a node. */
function* objects(node) {
  if (typescript.isObjectLiteralExpression(node)) yield node
  const children = []
  node.forEachChild((child) => void children.push(child))
  for (const child of children) yield* objects(child)
}

/** Where transcripts of what a source defines are: a folder for each RFC, one for Postfix's own. */
function foldersOf(source) {
  if (/^Postfix \w+_README$/.test(source)) return ['postfix']
  return [...source.matchAll(/RFC (\d+)/g)].map(([, number]) => `rfc${number}`)
}

/** The objects of a source that have a text under `name` and a `source`. */
function rows({ name: file, text }, key) {
  const tree = typescript.createSourceFile(file, text, typescript.ScriptTarget.ESNext, true)
  return [...objects(tree)].flatMap((object) => {
    const value = (wanted) => object.properties.find(({ name }) => name?.getText() === wanted)?.initializer?.text
    const [name, source] = [value(key), value('source')]
    if (name === undefined || source === undefined) return []
    return [{ name, folders: foldersOf(source) }]
  })
}

/** Keywords of EHLO's list and commands without a transcript, and transcripts that say they prove what there is not. */
export function checkExtensions(root) {
  const sources = textsOf(root, EXTENSIONS, '.ts').filter(({ name }) => !name.endsWith('.test.ts'))
  const extensions = sources.flatMap((source) => rows(source, 'keyword'))
  if (extensions.length === 0) return [`${EXTENSIONS}: no extension with a keyword and a source`]
  const played = textsOf(root, TRANSCRIPTS, '.transcript').map(({ name, text }) => ({
    name,
    folder: name.split(/[/\\]/)[0],
    text,
    proves: [...text.matchAll(MARK)].flatMap(([, keywords]) => keywords.trim().split(/\s+/)),
    sends: [...text.matchAll(COMMAND)].map(([, verb]) => verb.toUpperCase()),
  }))
  const problems = []
  for (const { name, folders } of extensions) {
    const isListed = new RegExp(`^S\\d*: 250[- ]${name}(?: |$)`, 'm')
    const isProof = ({ folder, proves, text }) =>
      folders.includes(folder) && proves.includes(name) && isListed.test(text) && SUCCESS.test(text)
    const where = folders.length === 0 ? 'its source, which is no RFC' : `${TRANSCRIPTS}/${folders.join(', ')}`
    if (!played.some(isProof))
      problems.push(`extension ${name}: no transcript with '# proves: ${name}' in ${where} that lists and uses it`)
  }
  for (const { name, folder, proves } of played)
    for (const keyword of proves)
      if (!extensions.some((each) => each.name === keyword && each.folders.includes(folder)))
        problems.push(`${TRANSCRIPTS}/${name}: proves ${keyword}, which is no extension of ${folder}`)
  const table = existsSync(join(root, COMMANDS)) ? readFileSync(join(root, COMMANDS), 'utf8') : ''
  for (const { name } of rows({ name: COMMANDS, text: table }, 'verb'))
    if (!played.some(({ sends }) => sends.includes(name))) problems.push(`command ${name}: no transcript sends it`)
  return problems
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) report('check-extensions', checkExtensions(process.cwd()))

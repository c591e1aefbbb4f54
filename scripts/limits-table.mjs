import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import typescript from 'typescript'
import { report, sources } from './sources.mjs'

const TABLE = 'docs/limits.md'
const INTRODUCTION = `# Limits

Made by \`node scripts/limits-table.mjs --write\` from the doc comments of the sources. Octets are octets; times are
milliseconds. A member of an object, as \`SMTP_LIMITS.recipients\`, is the default of an option: the engine, store or server
that is made takes other values as \`limits\`. A plain name is fixed. A row without words belongs to the row above it. Where
the last column is empty, the words before it say all there is to say, or nobody outside sees the limit.
`

/** Every limit in the sources: package, file, constant and what belongs to it. */
function declarations(root) {
  const known = new Map()
  const found = []
  for (const { package: name, path, text } of sources(root)) {
    const isLimits = /(^|\/)limits\.ts$/.test(path)
    if (!isLimits && !/^export const \w+_LIMITS\b|\bDefault \d/m.test(text)) continue
    const file = typescript.createSourceFile(path, text, typescript.ScriptTarget.ESNext, true)
    const shapes = new Map()
    for (const statement of file.statements) {
      if (typescript.isInterfaceDeclaration(statement)) shapes.set(statement.name.text, statement)
      if (!typescript.isVariableStatement(statement)) continue
      for (const { name: identifier, type, initializer } of statement.declarationList.declarations) {
        const constant = { package: name, path, name: identifier.text, doc: docOf(statement), initializer, shapes }
        if (initializer !== undefined) known.set(identifier.text, initializer)
        constant.shape = type === undefined ? undefined : shapes.get(type.getText())
        const isExported = statement.modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.ExportKeyword)
        const isNamed = isLimits || /_LIMITS$/.test(constant.name) || /\bDefault \d/.test(constant.doc)
        if (isExported && isNamed) found.push(constant)
      }
    }
  }
  return found.map((each) => ({ ...each, value: evaluate(each.initializer, known) }))
}

/** What a constant is: numbers, objects of them, names and spreads of other constants. */
function evaluate(node, known) {
  if (typescript.isNumericLiteral(node)) return Number(node.text)
  if (node.getText() === 'Number.POSITIVE_INFINITY') return Number.POSITIVE_INFINITY
  if (typescript.isIdentifier(node) && known.has(node.text)) return evaluate(known.get(node.text), known)
  if (!typescript.isObjectLiteralExpression(node)) throw new Error(`what is the value of ${node.getText()}?`)
  const value = {}
  for (const property of node.properties) {
    if (typescript.isSpreadAssignment(property)) Object.assign(value, evaluate(property.expression, known))
    else value[property.name.getText()] = evaluate(property.initializer ?? property.name, known)
  }
  return value
}

/** A doc comment's text on one line. */
function docOf(node) {
  const [comment] = node.jsDoc ?? []
  return (typescript.getTextOfJSDocComment(comment?.comment) ?? '').replace(/\s+/g, ' ')
}

/** The rows of an object of limits; a member that is such an object itself gets rows of its own. */
function* memberRows({ shape, shapes, value, name }) {
  for (const member of shape.members) {
    const key = member.name.getText()
    const inner = shapes.get(member.type.getText())
    if (inner !== undefined) yield* memberRows({ shape: inner, shapes, value: value[key], name: `${name}.${key}` })
    else yield row(`${name}.${key}`, value[key], docOf(member))
  }
}

/**
 * A doc comment says what is bounded, then `Default` with its reason, then what happens past it: a column each. What is
 * documented with another limit has no text of its own.
 */
function row(name, value, doc) {
  const [, bounds = doc, reason = '', past = ''] =
    /^(.*?)\b(?=Default )(.*?)(?:\.? *$|\. (?=[A-Z`])(.*))$/.exec(doc) ?? []
  const isSource = /^RFC [\d §.()]+$/.test(past)
  const cells = [
    `\`${name}\``,
    value === Number.POSITIVE_INFINITY ? 'none' : value.toLocaleString('en'),
    isSource ? `${bounds}${past}` : bounds,
    reason === '' ? '' : `${reason}.`,
    isSource ? '' : past,
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

function cell(text) {
  const shown = text.trim().replace(/\{@link (\w+)\}/g, '`$1`')
  return shown === '' ? '–' : shown.replaceAll('|', '\\|')
}

/** The table of all limits, as Markdown. */
export function limitsTable(root) {
  const tables = new Map()
  for (const constant of declarations(root)) {
    const title = constant.package === 'mailwright' ? 'mailwright' : `@mailwright/${constant.package}`
    const rows = tables.get(title) ?? []
    tables.set(title, rows)
    if (constant.shape === undefined) rows.push(row(constant.name, constant.value, constant.doc))
    else rows.push(...memberRows(constant))
  }
  const head = '| limit | value | what it bounds | default and reason | when it is passed |\n|---|---|---|---|---|'
  return [INTRODUCTION, ...[...tables].map(([title, rows]) => `## ${title}\n\n${head}\n${rows.join('\n')}\n`)].join(
    '\n',
  )
}

/** A table that is not that of the sources. */
export function checkLimits(root) {
  let table = ''
  try {
    table = readFileSync(join(root, TABLE), 'utf8')
  } catch {
    // No table yet: it differs from the sources' one.
  }
  return table === limitsTable(root)
    ? []
    : [`${TABLE} is not what the sources say: run node scripts/limits-table.mjs --write`]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--write')) writeFileSync(join(process.cwd(), TABLE), limitsTable(process.cwd()))
  report('limits-table', checkLimits(process.cwd()))
}

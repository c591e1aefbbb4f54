import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createTransport } from 'nodemailer'
import typescript from 'typescript'
import { afterEach, describe, expect, test } from 'vitest'
import { exampleNames } from '../../scripts/example.mjs'
import { ROOT } from '../support/command.js'
import { within } from '../support/wait.js'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The code blocks of the README in one language. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, of, text = '']) =>
    of === language ? text : [],
  )
}

test('every code block is one that is run here', () => {
  const languages = [...README.matchAll(/^```(.*)\n[\s\S]*?^```$/gm)].map(([, language]) => language)
  expect(languages.toSorted()).toEqual(['sh', 'sh', 'sh', 'ts'])
})

describe('the library example', () => {
  const [example = ''] = blocks('ts')
  let folder: string | undefined
  let child: ChildProcess | undefined
  afterEach(() => {
    child?.kill('SIGKILL')
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })

  test('has ten lines', () => expect(example.trimEnd().split('\n')).toHaveLength(10))

  test('runs on the built packages as it stands (but for the port), and takes mail', async () => {
    expect(example).toContain('port: 2525')
    const { ESNext } = typescript.ModuleKind
    const compilerOptions = { module: ESNext, target: typescript.ScriptTarget.ES2022 }
    const { outputText } = typescript.transpileModule(example.replace('port: 2525', 'port: 0'), { compilerOptions })
    // In the workspace, so that the packages are found by their names.
    const program = join(ROOT, 'dist/readme/example.js')
    mkdirSync(join(ROOT, 'dist/readme'), { recursive: true })
    writeFileSync(program, outputText)
    folder = mkdtempSync(join(tmpdir(), 'mailwright-readme-'))
    const running = spawn(process.execPath, [program], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    child = running
    const said = new Promise<string>((resolve) => createInterface({ input: running.stdout }).once('line', resolve))
    const port = Number(
      /^Mail for example\.com: port (\d+) of this machine$/.exec(await within(20_000, 'it listens', said))?.[1],
    )

    const mailer = createTransport({ host: '127.0.0.1', port, secure: false })
    try {
      await mailer.sendMail({ from: 'a@sender.example', to: 'b@example.com', subject: 'Hello', text: 'It works.' })
      const elsewhere = mailer.sendMail({ from: 'a@sender.example', to: 'b@elsewhere.example', text: 'x' })
      await expect(elsewhere).rejects.toMatchObject({ responseCode: 554 })
    } finally {
      mailer.close()
    }
    const files = readdirSync(folder).filter((name) => name.endsWith('.eml'))
    expect(files).toHaveLength(1)
    const message = readFileSync(join(folder, files[0] ?? ''), 'latin1')
    expect(message).toMatch(/^Received: from /)
    expect(message).toMatch(/\r\nSubject: Hello\r\n[\s\S]*\r\n\r\nIt works\.\r\n$/)
  })
})

describe('the shell', () => {
  const { scripts, workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>
    readonly workspaces: readonly string[]
  }

  test('blocks are one npm script each; npm start and npm test are the first two', () => {
    const commands = blocks('sh').map((block) => block.trimEnd())
    expect(commands.slice(0, 2)).toEqual(['npm start', 'npm test'])
    for (const command of commands) {
      const [, name = ''] = /^npm (?:run )?(\w+)(?: [\w-]+)?$/.exec(command) ?? []
      const script = /^node (\S+)$/.exec(scripts[name] ?? '')?.[1]
      expect(script, command).toBeDefined()
      expect(readFileSync(join(ROOT, script ?? ''), 'utf8'), command).not.toBe('')
    }
  })

  test('the example that is named is one', () => {
    const names = blocks('sh').flatMap((block) => /^npm run example (\S+)$/.exec(block.trimEnd())?.[1] ?? [])
    expect(names).toHaveLength(1)
    for (const name of names) expect(exampleNames()).toContain(name)
  })

  test('every example and every package has its row', () => {
    const linked = [...README.matchAll(/^\| \[`?([^`\]]+)`?\]\(([^)]+)\) \| .+ \|$/gm)].map(([, , path]) => path)
    expect(linked).toEqual(expect.arrayContaining(exampleNames().map((name) => `examples/${name}.ts`)))
    expect(linked).toEqual(expect.arrayContaining([...workspaces]))
    expect(linked).toHaveLength(exampleNames().length + workspaces.length)
  })
})

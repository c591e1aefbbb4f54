import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/command.js'

/** The pages people read: at the top, in `docs`, and one in each package. */
function pages(): string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'))
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  )
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}/README.md`)
  return [...top, ...docs.map((name) => join('docs', name)), ...packages]
}

function text(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** The name by which a heading is linked to. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}

describe('every link leads somewhere', () => {
  for (const page of pages()) {
    test(page, () => {
      for (const [, target = ''] of text(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        expect(target, 'links stay within the project').not.toMatch(/^\w+:/)
        const [path = '', fragment] = target.split('#')
        const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path)
        expect(existsSync(file), target).toBe(true)
        if (fragment === undefined || statSync(file).isDirectory()) continue
        const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
          anchor(heading),
        )
        expect(headings, target).toContain(fragment)
      }
    })
  }
})

test('docs/README.md names every page of docs', () => {
  const index = text('docs/README.md')
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  for (const page of docs.filter((name) => name.endsWith('.md') && name !== 'README.md')) {
    expect(index).toContain(`](${page})`)
  }
})

test("a package's page is short, and begins with its name", () => {
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const lines = text(`packages/${name}/README.md`).trimEnd().split('\n')
    expect(lines[0]).toBe(name === 'mailwright' ? '# mailwright' : `# @mailwright/${name}`)
    expect(lines.length, name).toBeLessThanOrEqual(40)
  }
})

import { play, readScript } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import { ADMITS, COMMANDS, type Verb } from '../src/index.js'
import { world } from './world.js'

const VERBS = Object.keys(COMMANDS).filter((keyword): keyword is Verb => keyword in COMMANDS)
const LOGIN = ['C: USER robin', 'S: +OK', 'C: PASS robin', 'S: +OK maildrop has 2 messages (61 octets)']

async function replay(lines: readonly string[]): Promise<void> {
  const script = readScript(['@option tls true', 'S: +OK POP3 server ready', ...lines].join('\n'))
  await play(script, await world({ options: script.options, fixture: null, path: '' }), { kind: 'whole' })
}

/** A line that is right for the command in all but its place. */
function lineOf(verb: Verb): string {
  return COMMANDS[verb].argument === 'none' ? verb : `${verb} 1`
}

describe('the state table, command by command', () => {
  test.each(VERBS.filter((verb) => !ADMITS.authorization.has(verb)))('%s is refused before login', async (verb) => {
    await expect(replay([`C: ${lineOf(verb)}`, 'S: -ERR Not valid before login.'])).resolves.toBeUndefined()
  })

  test.each(VERBS.filter((verb) => !ADMITS.transaction.has(verb)))('%s is refused after login', async (verb) => {
    await expect(replay([...LOGIN, `C: ${lineOf(verb)}`, 'S: -ERR Not valid after login.'])).resolves.toBeUndefined()
  })

  test.each(VERBS.filter((verb) => COMMANDS[verb].argument === 'none'))('%s has no arguments', async (verb) => {
    const lines = ADMITS.authorization.has(verb) ? [] : LOGIN
    await expect(replay([...lines, `C: ${verb} x`, `S: -ERR ${verb} has no arguments.`])).resolves.toBeUndefined()
  })

  test.each(VERBS.filter((verb) => COMMANDS[verb].argument === 'required'))('%s wants an argument', async (verb) => {
    const lines = ADMITS.authorization.has(verb) ? [] : LOGIN
    await expect(replay([...lines, `C: ${verb}`, 'S: -ERR Missing argument.'])).resolves.toBeUndefined()
  })
})

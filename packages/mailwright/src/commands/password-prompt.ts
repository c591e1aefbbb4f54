import { createInterface } from 'node:readline'
import { SetupError } from '../setup-error.js'

/**
 * Asks for a password: twice and unseen at a terminal, else the first line of standard input.
 *
 * @throws {SetupError} when the two differ, or there is none.
 */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    const line = await firstLine()
    if (line === '') throw new SetupError('no password on standard input')
    return line
  }
  const password = await askUnseen('Password: ')
  if (password === '') throw new SetupError('the password is empty')
  if ((await askUnseen('Again: ')) !== password) throw new SetupError('the two passwords differ')
  return password
}

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin })
    lines.once('line', (line) => {
      resolve(line)
      lines.close()
    })
    lines.once('close', () => resolve(''))
  })
}

function askUnseen(prompt: string): Promise<string> {
  process.stderr.write(prompt)
  const { stdin } = process
  stdin.setRawMode(true)
  stdin.resume()
  let typed = ''
  return new Promise((resolve, reject) => {
    const done = (): void => {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      process.stderr.write('\n')
    }
    const onData = (chunk: Buffer): void => {
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          done()
          resolve(typed)
          return
        }
        if (character === '\u0003') {
          done()
          reject(new SetupError('interrupted'))
          return
        }
        typed = character === '\u007f' || character === '\b' ? [...typed].slice(0, -1).join('') : typed + character
      }
    }
    stdin.on('data', onData)
  })
}
